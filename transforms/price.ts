// What a picture will cost, from its header alone, and the refusals that follow: all of them before a pixel is decoded.
import { Failure } from '../errors.ts'
import type { Facts, SourceFormat } from './facts.ts'
import type { Encoding, Plan } from './plan/plan.ts'

export interface Limits {
  readonly maxSourceBytes: number
  /** Of one frame. */
  readonly maxSourcePixels: number
  readonly maxFrames: number
  /** Of all frames of an animation together. */
  readonly maxTotalPixels: number
  /** Of all frames of the result together. */
  readonly maxOutputPixels: number
  /** Real progressive JPEGs have about ten; each is a pass over the whole picture. */
  readonly maxScans: number
  /** Milliseconds of one core. A render that has begun cannot be stopped, so this is what protects the others. */
  readonly maxPriceMs: number
}

export const defaultLimits: Limits = {
  maxSourceBytes: 64 * 2 ** 20,
  maxSourcePixels: 100e6,
  maxFrames: 2_000,
  maxTotalPixels: 250e6,
  maxOutputPixels: 100e6,
  maxScans: 100,
  maxPriceMs: 20_000,
}

/** Milliseconds a megapixel, one core, sharp 0.35.5 on the project's machines; only the proportions matter. */
const decodeMs: Readonly<Record<SourceFormat, number>> = {
  jpeg: 5,
  png: 12,
  gif: 10,
  webp: 25, // 15 lossy, 38 lossless; the header does not always tell
  avif: 40,
  svg: 10,
  tiff: 11,
  heic: 60,
  jxl: 40,
  jp2: 100,
  bmp: 5,
  ico: 5,
  pdf: 100,
}

/** One more scan of a JPEG. */
const scanMs = 0.7
/** One more pass over an SVG's drawing, see identify/svg-cost.ts. */
const passMs = 5
const colourMs = 30
/** Every frame is begun and ended, however small it is. */
const frameMs = 3
const shrinkMs = 3
const resizeMs = 15
const smartCropMs = 24
const rotateMs = 30
const sharpenMs = 95
const blurMs = 8
const blurSigmaMs = 1.5
const encodeMs: Readonly<Record<Encoding['format'], { lossy: number; lossless: number }>> = {
  jpeg: { lossy: 10, lossless: 10 },
  png: { lossy: 50, lossless: 50 },
  webp: { lossy: 35, lossless: 210 },
  avif: { lossy: 50, lossless: 260 },
  gif: { lossy: 430, lossless: 430 },
}

/** Looking for a quality: up to four probes, each encoded, decoded and compared. */
const searchMs: Readonly<Record<'jpeg' | 'webp' | 'avif', number>> = { jpeg: 400, webp: 600, avif: 1_200 }

/** Estimated milliseconds of CPU to carry out `plan` upon the picture that `facts` describe. */
export function price(plan: Plan, facts: Facts): number {
  const frames = plan.frames === 'all' ? facts.pages : 1
  const decoded = (drawnPixels(facts, plan) / 1e6) * frames
  const made = ((plan.width * plan.height) / 1e6) * plan.pages
  const resized = plan.resize ? ((plan.resize.width * plan.resize.height) / 1e6) * frames : 0
  return (
    frames * frameMs +
    decoded * decoding(facts) +
    resized * resizeMs +
    resized * turning(plan) +
    made * finishing(plan)
  )
}

/** Pixels of one frame as the decoder yields it; an SVG is drawn at the plan's density. */
function drawnPixels(facts: Facts, plan: Plan | undefined): number {
  const density = facts.format === 'svg' ? (plan?.density ?? 1) : 1
  return facts.width * facts.height * density ** 2
}

function decoding(facts: Facts): number {
  const scans = facts.format === 'svg' ? facts.scans * passMs : (facts.scans - 1) * scanMs
  const colour = facts.icc || facts.colour || facts.space === 'cmyk' ? colourMs : 0
  return decodeMs[facts.format] * (facts.depth > 8 ? 2 : 1) + scans + colour + shrinkMs
}

function turning(plan: Plan): number {
  return (plan.rotate ? rotateMs : 0) + (plan.crop && plan.crop.by !== 'box' ? smartCropMs : 0)
}

function finishing({ encoding, blur, sharpen }: Plan): number {
  const encoder = encodeMs[encoding.format]
  const effects = (blur ? blurMs + blur * blurSigmaMs : 0) + (sharpen ? sharpenMs : 0)
  const search = encoding.score === undefined ? 0 : searchMs[encoding.format as keyof typeof searchMs]
  return effects + search + (encoding.lossless ? encoder.lossless : encoder.lossy)
}

/** Fails with 'source-too-large' or 'too-costly'. Without a plan, what the source alone already decides. */
export function admit(facts: Facts, plan: Plan | undefined, limits: Limits = defaultLimits): void {
  if (facts.bytes > limits.maxSourceBytes)
    throw tooLarge(`its file exceeds ${megas(limits.maxSourceBytes)} MB`)
  if (drawnPixels(facts, plan) > limits.maxSourcePixels)
    throw tooLarge(
      `${facts.width} x ${facts.height} pixels exceed ${megas(limits.maxSourcePixels)} megapixels`,
    )
  if (facts.format !== 'svg' && facts.scans > limits.maxScans)
    throw tooCostly(`it is coded in more than ${limits.maxScans} scans`)
  if (plan) admitPlan(facts, plan, limits)
}

function admitPlan(facts: Facts, plan: Plan, limits: Limits): void {
  const moves = plan.frames === 'all'
  if (moves && facts.pages > limits.maxFrames) throw tooCostly(`it has more than ${limits.maxFrames} frames`)
  if (moves && facts.pages * facts.width * facts.height > limits.maxTotalPixels)
    throw tooCostly(`its frames exceed ${megas(limits.maxTotalPixels)} megapixels together`)
  if (largestResult(plan) > limits.maxOutputPixels)
    throw tooCostly(`the result would exceed ${megas(limits.maxOutputPixels)} megapixels`)
  if (price(plan, facts) > limits.maxPriceMs)
    throw tooCostly(`it would take more than ${limits.maxPriceMs / 1000} seconds`)
}

/** The result, or the larger picture on the way to it. */
function largestResult({ width, height, pages, resize, rotate }: Plan): number {
  const onTheWay = resize && rotate ? 0 : (resize?.width ?? 0) * (resize?.height ?? 0)
  return Math.max(width * height, onTheWay) * pages
}

const megas = (count: number): number => Math.round(count / 1e6)

const tooLarge = (why: string): Failure =>
  new Failure('source-too-large', `The source picture is too large: ${why}.`)

const tooCostly = (why: string): Failure =>
  new Failure('too-costly', `The picture would cost too much to make: ${why}.`)
