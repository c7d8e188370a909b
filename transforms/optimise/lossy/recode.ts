// One picture in one format at the lowest quality that satisfies the judge.
import type { Way } from './curve.ts'
import {
  ceiling,
  decoded,
  type Encode,
  finishing,
  type LossyFormat,
  probesAreFinal,
  probing,
} from './encoders.ts'
import { effective, type Judge, type Judgement, type Standard } from './judge.ts'
import type { Picture } from './picture.ts'
import { precondition } from './precondition.ts'
import { highest, type Probe, seek } from './seek.ts'

export interface Goal extends Standard {
  readonly format: LossyFormat
  readonly chroma: 'auto' | '4:2:0' | '4:4:4'
  readonly maxProbes: number
  readonly endsAt: number
  readonly seed?: number | undefined
  /** Whether colour may be prepared for 4:2:0; not where the source was 4:2:0 itself. */
  readonly prepares: boolean
}

export interface Recoded extends Judgement {
  readonly body: Buffer
  readonly quality: number
  readonly chroma: '4:2:0' | '4:4:4'
  /** All that were encoded and judged, the ceiling test of chroma not among them. */
  readonly probes: number
  /** The target was reached, guards and all. */
  readonly reached: boolean
}

export interface Subject {
  readonly picture: Picture
  readonly judge: Judge
}

export interface Tried extends Probe {
  readonly body: Buffer
  readonly judged: Judgement
}

export async function recode(subject: Subject, goal: Goal): Promise<Recoded> {
  if (goal.format === 'avif') return recodeAvif(subject, goal)
  if (goal.format === 'webp') return byWay(subject, goal, 'webp')
  const prepared = prepare(subject, goal)
  if (await wantsFullColour(prepared, goal)) return byWay(subject, goal, 'jpeg 4:4:4')
  const halved = await byWay(prepared, goal, 'jpeg 4:2:0')
  // Colour that no quality brings back in 4:2:0.
  if (!halved.reached && goal.chroma === 'auto' && performance.now() < goal.endsAt) {
    const full = await byWay(subject, { ...goal, seed: undefined }, 'jpeg 4:4:4')
    return { ...full, probes: full.probes + halved.probes }
  }
  return halved
}

/** At a quality that somebody chose. */
export async function recodeAt(subject: Subject, goal: Goal, quality: number): Promise<Recoded> {
  const prepared = goal.format === 'jpeg' ? prepare(subject, goal) : subject
  const full = goal.format === 'jpeg' && (await wantsFullColour(prepared, goal))
  const way: Way = goal.format === 'jpeg' ? (full ? 'jpeg 4:4:4' : 'jpeg 4:2:0') : goal.format
  const { picture } = full ? subject : prepared
  const made = await trying({ ...subject, picture }, finishing(picture, way), goal)(quality)
  return told(made, { body: made.body, way, probes: 1, reached: false })
}

/** Encodes and judges; the judge knows the source, whatever the encoder was given. */
export const trying =
  ({ picture, judge }: Subject, encode: Encode, standard: Standard) =>
  async (quality: number): Promise<Tried> => {
    const body = await encode(quality)
    const judged = judge.judge(await decoded(body, picture))
    return { quality, score: effective(judged, standard), body, judged }
  }

async function byWay(subject: Subject, goal: Goal, way: Way): Promise<Recoded> {
  const { best, probes } = await seek({ ...goal, way }, trying(subject, probing(subject.picture, way), goal))
  const chosen = best ?? probes.toSorted((a, b) => b.score - a.score)[0]
  if (chosen === undefined) throw new RangeError('no probe was allowed')
  // The last encode finds better orders of scans for the same pixels: nothing to judge anew.
  const body = probesAreFinal(way) ? chosen.body : await finishing(subject.picture, way)(chosen.quality)
  return told(chosen, { body, way, probes: probes.length, reached: best !== undefined })
}

interface Outcome {
  readonly body: Buffer
  readonly way: Way
  readonly probes: number
  readonly reached: boolean
}

const told = ({ quality, judged }: Tried, { body, way, probes, reached }: Outcome): Recoded => ({
  ...judged,
  body,
  quality,
  chroma: way === 'jpeg 4:2:0' || way === 'webp' ? '4:2:0' : '4:4:4',
  probes,
  reached,
})

/** What effort 4 gains in score over the probes' effort 2, on average (FACTS section 2). */
const effortGain = 1.05
/** After a final encode that fell short, the next is so much better. */
const secondTry = 2

async function recodeAvif(subject: Subject, goal: Goal): Promise<Recoded> {
  const way = 'avif'
  const eased = { ...goal, way, target: goal.target - effortGain } as const
  const { best, probes } = await seek(eased, trying(subject, probing(subject.picture, way), eased))
  const start = best ?? probes.toSorted((a, b) => b.score - a.score)[0]
  if (start === undefined) throw new RangeError('no probe was allowed')
  const finish = trying(subject, finishing(subject.picture, way), goal)
  let count = probes.length
  for (const quality of [start.quality, start.quality + secondTry, start.quality + 2 * secondTry]) {
    count++
    const made = await finish(Math.min(highest, quality))
    const reached = made.score >= goal.target
    const last = quality === start.quality + 2 * secondTry || performance.now() > goal.endsAt
    if (reached || last) return told(made, { body: made.body, way, probes: count, reached })
  }
  throw new RangeError('the last try is returned')
}

function prepare(subject: Subject, goal: Goal): Subject {
  const { picture } = subject
  const fits = goal.prepares && goal.chroma !== '4:4:4' && picture.channels === 3
  if (!fits || picture.isGrey || picture.profiled) return subject
  const { data: rgb, width, height } = picture
  return { ...subject, picture: { ...picture, data: precondition({ rgb, width, height }) } }
}

/** What quality takes besides, where 4:2:0 alone already comes near the target or a guard. */
const leastRoom = 1.5

/** Without any other loss, 4:2:0 must leave room for what quality takes (measured: right in 94 to 97 %). */
async function wantsFullColour({ picture, judge }: Subject, goal: Goal): Promise<boolean> {
  const { chroma, target } = goal
  if (chroma !== 'auto' || picture.isGrey) return chroma === '4:4:4' && !picture.isGrey
  const best = judge.judge(await decoded(await ceiling(picture), picture))
  const short = best.score < 82 + 0.5 * (target - 72) || best.tiles.worst < target - 8
  return short || effective(best, goal) < target + leastRoom
}
