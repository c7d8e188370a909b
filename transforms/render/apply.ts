// Carries a plan out: opens the source as what it is, has the steps done, encodes, and checks what came out.
import type { Sharp, SharpOptions } from 'sharp'
import { Failure } from '../../errors.ts'
import type { Facts } from '../facts.ts'
import { outputFormats } from '../formats.ts'
import { identify } from '../identify.ts'
import type { Size } from '../plan/geometry.ts'
import type { Plan } from '../plan/plan.ts'
import { defaultLimits } from '../price.ts'
import type { Sought } from '../processor.ts'
import { hasColourEdges } from './colour-edges.ts'
import { encode } from './encode.ts'
import { framesOf, movementOf, needsFrames } from './frames.ts'
import { encodedInColour } from './in-colour.ts'
import { opened } from './open.ts'
import { from, type Made, orFailure, pixelsOf, run } from './run.ts'
import { still } from './steps.ts'

export interface Rendered {
  readonly body: Uint8Array<ArrayBuffer>
  readonly type: string
  readonly width: number
  readonly height: number
  readonly pages: number
  readonly found?: Sought
}

export interface Bounds {
  /** Milliseconds that may pass. */
  readonly timeoutMs?: number
  /** More pixels than the header promised are not decoded. */
  readonly maxPixels?: number
  /** What is known of the source already. */
  readonly facts?: Facts
  /** What is there of a picture that is cut short is shown. */
  readonly lenient?: boolean
}

/**
 * The picture that `plan` describes, exactly `plan.width` by `plan.height`, in sRGB and without metadata. Fails with
 * 'source-broken' for pixels that cannot be decoded and with 'late' past the time.
 */
export const render = (source: Uint8Array, plan: Plan, bounds: Bounds = {}): Promise<Rendered> =>
  orFailure(() => rendered(source, plan, bounds))

async function rendered(source: Uint8Array, plan: Plan, bounds: Bounds): Promise<Rendered> {
  const { facts = identify(source), timeoutMs = 60_000 } = bounds
  const bytes = Buffer.from(source.buffer, source.byteOffset, source.byteLength)
  const options = optionsFor(facts, plan, bounds)
  const { image, size } = await opened(bytes, facts, { plan, options })
  const seconds = Math.min(3600, Math.max(1, Math.ceil(timeoutMs / 1000)))
  const task = { facts, size, plan, source, options, timeoutMs }
  const timed = image.timeout({ seconds })
  const found = plan.encoding.score === undefined ? undefined : await searched(timed, task)
  return found ?? checked(await encoded(timed, task), plan)
}

function optionsFor(facts: Facts, plan: Plan, { maxPixels, lenient }: Bounds): SharpOptions {
  return {
    // A warning is a picture that browsers show too (junk before a marker); what is cut short is refused.
    failOn: lenient ? 'none' : 'truncated',
    limitInputPixels: maxPixels ?? Math.max(defaultLimits.maxSourcePixels, defaultLimits.maxTotalPixels),
    sequentialRead: true,
    animated: moves(facts, plan),
    autoOrient: false, // the plan says how to turn
  }
}

const moves = (facts: Facts, plan: Plan): boolean => plan.frames === 'all' && facts.pages > 1

interface Task {
  readonly facts: Facts
  /** Of the decoded picture: the facts' own, or that of an SVG's drawing. */
  readonly size: Size
  readonly plan: Plan
  readonly source: Uint8Array
  readonly options: SharpOptions
  readonly timeoutMs: number
}

async function encoded(source: Sharp, task: Task): Promise<Made> {
  const { facts, size, plan } = task
  const image = inOurColours(source, facts)
  if (!moves(facts, plan)) return finished(await still(image, size, plan), facts, plan)
  const movement = await movementOf(image)
  const frames = needsFrames(plan) ? await framesOf(image, size, plan) : await still(image, size, plan)
  return run(encode(frames, plan.encoding, { movement, colourEdges: await firstHasColourEdges(task) }))
}

