// What else may answer beside the plan's own encoding: other encodings of the same picture, and the source's own bytes.
import type { Facts, SourceFormat } from '../facts.ts'
import { carriesProfile, type FormatClass, type OutputFormat, takes } from '../formats.ts'
import type { Spec } from '../language/options.ts'
import { fromExif } from '../steps/geometry/orientation.ts'
import { stepsIn } from '../steps/index.ts'
import { encodingOf, hasAlpha, isMoving, isShown } from './output.ts'
import type { Encoding, Plan } from './plan-types.ts'

type Choices = Pick<Plan, 'others' | 'source'>

export function choices(spec: Spec, facts: Facts, made: Plan): Choices {
  const formats = spec.formats ?? (isBasicUnasked(spec, facts) ? 'basic' : undefined)
  const others = formats ? othersOf({ ...spec, formats }, facts, made) : []
  const source = roleOfSource(spec, facts, made)
  return { ...(others.length > 0 && { others }), ...(source && { source }) }
}

/** No format was named, and browsers do not read the source's. */
const isBasicUnasked = (spec: Spec, facts: Facts): boolean =>
  spec.format === undefined && !isShown(facts.format)

const reads = (formats: FormatClass, format: SourceFormat): boolean =>
  format === 'jxl' || format === 'avif' || format === 'webp'
    ? takes(formats, format)
    : format === 'jpeg' || format === 'png' || format === 'gif'

/** Pixels of all frames that are kept in memory to be encoded more than once. */
export const mostCompared = 40e6
/** Encodes that `max-bytes` is looked for with, beside the first. */
export const mostTries = 6
/** Of a film that has more: pixels of its first frames, by which its encoding is chosen. */
export const mostSampled = 10e6
/** Of so few pixels a file's frame weighs more than they do, and every encoder is quick. */
const fewPixels = 20_000

type Negotiated = Spec & { readonly formats: FormatClass }

function othersOf(spec: Negotiated, facts: Facts, made: Plan): Encoding[] {
  const pixels = made.width * made.height * made.pages
  if (pixels > mostCompared && made.frames === 'first') return []
  const ways = isMoving(spec, facts) ? filmWays(spec, facts) : stillWays(spec, facts, made)
  const isTried = ({ format, lossless }: Encoding) =>
    (carriesProfile(format) || !made.space) &&
    reads(spec.formats, format) &&
    !(format === made.encoding.format && lossless === made.encoding.lossless)
  return ways.filter(isTried).map((way) => (pixels <= fewPixels ? always(way) : way))
}

const always = ({ drawn: _, ...way }: Encoding): Encoding => way

const withoutLoss = (spec: Spec, format: OutputFormat): Encoding => ({
  ...encodingOf({ ...spec, lossless: true }, format, false),
  drawn: true,
})

function filmWays(spec: Negotiated, facts: Facts): Encoding[] {
  const webp = withoutLoss(spec, 'webp')
  return facts.format === 'gif' && !spec.lossless ? [webp, encodingOf(spec, 'gif', false)] : [webp]
}

/** Coded with loss, or so that their header does not say: their noise makes anything without loss larger. */
const lossy: ReadonlySet<SourceFormat> = new Set([
  ...(['jpeg', 'avif', 'heic', 'jxl', 'jp2'] as const),
  ...(['raw', 'mp4', 'webm'] as const),
])

function stillWays(spec: Negotiated, facts: Facts, made: Plan): Encoding[] {
  // A quality that is looked for is looked for once: each probe costs an encode, a decode and a comparison.
  const again = made.encoding.score === undefined && !made.encoding.lossless
  const wasLossy = lossy.has(facts.format) || (facts.format === 'webp' && !facts.lossless)
  return [
    ...(again ? ownAgain(spec, facts, made) : []),
    ...(spec.lossless ? [] : [encodingOf(spec, 'jxl', false)]),
    ...(again && made.width * made.height <= fewPixels ? [encodingOf(spec, 'webp', false)] : []),
    ...(wasLossy && !spec.lossless ? [] : [withoutLoss(spec, 'webp'), withoutLoss(spec, 'png')]),
    // Resized, a few colours become many: a GIF of them has 256 again.
    ...(facts.format === 'gif' && !spec.lossless ? [encodingOf(spec, 'gif', false)] : []),
  ]
}

