// Lossy GIF: Gifsicle changes colours to make longer runs. Sampled frames are judged against the source's.
import type { Facts } from '../../facts.ts'
import { run } from '../../pixels/run.ts'
import { sharp } from '../../pixels/sharp.ts'
import { type Picture, toColourChannels } from '../lossy/picture.ts'
import { applyGuards, createJudge, flatAreaLimits, type VisualStandard } from '../lossy/visual-judge.ts'
import { smallestSide } from '../metric/index.ts'
import { type CandidateResult, type Level, levels } from '../request.ts'
import type { Candidate } from '../smallest-candidate.ts'
import { runGifsicle } from './gifsicle.ts'

/** Values of `--lossy`, from strong to weak. At 80, 14 animations came to 58 % of their bytes. */
const strengths = [80, 40, 20]
/** How many frames are judged, spread over the animation. */
const samples = 6
const mostPixels = 60e6
/** The largest share of the bytes that is worth a loss. A second run saves less, so it stops here. */
const worthwhile = 0.85

/** The same limits as for stills. */
export const animationStandard = (level: Level, format: 'gif' | 'webp'): VisualStandard => ({
  target: levels[level],
  whiteLimit: 0.06,
  flatAreaLimit: format === 'webp' ? flatAreaLimits.webp : flatAreaLimits.usual,
  p5Slack: 7,
  worstSlack: 12,
})

interface LossyGifTask {
  readonly source: Uint8Array
  readonly facts: Facts
  readonly level: Level
  readonly endsAt: number
}

export function listLossyGif({ source, facts, level, endsAt }: LossyGifTask): Candidate[] {
  const { width, height, pages } = facts
  if (width * height * pages > mostPixels || Math.min(width, height) < smallestSide) return []
  const bounds = { endsAt, maxBytes: source.length * 2 + 65_536 }
  return strengths.map((strength) => {
    let found: CandidateResult = {}
    return {
      name: `gifsicle --lossy=${strength}`,
      format: 'gif',
      make: () => runGifsicle(source, ['-O3', '-Okeep-empty', `--lossy=${strength}`], bounds),
      findFault: async (body) => {
        if (body.length > source.length * worthwhile) return 'saves too little to lose anything'
        const animation = await scoreAnimation(source, body, animationStandard(level, 'gif'))
        if (animation === undefined) return 'its frames differ in number or pace'
        found = { score: animation.score }
        return animation.counted < levels[level]
          ? `scores ${animation.counted.toFixed(1)} of ${levels[level]}`
          : undefined
      },
      result: () => found,
    }
  })
}

export interface AnimationScore {
  /** The score of the worst sampled frame. */
  readonly score: number
  /** The same with all guards: this must reach the level. */
  readonly counted: number
}

/** Undefined when the two differ in frames, delays or loops. */
export async function scoreAnimation(
  source: Uint8Array,
  body: Uint8Array,
  standard: VisualStandard,
): Promise<AnimationScore | undefined> {
  const [old, now] = await Promise.all(
    [source, body].map((bytes) => sharp(bytes, { animated: true }).metadata()),
  )
  const pages = old?.pages ?? 1
  if (now?.pages !== old?.pages) return undefined
  // A single picture has no pace and nothing to repeat, though its file may say so.
  const isSame = (of: 'loop' | 'delay') => JSON.stringify(now?.[of]) === JSON.stringify(old?.[of])
  if (pages > 1 && !(isSame('loop') && isSame('delay'))) return undefined
  const step = Math.max(1, Math.floor(pages / samples))
  let lowest: AnimationScore = { score: 100, counted: 100 }
  for (let page = 0; page < pages; page += step) {
    const found = compareFrames(await decodeFrame(source, page), await decodeFrame(body, page), standard)
    if (!found) return undefined
    lowest = {
      score: Math.min(lowest.score, found.score),
      counted: Math.min(lowest.counted, found.counted),
    }
  }
  return lowest
}

function compareFrames(
  before: Picture,
  after: Picture,
  standard: VisualStandard,
): AnimationScore | undefined {
  if (before.width !== after.width || before.height !== after.height) return undefined
  if (before.channels !== after.channels) return undefined
  const judge = createJudge(before)
  try {
    const judgement = judge.judge(after.data)
    return { score: judgement.score, counted: applyGuards(judgement, standard) }
  } finally {
    judge.release()
  }
}

async function decodeFrame(bytes: Uint8Array, page: number): Promise<Picture> {
  const image = sharp(bytes, { page, limitInputPixels: false }).toColourspace('srgb')
  const { data, info } = await run(image.raw())
  const { width, height } = info
  return { ...toColourChannels(data, info.channels), width, height, isGrey: false }
}
