// Rotation of the result: quarter turns are folded into the steps before them, other angles straighten the picture.

import type { Colour } from '../../options/colour.ts'
import { maxSide } from '../../options/option-types.ts'
import type { Crop, Extend, Geometry, Rotate } from './geometry.ts'
import { joined, orientBox, orientSize, turned } from './orientation.ts'
import { type Box, centre, clamped, largestPart, longest, nested, placed, type Size, whole } from './sizes.ts'

export interface Rotation {
  /** Degrees. */
  readonly rotation?: number
  /** `pivot`: the frame turns with the picture. */
  readonly rotationType?: 'straighten' | 'pivot'
  /** Of what a frame that grows has beside the picture; transparent where nothing is said. */
  readonly background?: Colour
}

/**
 * The same steps with the result turned by `rot`, which counts counter-clockwise; `oriented` is the size of the picture
 * after `steps.orient`. The frame keeps its size, but for a pivot.
 */
export function rotated(
  steps: Geometry,
  oriented: Size,
  { rotation = 0, rotationType, background = transparent }: Rotation,
): Geometry {
  if (rotation % 360 === 0) return steps
  const clockwise = 360 - rotation
  if (rotation % 90 !== 0)
    return rotationType === 'pivot'
      ? pivoted(steps, oriented, { degrees: clockwise, corners: background })
      : straightened(steps, oriented, clockwise)
  const isAcross = rotation % 180 !== 0 && rotationType !== 'pivot'
  return isAcross
    ? turnedInFrame(steps, oriented, clockwise / 90)
    : quarterTurned(steps, oriented, clockwise / 90)
}

/** A quarter turn within the frame: enlarged until the turned picture covers it, then cut from the middle. */
function turnedInFrame(steps: Geometry, oriented: Size, turns: number): Geometry {
  const { scale, frame } = covered(steps, oriented, 90)
  const sizes = sizesOf(steps, oriented)
  const strip = longest(sizes.before) * coverScale(steps, 90) > maxSide && stripOf(steps, sizes, oriented)
  if (strip) return quarterTurned(strip, oriented, turns)
  const enlarged = quarterTurned(scaledAll(steps, sizes, { scale, margin: 0 }), oriented, turns)
  return cutFromMiddle(enlarged, {
    width: whole(frame.width, enlarged.width),
    height: whole(frame.height, enlarged.height),
  })
}

/**
 * Of a long frame a narrow strip is seen once it is turned. It is cut from the source, where all around it would be
 * millions of pixels. Undefined where nobody knows yet where the strip lies.
 */
function stripOf(steps: Geometry, { before }: Sizes, oriented: Size): Geometry | undefined {
  const { crop, cut, extend, extract, resize, ...rest } = steps
  if (cut || extend || (crop && crop.by !== 'box')) return undefined
  const frame = crop?.box ?? { left: 0, top: 0, ...before }
  const seen = largestPart(frame, { width: steps.height, height: steps.width })
  const box = nested(placed(seen, frame, centre), frame)
  const from = extract ?? { left: 0, top: 0, ...oriented }
  const [across, down] = [from.width / before.width, from.height / before.height]
  const part = {
    width: whole(box.width * across, from.width),
    height: whole(box.height * down, from.height),
  }
  const left = clamped(Math.round(box.left * across), 0, from.width - part.width)
  const top = clamped(Math.round(box.top * down), 0, from.height - part.height)
  const size = { width: steps.height, height: steps.width }
  return { ...rest, extract: nested({ left, top, ...part }, from), resize: size, ...size }
}

/** A known box of what is there already costs no step of its own. */
function cutFromMiddle(steps: Geometry, size: Size): Geometry {
  const box = placed(size, steps, centre)
  const { crop, cut, extend } = steps
  if (cut) return { ...steps, cut: nested(box, cut), ...size }
  if (extend || (crop && crop.by !== 'box')) return { ...steps, cut: box, ...size }
  return { ...steps, crop: { by: 'box', box: crop ? nested(box, crop.box) : box }, ...size }
}

/**
 * Turning the result is turning the picture first and doing everything else in the turned frame: a decoder turns its
 * picture for nothing, and the result needs no second pass.
 */
