// Another picture laid upon the finished one: how large it is and where it lies.
import type { Facts } from '../facts.ts'
import type { Alignment } from '../options/kinds-picture.ts'
import type { Length } from '../options/option-types.ts'
import { fromExif, orientSize } from './geometry/orientation.ts'
import { covering, inside, type Size, whole } from './geometry/sizes.ts'

export interface Overlay {
  /** Its place among the pictures beside the source. */
  readonly picture: number
  /** What it is resized to; `crop` cuts it to `frame` then, and `fill` lays it in the middle of it. */
  readonly size: Size
  readonly frame?: Size
  readonly at: Place
  /** Above 0, up to 1. */
  readonly alpha: number
}

export interface Place extends Alignment {
  /** Pixels from the edges. */
  readonly pad: number
  /** From the left and upper edge; where given, the alignment of that axis does not count. */
  readonly left?: number
  readonly top?: number
}

export interface Sizing {
  readonly width?: Length | undefined
  readonly height?: Length | undefined
  readonly fit?: 'clip' | 'crop' | 'fill' | 'max' | 'scale' | undefined
  /** Percent of the width of what it lies on. */
  readonly scale?: number | undefined
}

export function overlaySize(facts: Facts, base: Size, sizing: Sizing): Pick<Overlay, 'size' | 'frame'> {
  const own = orientSize(facts.exact ?? facts, fromExif(facts.orientation))
  const { fit = 'clip', scale } = sizing
  const width = sizing.width ? pixels(sizing.width, base.width) : scale && (base.width * scale) / 100
  const height = sizing.height && pixels(sizing.height, base.height)
  if (width && height) return framed(own, { width: whole(width), height: whole(height) }, fit)
  // Nothing is larger than what it lies on unless somebody wants it so.
  if (!width && !height) return { size: inside(own, base, 1) }
  const most = fit === 'max' ? 1 : Number.POSITIVE_INFINITY
  const frame = { width: width || Number.MAX_SAFE_INTEGER, height: height || Number.MAX_SAFE_INTEGER }
  const times = Math.min(frame.width / own.width, frame.height / own.height, most)
  return { size: { width: whole(own.width * times), height: whole(own.height * times) } }
}

function framed(own: Size, frame: Size, fit: NonNullable<Sizing['fit']>): Pick<Overlay, 'size' | 'frame'> {
  if (fit === 'scale') return { size: frame }
  if (fit === 'crop') return { size: covering(own, frame), frame }
  const size = inside(own, frame, fit === 'max' ? 1 : Number.POSITIVE_INFINITY)
  return fit === 'fill' ? { size, frame } : { size }
}

const pixels = (length: Length, side: number): number => ('px' in length ? length.px : length.share * side)

/** Lengths in pixels of the result. */
export const scaledLength = (length: Length | undefined, density: number): Length | undefined =>
  length && 'px' in length ? { px: whole(length.px * density) } : length

export const scaledPx = (px: number | undefined, density: number): number | undefined =>
  px === undefined ? undefined : Math.min(8192, Math.round(px * density))

/** Megapixels that are made of it. */
export const overlayWork = ({ size, frame }: Pick<Overlay, 'size' | 'frame'>): number =>
  Math.max(size.width * size.height, frame ? frame.width * frame.height : 0) / 1e6
