// A moving GIF as WebP, which every browser plays: without loss, or at a quality whose frames are scored one by one.
import type { Facts } from '../../facts.ts'
import { run } from '../../render/run.ts'
import { sharp } from '../../render/sharp.ts'
import { once } from '../jpeg/index.ts'
import { smallestSide } from '../metric/index.ts'
import { levels, type OptimiseRequest, type Result } from '../request.ts'
import { type Candidate, Declined } from '../smallest-candidate.ts'
import { filmOf, playsSame } from './animation-equality.ts'
import { filmScore, standardOf } from './lossy.ts'

/** All frames are decoded to compare them, four bytes a pixel. */
const mostPixels = 60e6
/** Both ways together took 14.6 s for 14 films of 40 megapixels in all. */
const msPerMegapixel = 400
/** Where 14 films came to 58 % of the bytes; better ones for films that fall short there. */
const qualities = [75, 86, 94]

interface Task {
  readonly source: Uint8Array
  readonly facts: Facts
  readonly request: OptimiseRequest
  readonly budgetMs: number
}

/** None for what is no GIF, or too long to be compared. Of what is owed, a film of too many bytes is scored as well. */
export function filmCandidates(task: Task, owed = false): Candidate[] {
  const { source, facts, request } = task
  if (facts.format !== 'gif' || isTooLong(task)) return []
  const before = once(() => filmOf(source))
  const lossless: Candidate = {
    name: 'webp film without loss',
    format: 'webp',
    make: () => webp(source, { lossless: true, exact: true }),
    faultOf: async (body) =>
      playsSame(await before(), await filmOf(body)) ? undefined : 'its frames differ',
  }
  return request.mode === 'lossless' ? [lossless] : [lossless, scoredFilm(task, owed)]
}

export function isTooLong({ facts, budgetMs }: Pick<Task, 'facts' | 'budgetMs'>): boolean {
  const pixels = facts.width * facts.height * facts.pages
  return pixels > mostPixels || (pixels / 1e6) * msPerMegapixel > budgetMs
}

/** With loss, at the lowest of three qualities that reaches the level. */
export function scoredFilm({ source, facts, request }: Task, owed = false): Candidate {
  const { level = 'default' } = request
  let found: Result = {}
  return {
    name: 'webp film',
    format: 'webp',
    make: async (best) => {
      if (Math.min(facts.width, facts.height) < smallestSide) throw new Declined('it is too small to compare')
      for (const quality of qualities) {
        const body = await webp(source, { quality, alphaQuality: 100, smartSubsample: true })
        if (body.length >= best.length && !owed) return body
        const film = await filmScore(source, body, standardOf(level, 'webp'))
        if (film === undefined) throw new Declined('its frames differ in number or pace')
        found = { score: film.score, quality }
        if (film.counted >= levels[level]) return body
      }
      throw new Declined(`no quality that was tried scores ${levels[level]}`)
    },
    faultOf: async () => undefined, // each quality was scored before it was given out
    result: () => found,
  }
}

async function webp(
  source: Uint8Array,
  options: { lossless?: true; exact?: true; quality?: number; alphaQuality?: number; smartSubsample?: true },
): Promise<Uint8Array> {
  const image = sharp(source, { animated: true, limitInputPixels: false })
  return (await run(image.webp({ ...options, effort: 4, minSize: true }))).data
}
