// Lossy GIF: Gifsicle may bend colours until runs are longer; sampled frames are scored against the source's.
import type { Facts } from '../../facts.ts'
import { run } from '../../render/run.ts'
import { sharp } from '../../render/sharp.ts'
import type { Candidate } from '../contest.ts'
import { createReference, smallestSide } from '../metric/index.ts'
import { type Level, levels, type Result } from '../request.ts'
import { gifsicle } from './gifsicle.ts'

/** From strong to weak; 80 is where FACTS section 3 saw 58 % of the bytes. */
const strengths = [80, 40, 20]
/** Of the frames, spread over the film. */
const samples = 6
const mostPixels = 60e6
/** A film bent already hardly shrinks when it is bent again, so this keeps a second run from taking it further. */
const worthwhile = 0.85

interface Task {
  readonly source: Uint8Array
  readonly facts: Facts
  readonly level: Level
  readonly budgetMs: number
}

export function lossyGifCandidates({ source, facts, level, budgetMs }: Task): Candidate[] {
  const { width, height, pages } = facts
  if (width * height * pages > mostPixels || Math.min(width, height) < smallestSide) return []
  const bounds = { timeoutMs: budgetMs, maxBytes: source.length * 2 + 65_536 }
  return strengths.map((strength) => {
    let found: Result = {}
    return {
      name: `gifsicle --lossy=${strength}`,
      format: 'gif',
      make: () => gifsicle(source, ['-O3', '-Okeep-empty', `--lossy=${strength}`], bounds),
      faultOf: async (body) => {
        if (body.length > source.length * worthwhile) return 'saves too little to lose anything'
        const score = await filmScore(source, body)
        if (score === undefined) return 'its frames differ in number or pace'
        found = { score }
        return score < levels[level] ? `scores ${score.toFixed(1)} of ${levels[level]}` : undefined
      },
      result: () => found,
    }
  })
}

/** The lowest of the sampled frames; undefined when the films do not run alike. */
export async function filmScore(source: Uint8Array, body: Uint8Array): Promise<number | undefined> {
  const [old, now] = await Promise.all(
    [source, body].map((bytes) => sharp(bytes, { animated: true }).metadata()),
  )
  const pages = old?.pages ?? 1
  if (now?.pages !== old?.pages || now?.loop !== old?.loop) return undefined
  if (JSON.stringify(now?.delay) !== JSON.stringify(old?.delay)) return undefined
  const step = Math.max(1, Math.floor(pages / samples))
  let lowest = 100
  for (let page = 0; page < pages; page += step) {
    const [before, after] = [await frame(source, page), await frame(body, page)]
    if (before.width !== after.width || before.height !== after.height) return undefined
    const reference = createReference(before)
    lowest = Math.min(lowest, reference.score(after.rgb).score)
    reference.release()
  }
  return lowest
}

async function frame(bytes: Uint8Array, page: number) {
  const image = sharp(bytes, { page, limitInputPixels: false }).flatten({ background: '#fff' })
  const { data, info } = await run(image.toColourspace('srgb').raw())
  return { rgb: data, width: info.width, height: info.height }
}
