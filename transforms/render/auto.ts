// q=auto: finished pixels at the lowest quality at which they still look like themselves, found in a few probes.
//
// The optimiser's search with less time: no second encoder settings, no last slow encode. Loaded when it is asked for.
import { compressJpeg } from '@napi-rs/image'
import type { Facts } from '../facts.ts'
import { createProbeEncoder, decodeLike, type Encode, type LossyFormat } from '../optimise/lossy/encoders.ts'
import { estimateSourceLoss, type SourceLoss, tightenTarget } from '../optimise/lossy/generation-loss.ts'
import { type Picture, toColourChannels } from '../optimise/lossy/picture.ts'
import { precondition } from '../optimise/lossy/precondition.ts'
import { searchQuality } from '../optimise/lossy/quality-search.ts'
import type { EncoderPreset } from '../optimise/lossy/score-curves.ts'
import {
  applyGuards,
  createJudge,
  flatAreaLimits,
  type Judge,
  type VisualStandard,
} from '../optimise/lossy/visual-judge.ts'
import { smallestSide } from '../optimise/metric/index.ts'
import type { Pixels } from '../pixels/run.ts'
import { sharp } from '../pixels/sharp.ts'

export interface Found {
  readonly body: Uint8Array<ArrayBuffer>
  /** The encoder's own; 'source' when nothing was encoded anew. */
  readonly quality: number | 'source'
  /** Against the pixels that were encoded. */
  readonly score: number
}

export interface Goal {
  readonly format: LossyFormat
  readonly score: number
  /** One channel is enough. */
  readonly isGrey: boolean
  /** From `performance.now()`: no probe begins after it. */
  readonly endsAt: number
}

/** A point too many is near enough for an answer that somebody waits for. */
const bounds = { maxProbes: 4, tolerance: 1 } as const
/** Beyond these somebody looking closely finds the place; the optimiser's own, see its lossy/index.ts. */
const guards = { whiteLimit: 0.06, p5Slack: 7, worstSlack: 12 } as const

/** Undefined for pixels that are too few to compare. */
export async function byScore(pixels: Pixels, goal: Goal): Promise<Found | undefined> {
  if (Math.min(pixels.width, pixels.height) < smallestSide) return undefined
  const { width, height } = pixels
  const picture: Picture = {
    ...toColourChannels(pixels.data, pixels.channels),
    width,
    height,
    isGrey: goal.isGrey,
  }
  const judge = createJudge(picture)
  try {
    return await searched({ picture, judge }, goal)
  } finally {
    judge.release()
  }
}

interface Subject {
  readonly picture: Picture
  readonly judge: Judge
}

interface Tried {
  readonly quality: number
  /** With the guards: what is sought. */
  readonly score: number
  readonly whole: number
  readonly body: Buffer
}

async function searched(subject: Subject, goal: Goal): Promise<Found> {
  const tried: Tried[] = []
  for (const way of waysOf(subject.picture, goal)) {
    const picture = way === 'jpeg 4:2:0' ? prepared(subject.picture) : subject.picture
    const { best, probes } = await searchQuality(
      { ...bounds, preset: way, target: goal.score, endsAt: goal.endsAt },
      (quality) => probe({ ...subject, picture }, { way, quality, goal }),
    )
    if (best) return told(best)
    tried.push(...probes)
    if (performance.now() > goal.endsAt) break
  }
  const [best] = tried.toSorted((a, b) => b.score - a.score)
  if (best === undefined) throw new RangeError('no probe was allowed')
  return told(best)
}

/** Colour that no quality brings back at half its resolution gets all of it. */
function waysOf({ isGrey }: Picture, { format }: Goal): readonly EncoderPreset[] {
  if (format !== 'jpeg') return [format]
  return isGrey ? ['jpeg 4:2:0'] : ['jpeg 4:2:0', 'jpeg 4:4:4']
}