/** In the source's own format: nobody is sent more for being able to read another. */
function ownAgain(spec: Spec, facts: Facts, made: Plan): Encoding[] {
  const isHeld = facts.format === 'jpeg' && !hasAlpha(spec, facts, made)
  const isOther = facts.format === 'webp' || facts.format === 'avif'
  return isHeld || isOther ? [encodingOf(spec, facts.format, false)] : []
}

/** Only where its bytes are what the address asks for: its pixels, in a format that the client reads. */
function roleOfSource(spec: Spec, facts: Facts, made: Plan): Plan['source'] {
  if (!isShownByBrowsers(facts) || changesPixels(spec, facts, made)) return undefined
  if (isWrittenOtherwise(spec, facts, made)) return undefined
  if (spec.formats) {
    if (!reads(spec.formats, facts.format)) return undefined
    return isOnlyItself(facts) ? 'instead' : 'smallest'
  }
  if (facts.format !== made.encoding.format) return undefined
  // Who names the format wants its usual colours; as it is, browsers know what to make of its code points.
  if (facts.colour && spec.format !== undefined) return undefined
  if (made.encoding.progressive && !facts.progressive) return undefined
  return spec.quality !== undefined || spec.saving ? 'smallest' : 'instead'
}

/** What was asked of the file is not what the source's file is. */
const isWrittenOtherwise = (spec: Spec, facts: Facts, { keep, maxBytes, encoding }: Plan): boolean =>
  (maxBytes !== undefined && facts.bytes > maxBytes) ||
  (keep !== undefined && facts.orientation !== 1) ||
  (spec.colourSpace === 'srgb' && (facts.icc || facts.colour !== undefined)) ||
  spec.colours !== undefined ||
  encoding.chroma !== undefined

/** It moves in a format that is not written here, and the others are no smaller for what they hold. */
const isOnlyItself = ({ animated, format }: Facts): boolean =>
  animated && (format === 'png' || format === 'avif')

/** Inks look different in every viewer, and hardly any reads a JPEG of 12 bits. */
const isShownByBrowsers = ({ format, space, depth }: Facts): boolean =>
  format === 'jpeg'
    ? depth === 8 && space !== 'cmyk'
    : format === 'png' || format === 'gif' || format === 'webp' || format === 'avif'

function changesPixels(spec: Spec, facts: Facts, made: Plan): boolean {
  const isWorkedOn = made.density !== undefined || stepsIn(made).some((name) => name !== 'orient')
  const isPainted = facts.alpha && spec.background !== undefined
  const isOneFrame = (facts.animated && typeof spec.frame === 'number') || made.film !== undefined
  return (
    isWorkedOn ||
    made.before !== undefined ||
    made.further !== undefined ||
    made.space !== undefined ||
    made.hdr === 'map' ||
    made.flatten ||
    isPainted ||
    isOneFrame ||
    !isTurnedByViewers(facts, made)
  )
}

/** Every browser obeys a JPEG's EXIF orientation; of PNG and WebP some do, so those are turned here. */
function isTurnedByViewers({ format, orientation }: Facts, { orient }: Plan): boolean {
  if (!orient) return true
  const { turns, mirror } = fromExif(orientation)
  return format === 'jpeg' && orient.turns === turns && orient.mirror === mirror
}

const isMade = (plan: Plan): boolean =>
  stepsIn(plan).length > 0 ||
  plan.density !== undefined ||
  plan.before !== undefined ||
  plan.film !== undefined ||
  plan.space !== undefined

/** Whether the result has the source's own pixels, in the source's own format and colours. */
export function isUntouched(facts: Facts, plan: Plan): boolean {
  const isAsStored =
    !facts.icc && !facts.colour && facts.depth === 8 && (facts.space === 'rgb' || facts.space === 'gray')
  const isSame = facts.format === plan.encoding.format && facts.pages === 1 && !plan.flatten
  return isSame && isAsStored && !isMade(plan)
}