function quarterTurned(steps: Geometry, oriented: Size, turns: number): Geometry {
  const by = turned(turns)
  const { orient = turned(0), extract, resize, crop, extend, cut, flip } = steps
  const size = orientSize(steps, by)
  return {
    ...steps,
    ...size,
    orient: joined(orient, by),
    ...(extract && { extract: orientBox(extract, oriented, by) }),
    ...(resize && { resize: orientSize(resize, by) }),
    ...(crop && { crop: turnedCrop(crop, resize ?? extract ?? oriented, turns) }),
    ...(extend && { extend: turnedExtend(extend, turns) }),
    ...(cut && { cut: orientBox(cut, framedSize(steps, oriented), by) }),
    ...(flip && turns % 2 === 1 && { flip: { horizontal: flip.vertical, vertical: flip.horizontal } }),
  }
}

/** The picture that `cut` is a box of. */
function framedSize({ extract, resize, crop, extend }: Geometry, oriented: Size): Size {
  const { width, height } = crop?.by === 'box' ? crop.box : (crop ?? resize ?? extract ?? oriented)
  const { top = 0, right = 0, bottom = 0, left = 0 } = extend ?? {}
  return { width: left + width + right, height: top + height + bottom }
}

function turnedCrop(crop: Crop, picture: Size, turns: number): Crop {
  if (crop.by === 'box') return { by: 'box', box: orientBox(crop.box, picture, turned(turns)) }
  return { by: crop.by, ...orientSize(crop, turned(turns)) }
}

function turnedExtend({ top, right, bottom, left, ...paint }: Extend, turns: number): Extend {
  const sides = [top, right, bottom, left]
  // What was on the left is on top after one turn clockwise.
  const at = (side: number): number => sides[(side - turns + 4) % 4] ?? 0
  return { top: at(0), right: at(1), bottom: at(2), left: at(3), ...turnedPaint(paint, turns) }
}

/** A gradient turns with the picture. */
function turnedPaint<P extends Pick<Extend, 'gradient'>>(paint: P, turns: number): P {
  const { gradient } = paint
  if (!gradient) return paint
  if (gradient.type === 'linear')
    return { ...paint, gradient: { ...gradient, degrees: (gradient.degrees + turns * 90) % 360 } }
  let { x, y } = gradient
  for (let turn = 0; turn < turns; turn++) [x, y] = [1 - y, x]
  return { ...paint, gradient: { ...gradient, x, y } }
}

const transparent: Colour = { r: 255, g: 255, b: 255, alpha: 0 }

/** The frame grows until it holds the turned picture. Where it would pass 8192 pixels a side, all becomes smaller. */
function pivoted(steps: Geometry, oriented: Size, { degrees, corners }: Omit<Rotate, 'cut'>): Geometry {
  const scale = Math.min(1, maxSide / longest(turnedSize(steps, degrees)))
  const drawn =
    scale < 1 ? { ...steps, ...scaledAll(steps, sizesOf(steps, oriented), { scale, margin: 0 }) } : steps
  const { width, height } = turnedSize(drawn, degrees)
  const cut = { width: whole(width), height: whole(height) }
  return { ...drawn, rotate: { degrees, cut, ...(corners && { corners }) }, ...cut }
}

/** Of the box round a turned picture, without the pixel that it may share with what lies beside it. */
function turnedSize({ width, height }: Size, degrees: number): Size {
  const radians = (degrees * Math.PI) / 180
  const [cos, sin] = [Math.abs(Math.cos(radians)), Math.abs(Math.sin(radians))]
  return { width: Math.floor(width * cos + height * sin), height: Math.floor(width * sin + height * cos) }
}

/** Two pixels a side: a turned picture's edge is half mixed with what lies beside it, and its middle may be between pixels. */
const margin = 4

/** An enlargement is decoded pixels in memory: for slivers turned by 45 degrees it would be without bound. */
const maxEnlarged = 2 * maxSide - margin

/**
 * Enlarges everything so far until the turned picture covers the frame, turns, cuts the frame out of the middle. The
 * frame keeps its size; only where the enlargement would pass 16384 pixels a side, all becomes smaller.
 */