function prepared(picture: Picture): Picture {
  if (picture.isGrey || picture.channels !== 3) return picture
  const { data: rgb, width, height } = picture
  return { ...picture, data: precondition({ rgb, width, height }) }
}

interface Trial {
  readonly way: EncoderPreset
  readonly quality: number
  readonly goal: Goal
}

async function probe({ picture, judge }: Subject, { way, quality, goal }: Trial): Promise<Tried> {
  const body = await encoderOf(picture, way)(quality)
  const judgement = judge.judge(await decodeLike(body, picture))
  const flatAreaLimit = flatAreaLimits[goal.format === 'webp' ? 'webp' : 'usual']
  const standard: VisualStandard = { ...guards, flatAreaLimit, target: goal.score }
  return { quality, score: applyGuards(judgement, standard), whole: judgement.score, body }
}

/**
 * Our own WebP encoder packs transparency with an effort that only background work has time for: 11 s a megapixel, where
 * sharp at effort 2 takes half a second.
 */
function encoderOf(picture: Picture, way: EncoderPreset): Encode {
  if (way !== 'webp' || picture.channels !== 4) return createProbeEncoder(picture, way)
  const { data, width, height, channels } = picture
  return (quality) =>
    sharp(data, { raw: { width, height, channels } })
      .webp({ quality: Math.round(quality), effort: 2, smartSubsample: true })
      .toBuffer()
}

const told = ({ quality, whole, body }: Tried): Found => ({
  body: new Uint8Array(body),
  quality,
  score: whole,
})

/**
 * For a picture that keeps its format, size and pixels: what it has lost already counts, and it never becomes larger.
 */
export async function recodedByScore(
  source: Uint8Array,
  { facts, pixels, ...goal }: Goal & { readonly facts: Facts; readonly pixels: Pixels },
): Promise<Found | undefined> {
  const past = estimateSourceLoss(source, facts)
  const score = scoreLeft(past, goal.score)
  const found = score === undefined ? undefined : await byScore(pixels, { ...goal, score })
  if (found && found.body.length <= source.length * past.worthwhile) return found
  return (await asItWas(source, facts)) ?? found ?? byScore(pixels, goal)
}

/** Undefined when nothing may be lost on top of what is lost. */
function scoreLeft(past: SourceLoss, score: number): number | undefined {
  if (past.isOptimised) return undefined
  return past.score === undefined ? score : tightenTarget(score, past.score)
}

/** The source's own picture without anything else that its file may say; undefined where that cannot be done. */
async function asItWas(source: Uint8Array, { format }: Facts): Promise<Found | undefined> {
  const { exif, xmp, iptc } = await sharp(source).metadata()
  const isBare = !exif && !xmp && !iptc && (await isSound(source))
  const recoded = format === 'jpeg' ? await transcoded(source) : undefined
  if (recoded && (recoded.length < source.length || !isBare)) return ownBytes(recoded)
  return isBare ? ownBytes(source) : undefined
}

/** Without a flaw that one viewer overlooks and another does not. */
const isSound = (source: Uint8Array): Promise<boolean> =>
  sharp(source, { failOn: 'warning' })
    .stats()
    .then(
      () => true,
      () => false,
    )

/** The transcoder drops what its caller may have needed to read the colours (Adobe's marker): then it is no use. */
async function transcoded(source: Uint8Array): Promise<Uint8Array | undefined> {
  try {
    const made = await compressJpeg(source)
    // As a render reads it: what browsers show in spite of a warning is a picture.
    const read = (jpeg: Uint8Array) => sharp(jpeg, { failOn: 'truncated' }).raw().toBuffer()
    const [before, after] = [await read(source), await read(made)]
    return after.equals(before) ? made : undefined
  } catch {
    return undefined
  }
}

const ownBytes = (bytes: Uint8Array): Found => ({
  body: new Uint8Array(bytes),
  quality: 'source',
  score: 100,
})
