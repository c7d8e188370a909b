// An animated GIF as animated WebP: lossless, or at a quality that is chosen by the scores of its frames.
import type { Facts } from '../../facts.ts'
import { run } from '../../pixels/run.ts'
import { sharp } from '../../pixels/sharp.ts'
import { once } from '../jpeg/index.ts'
import { smallestSide } from '../metric/index.ts'
import { type CandidateResult, levels, type OptimiseRequest } from '../request.ts'
import { type Candidate, Declined } from '../smallest-candidate.ts'
import { hashAnimation, isSameAnimation } from './animation-equality.ts'
import { animationStandard, scoreAnimation } from './lossy.ts'

/** All frames are decoded for the comparison, at four bytes a pixel. */
const mostPixels = 60e6
/** Both candidates together took 14.6 s for 14 animations of 40 megapixels in all. */
const msPerMegapixel = 400
/** At 75, 14 animations came to 58 % of their bytes; the higher ones are for animations that fall short there. */
const qualities = [75, 86, 94]

interface AnimationTask {
  readonly source: Uint8Array
  readonly facts: Facts
  readonly request: OptimiseRequest
  readonly budgetMs: number
}

/** None for other formats, and for a GIF too long to compare. With `required`, larger files are scored as well. */
export function listAnimatedWebp(task: AnimationTask, required = false): Candidate[] {
  const { source, facts, request } = task
  if (facts.format !== 'gif' || isTooLongToCompare(task)) return []
  const before = once(() => hashAnimation(source))
  const lossless: Candidate = {
    name: 'webp film without loss',
    format: 'webp',
    make: () => encodeAnimation(source, { lossless: true, exact: true }),
    findFault: async (body) =>
      isSameAnimation(await before(), await hashAnimation(body)) ? undefined : 'its frames differ',
  }
  return request.mode === 'lossless' ? [lossless] : [lossless, createScoredAnimation(task, required)]
}

export function isTooLongToCompare({ facts, budgetMs }: Pick<AnimationTask, 'facts' | 'budgetMs'>): boolean {
  const pixels = facts.width * facts.height * facts.pages
  return pixels > mostPixels || (pixels / 1e6) * msPerMegapixel > budgetMs
}

/** Lossy, at the lowest of three qualities that reaches the level. */
export function createScoredAnimation(
  { source, facts, request }: AnimationTask,
  required = false,
): Candidate {
  const { level = 'default' } = request
  let found: CandidateResult = {}
  return {
    name: 'webp film',
    format: 'webp',
    make: async (best) => {
      if (Math.min(facts.width, facts.height) < smallestSide) throw new Declined('it is too small to compare')
      for (const quality of qualities) {
        const body = await encodeAnimation(source, { quality, alphaQuality: 100, smartSubsample: true })
        if (body.length >= best.length && !required) return body
        const animation = await scoreAnimation(source, body, animationStandard(level, 'webp'))
        if (animation === undefined) throw new Declined('its frames differ in number or pace')
        found = { score: animation.score, quality }
        if (animation.counted >= levels[level]) return body
      }
      throw new Declined(`no quality that was tried scores ${levels[level]}`)
    },
    findFault: async () => undefined, // each quality was scored before it was given out
    result: () => found,
  }
}

async function encodeAnimation(
  source: Uint8Array,
  options: { lossless?: true; exact?: true; quality?: number; alphaQuality?: number; smartSubsample?: true },
): Promise<Uint8Array> {
  const image = sharp(source, { animated: true, limitInputPixels: false })
  return (await run(image.webp({ ...options, effort: 4, minSize: true }))).data
}
