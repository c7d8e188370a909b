// What pictures of one source have in common: finished pixels for every format of one size, and for several sizes the
// decoded picture. Pure; the processor's own side asks it, and so does the child.
import type { Facts, SourceFormat } from '../../facts.ts'
import type { Plan } from '../../plan/plan.ts'
import { inverse, orientSize } from '../../steps/geometry/orientation.ts'
import type { Size } from '../../steps/geometry/sizes.ts'
import { opensUp, type StepName, stepsIn } from '../../steps/index.ts'

/** How many times smaller than the source a base is. */
export type Divisor = 1 | 2 | 3 | 5

export interface Shares {
  /** The same for plans whose pixels are the same up to the encoder. */
  readonly pixels: string
  /** Of the smallest base that is good enough; undefined where the plan needs the source itself. */
  readonly divisor?: Divisor
}

/** Pixels of the largest result that is kept for the next format, 32 MB with alpha. */
const mostPixels = 8e6
/** Bytes of the largest base: 16 megapixels of three channels. */
export const mostBaseBytes = 48e6

/** Undefined where a picture is best made by itself. */
export function sharesOf(plan: Plan, facts: Facts): Shares | undefined {
  if (!isStill(plan, facts) || !isPlain(plan)) return undefined
  const { encoding: _, others: __, ...rest } = plan
  const divisor = divisorOf(plan, facts)
  return { pixels: JSON.stringify(rest), ...(divisor && { divisor }) }
}

/** A GIF's encoder wants the source's palette beside its pixels. */
const isStill = ({ frames, film, pages }: Plan, facts: Facts): boolean =>
  facts.pages === 1 && pages === 1 && frames === 'first' && !film && facts.format !== 'gif'

/** Nothing but pixels goes into its encoders, only pixels of the source are in it, and there is one pass. */
const isPlain = ({
  encoding,
  others = [],
  source,
  tell,
  maxBytes,
  keep,
  further,
  spec,
  video,
  space,
  hdr,
  before,
  ...plan
}: Plan): boolean =>
  encoding.score === undefined &&
  [encoding, ...others].every(({ format, colours }) => format !== 'gif' && colours === undefined) &&
  [source, tell, maxBytes, keep, further, spec, video, space, hdr, before].every(
    (each) => each === undefined,
  ) &&
  plan.width * plan.height <= mostPixels

/** Decoded as a whole whatever size is wanted, and as pixels of 8 bits the same picture. */
const wholly: ReadonlySet<SourceFormat> = new Set(['jpeg', 'png', 'avif'])

function divisorOf(plan: Plan, facts: Facts): Divisor | undefined {
  // As pixels grey would have become coloured.
  if (facts.depth > 8 || facts.colour || facts.space === 'gray') return undefined
  if (!wholly.has(facts.format)) return undefined
  const wanted = facts.format === 'jpeg' ? divisorOfJpeg(plan, facts) : 1
  return wanted && baseBytes(facts, wanted) <= mostBaseBytes ? wanted : undefined
}

/**
 * A JPEG that becomes less than three times smaller, or of which a region is used, is decoded as it is: from a base of
 * its own size the very same pixels come out. Otherwise the decoder makes it smaller with some loss, and a base that
 * is 1.5 times as large as the picture loses no more than that (test/transforms/sharing.test.ts).
 */
function divisorOfJpeg(plan: Plan, facts: Facts): Divisor | undefined {
  const times = timesSmaller(plan, facts)
  if (times < 3) return 1
  if (
    !stepsIn(plan).every((name) => gentle.has(name)) ||
    (plan.crop && plan.crop.by !== 'box') ||
    plan.kernel
  )
    return undefined
  return times >= 10 ? 5 : times >= 6 ? 3 : 2
}

function timesSmaller({ extract, resize, orient }: Plan, { width, height }: Facts): number {
  if (extract || !resize) return 1
  const stored = orient ? orientSize(resize, inverse(orient)) : resize
  return Math.min(width / stored.width, height / stored.height)
}

/** A level more or less stays a level; others look for edges or content, and a level may decide what they find. */
const gentle: ReadonlySet<StepName> = new Set<StepName>([
  ...(['orient', 'resize', 'crop', 'extend', 'cut', 'flip', 'rotate'] as const),
  ...(['saturate', 'invert', 'monochrome', 'sepia', 'blur', 'pad', 'border', 'mask'] as const),
])

export const baseSize = ({ width, height }: Size, divisor: Divisor): Size => ({
  width: Math.max(1, Math.round(width / divisor)),
  height: Math.max(1, Math.round(height / divisor)),
})

export function baseBytes(facts: Facts, divisor: Divisor): number {
  const { width, height } = baseSize(facts, divisor)
  return width * height * (facts.alpha ? 4 : 3)
}

export const pixelBytes = (plan: Plan, { alpha }: Facts): number =>
  plan.width * plan.height * (alpha || opensUp(plan) ? 4 : 3)