function straightened(steps: Geometry, oriented: Size, degrees: number): Geometry {
  const { scale, frame } = covered(steps, oriented, degrees)
  const enlarged = scaledAll(steps, sizesOf(steps, oriented), { scale, margin })
  const cut = { width: whole(frame.width, enlarged.width), height: whole(frame.height, enlarged.height) }
  return { ...steps, ...enlarged, rotate: { degrees, cut }, ...cut }
}

/** The scale at which the turned picture covers its frame, and the frame as far as that may be had. */
function covered(steps: Geometry, oriented: Size, degrees: number): { scale: number; frame: Size } {
  const { before, framed } = sizesOf(steps, oriented)
  const cover = coverScale(steps, degrees)
  const shrink = Math.min(1, maxEnlarged / (cover * Math.max(longest(before), longest(framed))))
  return { scale: cover * shrink, frame: { width: steps.width * shrink, height: steps.height * shrink } }
}

const sizesOf = (steps: Geometry, oriented: Size): Sizes => ({
  before: steps.resize ?? steps.extract ?? oriented,
  framed: framedSize(steps, oriented),
})

/** How many times larger a picture must be for its turned self to cover the frame it had. */
function coverScale({ width, height }: Size, degrees: number): number {
  const radians = (degrees * Math.PI) / 180
  const [cos, sin] = [Math.abs(Math.cos(radians)), Math.abs(Math.sin(radians))]
  return cos + sin * Math.max(width / height, height / width)
}

interface Sizes {
  readonly before: Size
  readonly framed: Size
}

/** The frame is enlarged as it was before the cut, and the cut with it. */
function scaledAll(steps: Geometry, { before, framed }: Sizes, by: Scale): Geometry {
  if (!steps.cut) return { ...steps, ...scaled(steps, before, by) }
  const whole = scaled({ ...steps, ...framed }, before, by)
  const size = up(steps.cut, by)
  return { ...steps, ...whole, ...size, cut: scaledBox(steps.cut, whole, { ...size, scale: by.scale }) }
}

interface Scale {
  readonly scale: number
  /** Pixels a side beyond that. */
  readonly margin: number
}

function up({ width, height }: Size, { scale, margin }: Scale): Size {
  const round = margin === 0 ? Math.round : Math.ceil
  const side = (value: number): number => Math.min(2 * maxSide, round(value * scale) + margin)
  return { width: side(width), height: side(height) }
}

/** Resize, crop and canvas at `scale`; with a margin the frame rounds up, so that no corner stays empty. */
function scaled(steps: Geometry, before: Size, by: Scale): Geometry {
  const { scale } = by
  const size = up(steps, by)
  const resize = up(before, by)
  if (steps.extend) return { ...size, ...scaledCanvas(steps.extend, resize, size, scale) }
  return { ...size, resize, ...(steps.crop && { crop: scaledCrop(steps.crop, resize, size, scale) }) }
}

function scaledCrop(crop: Crop, picture: Size, size: Size, scale: number): Crop {
  if (crop.by !== 'box') return { by: crop.by, ...size }
  return { by: 'box', box: scaledBox(crop.box, picture, { ...size, scale }) }
}

function scaledBox(box: Box, picture: Size, { scale, ...size }: Size & { readonly scale: number }): Box {
  const left = clamped(Math.round(box.left * scale), 0, picture.width - size.width)
  const top = clamped(Math.round(box.top * scale), 0, picture.height - size.height)
  return { left, top, ...size }
}

function scaledCanvas(
  extend: Extend,
  picture: Size,
  size: Size,
  scale: number,
): Pick<Geometry, 'resize' | 'extend'> {
  const resize = {
    width: Math.min(picture.width, size.width),
    height: Math.min(picture.height, size.height),
  }
  const left = clamped(Math.round(extend.left * scale), 0, size.width - resize.width)
  const top = clamped(Math.round(extend.top * scale), 0, size.height - resize.height)
  const right = size.width - resize.width - left
  const bottom = size.height - resize.height - top
  return { resize, extend: { ...extend, top, right, bottom, left } }
}