/** Of an animation, by its first frame: the others are mostly alike, and all of them would take too much memory. */
async function firstHasColourEdges({ source, facts, plan, options }: Task): Promise<boolean> {
  if (plan.encoding.format !== 'webp' || plan.encoding.lossless) return false
  const bytes = Buffer.from(source.buffer, source.byteOffset, source.byteLength)
  const { image, size } = await opened(bytes, facts, { plan, options: { ...options, animated: false } })
  return hasColourEdges(await pixelsOf(await still(inOurColours(image, facts), size, plan)))
}

/** Of all the time there is, a part: a picture is due, and the last probe ends when it ends. */
const searchShare = 1 / 3

/** At the quality that reaches the plan's score; undefined when there is nothing to look for. */
async function searched(image: Sharp, task: Task): Promise<Rendered | undefined> {
  const { facts, size, plan, source, timeoutMs } = task
  const { format, score } = plan.encoding
  if (score === undefined || format === 'png' || format === 'gif') return undefined
  // Loaded only here: a plain render needs neither the metric nor the other encoders.
  const { byScore, recodedByScore } = await import('./auto.ts')
  const pixels = await pixelsOf(await still(inOurColours(image.clone(), facts), size, plan))
  const endsAt = performance.now() + timeoutMs * searchShare
  const goal = { format, score, isGrey: staysGray(facts, plan), endsAt }
  const found = isUntouched(facts, plan)
    ? await recodedByScore(source, { ...goal, facts, pixels })
    : await byScore(pixels, goal)
  if (!found) return undefined
  const { body, ...sought } = found
  const { type } = outputFormats[format]
  return { body, type, width: plan.width, height: plan.height, pages: 1, found: sought }
}

/** The source's own pixels in the source's own format and colours. */
function isUntouched(facts: Facts, plan: Plan): boolean {
  const { orient, extract, resize, crop, extend, cut, flip, rotate, blur, sharpen, density } = plan
  const step = orient ?? extract ?? resize ?? crop ?? extend ?? cut ?? flip ?? rotate
  const isAsStored =
    !facts.icc && !facts.colour && facts.depth === 8 && (facts.space === 'rgb' || facts.space === 'gray')
  const isSame = facts.format === plan.encoding.format && facts.pages === 1 && !plan.flatten
  return isSame && isAsStored && step === undefined && !blur && !sharpen && density === undefined
}

/** Pixels of the largest result that is looked at for coloured edges; larger ones are shown reduced. */
const maxLookedAt = 16e6

async function finished(image: Sharp, facts: Facts, plan: Plan): Promise<Made> {
  const { encoding, width, height } = plan
  if (staysGray(facts, plan)) return run(encode(image.toColourspace('b-w'), encoding))
  const loses = outputFormats[encoding.format].lossy && !encoding.lossless && width * height <= maxLookedAt
  // The AVIF encoder would write the source's EXIF orientation as a turn (irot), and the picture is upright already;
  // pixels alone have no orientation.
  if (!loses && encoding.format !== 'avif') return run(encode(image, encoding))
  const pixels = await pixelsOf(image)
  return loses ? encodedInColour(pixels, encoding) : run(encode(from(pixels), encoding))
}

/**
 * sharp 0.35 converts pictures of 16 bits with a profile to Display P3 and drops that profile as well, so red becomes
 * orange; asking for sRGB by name converts them the rest of the way.
 */
function inOurColours(image: Sharp, facts: Facts): Sharp {
  const goesAstray = facts.depth > 8 && facts.icc && facts.space !== 'gray'
  return goesAstray ? image.withIccProfile('srgb', { attach: false }) : image
}

/** One channel instead of three, where the encoder can and nothing coloured is added. */
function staysGray(facts: Facts, { encoding, background }: Plan): boolean {
  const neutral = background.r === background.g && background.g === background.b
  return facts.space === 'gray' && neutral && (encoding.format === 'jpeg' || encoding.format === 'png')
}

function checked({ data, info }: Made, plan: Plan): Rendered {
  const height = info.pageHeight ?? info.height
  if (info.width !== plan.width || height !== plan.height)
    throw new Failure('source-broken', 'The source is damaged: it is not of the size that its header says.')
  const { type } = outputFormats[plan.encoding.format]
  return { body: data, type, width: info.width, height, pages: info.pages ?? 1 }
}
