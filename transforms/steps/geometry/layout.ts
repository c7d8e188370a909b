// How a picture meets its frame: the fit modes of the language, in pixels. Reference: the table "Resize modes (`fit`)".

import { type Length, maxSide } from '../../options/option-types.ts'
import type { Crop, Extend } from './geometry.ts'
import {
  type Box,
  centre,
  covering,
  inside,
  isSame,
  largestPart,
  longest,
  type Picture,
  type Point,
  placed,
  type Size,
  whole,
} from './sizes.ts'
import { type Aiming, towardsFaces } from './towards-faces.ts'

/** What is asked of size and place. */
export interface Framing extends Aiming {
  readonly width?: Length
  readonly height?: Length
  /** Width by height, for a side that is not given. */
  readonly aspect?: number
  /** Of sides that are shares. */
  readonly dpr?: number
  readonly fit?: Fit
  /** What becomes of a side that the picture is too small for. */
  readonly enlarge?: 'no' | 'fill' | 'only'
  /** What becomes of a frame that lies where the picture stands, or stands where it lies. */
  readonly adapt?: 'swap' | 'clip'
  /** Where the picture stands on its canvas; in the middle where nothing is said. */
  readonly fillAlign?: Point
  /** Of a side that is not given, with `fit=crop`. */
  readonly minWidth?: number
  readonly maxWidth?: number
  readonly minHeight?: number
  readonly maxHeight?: number
  /** Pixels of the frame that are padding, not picture. */
  readonly padding?: Size
}

export type Fit =
  | 'clip'
  | 'clamp'
  | 'cover'
  | 'crop'
  | 'facearea'
  | 'fill'
  | 'fillmax'
  | 'max'
  | 'min'
  | 'scale'

export interface Layout {
  /** Cut from the picture before it is resized. */
  readonly early?: Box
  readonly resize: Size
  readonly crop?: Crop
  readonly extend?: Extend
  /** Of the result. */
  readonly size: Size
}

type Mode = (from: Picture, frame: Size, spec: Framing) => Layout

const plain = (size: Size): Layout => ({ resize: size, size })

const modes: Readonly<Record<Fit, Mode>> = {
  clip: (from, frame, { enlarge }) =>
    enlarge === 'only' && !isEnlarged(from, frame) ? asItIs(from) : plain(inside(from, frame)),
  max: (from, frame) => plain(inside(from, frame, 1)),
  scale: (from, frame, spec) => (spec.enlarge ? asLarge(leastOf(from, frame), frame, spec) : plain(frame)),
  cover(from, frame, { enlarge, padding }) {
    const size = inside(covering(from, frame), less(limit, padding), 1)
    const isLarger = size.width > from.width || size.height > from.height
    return enlarge === (isLarger ? 'no' : 'only') ? asItIs(from) : plain(size)
  },
  crop: (from, frame, spec) =>
    spec.enlarge && longerIn(frame, from) ? unenlarged(from, frame, spec) : cropped(from, frame, spec),
  facearea: (from, frame, spec) => cropped(from, frame, spec),
  // "Ratio of w x h, never larger than the source allows": the largest such part of the source, or the frame.
  min: (from, frame, spec) => cropped(from, longerIn(frame, from) ? largestPart(from, frame) : frame, spec),
  fill: (from, frame, spec) =>
    spec.enlarge === 'only' && !isEnlarged(from, frame)
      ? asItIs(from)
      : extended(inside(from, frame), frame, spec),
  fillmax: (from, frame, spec) => extended(inside(from, frame, 1), frame, spec),
  clamp: (from, frame) => extended(inside(from, frame), frame, {}, 'edge'),
}

const asItIs = (from: Picture): Layout => plain(inside(from, limit, 1))

/** Whether it becomes larger inside the frame. */
function isEnlarged(from: Picture, frame: Size): boolean {
  const { width, height } = from.exact ?? from
  return frame.width > width && frame.height > height
}

/** The smaller of the two on each axis. */
const leastOf = (from: Size, frame: Size): Size => ({
  width: Math.min(from.width, frame.width),
  height: Math.min(from.height, frame.height),
})

const asLarge = (size: Size, frame: Size, spec: Framing): Layout =>
  spec.enlarge === 'fill' ? extended(size, frame, spec) : plain(size)

const longerIn = (frame: Size, from: Size): boolean => frame.width > from.width || frame.height > from.height

/** The largest frame that a result may have. */
const limit: Size = { width: maxSide, height: maxSide }

/** Lays a picture of size `from` out as is asked; without a frame it keeps its size, up to 8192 pixels a side. */
export function layOut(from: Picture, asked: Framing): Layout {
  const most = less(limit, asked.padding)
  const { frame, ...spec } = adapted(from, frameOf(from, asked), asked)
  if (!frame) return plain(inside(from, most, 1))
  const whole = { ...most, ...less(frame, spec.padding) }
  if (frame.width && frame.height) return modes[spec.fit ?? 'clip'](from, whole, spec)
  // The side that is not given is free: only the limit of every result bounds it, and nothing is left to cut or fill.
  return modes[spec.fit === 'max' ? 'max' : 'clip'](from, whole, spec)
}

/** A square goes with either. */
function adapted(from: Size, frame: Partial<Size> | undefined, spec: Framing) {
  const { adapt, ...asked } = spec
  if (!adapt || !frame?.width || !frame.height) return { ...asked, frame }
  const isAcross = (from.width - from.height) * (frame.width - frame.height) < 0
  if (!isAcross) return { ...asked, frame }
  if (adapt === 'swap') return { ...asked, frame: { width: frame.height, height: frame.width } }
  const mayEnlarge = asked.enlarge === undefined && asked.fit !== 'min'
  return { ...asked, frame, fit: mayEnlarge ? ('clip' as const) : ('max' as const) }
}

