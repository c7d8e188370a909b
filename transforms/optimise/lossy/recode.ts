// One picture in one format at the lowest quality that satisfies the judge.
import { difficultyOf, expectedDifficulty, qualityFor, type Way } from './curve.ts'
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
import { type Probe, seek } from './seek.ts'

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
  const { isShort, seed } = await halvedColour(prepared, goal)
  if (isShort) return byWay(subject, { ...goal, seed }, 'jpeg 4:4:4')
  const halved = await byWay(prepared, { ...goal, seed }, 'jpeg 4:2:0')
  if (goal.chroma !== 'auto' || subject.picture.isGrey || performance.now() > goal.endsAt) return halved
  // Colour that no quality brings back in 4:2:0.
  if (!halved.reached) return more(await byWay(subject, { ...goal, seed }, 'jpeg 4:4:4'), halved.probes)
  return halved.score > goal.target + wellAbove ? unlessFullColour(halved, subject, goal) : halved
}

/** Where the whole is so much better than asked, a guard alone holds the quality up. */
const wellAbove = 2.5

/** Full colour rings less on white: one probe shows whether it does so in fewer bytes. */
async function unlessFullColour(halved: Recoded, subject: Subject, goal: Goal): Promise<Recoded> {
  const way = 'jpeg 4:4:4'
  const seed = Math.round(qualityFor(way, goal.target + 1, difficultyOf('jpeg 4:2:0', halved)))
  const full = await byWay(subject, { ...goal, seed, maxProbes: 1 }, way)
  const wins = full.reached && full.body.length < halved.body.length
  return wins ? more(full, halved.probes) : more(halved, full.probes)
}

const more = (found: Recoded, probes: number): Recoded => ({ ...found, probes: found.probes + probes })

/** At a quality that somebody chose. */
export async function recodeAt(subject: Subject, goal: Goal, quality: number): Promise<Recoded> {
  const prepared = goal.format === 'jpeg' ? prepare(subject, goal) : subject
  const full = goal.format === 'jpeg' && (await halvedColour(prepared, goal)).isShort
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
  const chosen = best ?? bestOf(probes)
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

/** What effort 4 gains in score over the probes' effort 2, on average of 38 corpus pictures. */
const effortGain = 1.6
/** A final encode costs two seconds for each megapixel: a point too many is near enough, and three are enough. */
const finals = { maxProbes: 3, tolerance: 1 } as const

/** Effort 4 takes so many times a probe, encoding and judging together. */
const finalCost = 6

async function recodeAvif(subject: Subject, goal: Goal): Promise<Recoded> {
  const way = 'avif'
  const startedAt = performance.now()
  const eased = { ...goal, way, target: goal.target - effortGain } as const
  const quick = await seek(eased, trying(subject, probing(subject.picture, way), eased))
  const seed = quick.best?.quality ?? quick.probes.at(-1)?.quality
  const each = (performance.now() - startedAt) / quick.probes.length
  // Without the time for effort 4 a better quality at effort 2 looks the same, for 12 % more bytes.
  const encode = performance.now() + each * finalCost < goal.endsAt ? finishing : probing
  const { best, probes } = await seek(
    { ...goal, ...finals, way, seed },
    trying(subject, encode(subject.picture, way), goal),
  )
  const chosen = best ?? bestOf(probes)
  const count = quick.probes.length + probes.length
  return told(chosen, { body: chosen.body, way, probes: count, reached: best !== undefined })
}

function bestOf(probes: readonly Tried[]): Tried {
  const [best] = probes.toSorted((a, b) => b.score - a.score)
  if (best === undefined) throw new RangeError('no probe was allowed')
  return best
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

/** Whether 4:2:0 without any other loss leaves no room for what quality takes, and with which quality to begin. */
async function halvedColour(
  { picture, judge }: Subject,
  { seed: given, ...goal }: Goal,
): Promise<{ isShort: boolean; seed: number }> {
  const body = await ceiling(picture)
  const bits = (body.length * 8) / (picture.width * picture.height)
  const seed = given ?? qualityFor('jpeg 4:2:0', goal.target, expectedDifficulty(bits))
  if (goal.chroma !== 'auto' || picture.isGrey)
    return { isShort: goal.chroma === '4:4:4' && !picture.isGrey, seed }
  const best = judge.judge(await decoded(body, picture))
  // Measured: right in 94 to 97 % (FACTS section 2).
  const isShort = best.score < 82 + 0.5 * (goal.target - 72) || best.tiles.worst < goal.target - 8
  return { isShort: isShort || effective(best, goal) < goal.target + leastRoom, seed }
}
