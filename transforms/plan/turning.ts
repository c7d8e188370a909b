// Rotation of the result: quarter turns are folded into the steps before them, other angles straighten the picture.

import { maxSide } from '../language/options.ts'
import { clamped, longest, type Size, whole } from './geometry.ts'
import { joined, orientBox, orientSize, turned } from './orientation.ts'
import type { Box, Plan } from './plan-types.ts'

/** The steps of a plan that move pixels. */
export type Steps = Pick<
  Plan,
  | 'density'
  | 'orient'
  | 'extract'
  | 'resize'
  | 'crop'
  | 'extend'
  | 'cut'
  | 'flip'
  | 'rotate'
  | 'width'
  | 'height'
>

/** The same steps with the result turned clockwise; `oriented` is the size of the picture after `steps.orient`. */
export function rotated(steps: Steps, oriented: Size, degrees: number): Steps {
  if (degrees % 90 !== 0) return straightened(steps, oriented, degrees)
  return degrees % 360 === 0 ? steps : quarterTurned(steps, oriented, degrees / 90)
}

/**
 * Turning the result is turning the picture first and doing everything else in the turned frame: a decoder turns its
 * picture for nothing, and the result needs no second pass.
 */
function quarterTurned(steps: Steps, oriented: Size, turns: number): Steps {
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
function framedSize({ extract, resize, crop, extend }: Steps, oriented: Size): Size {
  const { width, height } = crop?.by === 'box' ? crop.box : (crop ?? resize ?? extract ?? oriented)
  const { top = 0, right = 0, bottom = 0, left = 0 } = extend ?? {}
  return { width: left + width + right, height: top + height + bottom }
}

type Crop = NonNullable<Plan['crop']>
type Extend = NonNullable<Plan['extend']>

function turnedCrop(crop: Crop, picture: Size, turns: number): Crop {
  if (crop.by === 'box') return { by: 'box', box: orientBox(crop.box, picture, turned(turns)) }
  return { by: crop.by, ...orientSize(crop, turned(turns)) }
}

function turnedExtend({ top, right, bottom, left, paint }: Extend, turns: number): Extend {
  const sides = [top, right, bottom, left]
  // What was on the left is on top after one turn clockwise.
  const at = (side: number): number => sides[(side - turns + 4) % 4] ?? 0
  return { top: at(0), right: at(1), bottom: at(2), left: at(3), paint }
}

/** Two pixels a side: a turned picture's edge is half mixed with what lies beside it, and its middle may be between pixels. */
const margin = 4

/** An enlargement is decoded pixels in memory: for slivers turned by 45 degrees it would be without bound. */
const maxEnlarged = 2 * maxSide - margin

/**
 * Enlarges everything so far until the turned picture covers the frame, turns, cuts the frame out of the middle. The
 * frame keeps its size; only where the enlargement would pass 16384 pixels a side, all becomes smaller.
 */
function straightened(steps: Steps, oriented: Size, degrees: number): Steps {
  const before = steps.resize ?? steps.extract ?? oriented
  const framed = framedSize(steps, oriented)
  const cover = coverScale(steps, degrees)
  const shrink = Math.min(1, maxEnlarged / (cover * Math.max(longest(before), longest(framed))))
  const enlarged = scaledAll(steps, { before, framed }, cover * shrink)
  const cut = {
    width: whole(steps.width * shrink, enlarged.width),
    height: whole(steps.height * shrink, enlarged.height),
  }
  return { ...steps, ...enlarged, rotate: { degrees, cut }, ...cut }
}

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
function scaledAll(steps: Steps, { before, framed }: Sizes, scale: number): Steps {
  if (!steps.cut) return { ...steps, ...scaled(steps, before, scale) }
  const whole = scaled({ ...steps, ...framed }, before, scale)
  const size = { width: up(steps.cut.width, scale), height: up(steps.cut.height, scale) }
  return { ...steps, ...whole, ...size, cut: scaledBox(steps.cut, whole, { ...size, scale }) }
}

const up = (value: number, scale: number): number => Math.min(2 * maxSide, Math.ceil(value * scale) + margin)

/** Resize, crop and canvas at `scale`; the frame rounds up, so that no corner stays empty. */
function scaled(steps: Steps, before: Size, scale: number): Steps {
  const size = { width: up(steps.width, scale), height: up(steps.height, scale) }
  const resize = { width: up(before.width, scale), height: up(before.height, scale) }
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
): Pick<Steps, 'resize' | 'extend'> {
  const resize = {
    width: Math.min(picture.width, size.width),
    height: Math.min(picture.height, size.height),
  }
  const left = clamped(Math.round(extend.left * scale), 0, size.width - resize.width)
  const top = clamped(Math.round(extend.top * scale), 0, size.height - resize.height)
  const right = size.width - resize.width - left
  const bottom = size.height - resize.height - top
  return { resize, extend: { top, right, bottom, left, paint: extend.paint } }
}