/** What padding leaves of a frame: a pixel at least. */
function less<S extends Partial<Size>>(frame: S, padding: Size = { width: 0, height: 0 }): S {
  const { width, height } = frame
  return {
    ...frame,
    ...(width !== undefined && { width: Math.max(1, width - padding.width) }),
    ...(height !== undefined && { height: Math.max(1, height - padding.height) }),
  }
}

function frameOf(from: Size, spec: Framing): Partial<Size> | undefined {
  const { aspect } = spec
  const width = spec.width && pixels(spec.width, from.width, spec.dpr)
  const height = spec.height && pixels(spec.height, from.height, spec.dpr)
  if (width && height) return bounded({ width, height })
  if (spec.fit === 'crop' && aspect) return aspectFrame(from, { width, height }, aspect)
  if (spec.fit === 'crop' && hasBounds(spec)) return boundedFrame(from, { width, height }, spec)
  if (width) return { width: whole(width) }
  if (height) return { height: whole(height) }
  return undefined
}

const pixels = (length: Length, side: number, dpr = 1): number =>
  'px' in length ? length.px : length.share * side * dpr

interface Given {
  readonly width?: number | undefined
  readonly height?: number | undefined
}

export const hasBounds = ({ minWidth, maxWidth, minHeight, maxHeight }: Framing): boolean =>
  (minWidth ?? maxWidth ?? minHeight ?? maxHeight) !== undefined

/** Sides that are not given follow the ratio, as far as their bounds allow. */
function boundedFrame(from: Size, given: Given, spec: Framing): Size {
  const { width = given.height ? (given.height * from.width) / from.height : from.width } = given
  const { height = given.width ? (given.width * from.height) / from.width : from.height } = given
  const { minWidth = 1, maxWidth = maxSide, minHeight = 1, maxHeight = maxSide } = spec
  return bounded({
    width: given.width ? width : Math.max(minWidth, Math.min(width, maxWidth)),
    height: given.height ? height : Math.max(minHeight, Math.min(height, maxHeight)),
  })
}

/** With neither side, as much of the source as has the ratio. */
function aspectFrame(from: Size, given: Given, aspect: number) {
  if (given.width) return bounded({ width: given.width, height: given.width / aspect })
  if (given.height) return bounded({ width: given.height * aspect, height: given.height })
  return inside(largestPart(from, { width: aspect, height: 1 }), limit, 1)
}

/** Whole pixels; both sides shrink alike when one would pass the limit. */
function bounded(size: Size): Size {
  const scale = Math.min(1, maxSide / longest(size))
  return { width: whole(size.width * scale), height: whole(size.height * scale) }
}

const detector = ({ crop }: Framing) => crop?.find((word) => word === 'entropy' || word === 'attention')

/** Covers the frame, then cuts what sticks out. */
function cropped(from: Picture, frame: Size, asked: Framing): Layout {
  const spec = towardsFaces(asked, from, frame)
  if (spec.zoom) return { ...plain(frame), early: zoomed(from, frame, spec) }
  const resize = covering(from, frame)
  if (isSame(resize, frame)) return plain(frame)
  const by = detector(spec)
  // A sliver that covers a frame could be millions of pixels long: cut first, and let no detector search in it.
  if (longest(resize) > maxSide)
    return { ...plain(frame), early: placed(largestPart(from, frame), from, focus(spec)) }
  if (by) return { resize, crop: { by, width: frame.width, height: frame.height }, size: frame }
  return { resize, crop: { by: 'box', box: placed(frame, resize, focus(spec)) }, size: frame }
}

/** The part round the focal point, which is enlarged to the frame. */
function zoomed(from: Picture, frame: Size, spec: Framing): Box {
  const { width, height } = largestPart(from, frame)
  const { zoom = 1 } = spec
  const part = { width: whole(width / zoom, from.width), height: whole(height / zoom, from.height) }
  return placed(part, from, focus(spec))
}

/** The picture as large as it is, cut where it passes the frame. On a canvas no detector looks for the place. */
function unenlarged(from: Size, frame: Size, asked: Framing): Layout {
  const size = leastOf(from, frame)
  const spec = towardsFaces(asked, from, size)
  if (spec.enlarge === 'fill')
    return { ...extended(size, frame, spec), early: placed(size, from, focus(spec)) }
  if (isSame(size, from)) return plain(size)
  const by = detector(spec)
  const resize = { width: from.width, height: from.height }
  if (by) return { resize, crop: { by, ...size }, size }
  return { resize, crop: { by: 'box', box: placed(size, from, focus(spec)) }, size }
}

/** The point that the cut keeps nearest to its middle; an edge is a point on it. */
function focus({ crop = [], focalX = 0.5, focalY = 0.5 }: Framing): Point {
  if (crop.includes('focalpoint')) return { x: focalX, y: focalY }
  const x = crop.includes('left') ? 0 : crop.includes('right') ? 1 : centre.x
  const y = crop.includes('top') ? 0 : crop.includes('bottom') ? 1 : centre.y
  return { x, y }
}

/** Canvas on both sides alike, unless the picture is to stand elsewhere; an odd pixel goes to the right and to the bottom. */
function extended(
  resize: Size,
  frame: Size,
  { fillAlign = centre }: Framing,
  paint: 'background' | 'edge' = 'background',
): Layout {
  if (isSame(resize, frame)) return plain(frame)
  const left = Math.floor((frame.width - resize.width) * fillAlign.x)
  const top = Math.floor((frame.height - resize.height) * fillAlign.y)
  const right = frame.width - resize.width - left
  const bottom = frame.height - resize.height - top
  return { resize, extend: { top, right, bottom, left, paint }, size: frame }
}
