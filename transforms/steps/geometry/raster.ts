// At which density an SVG is drawn, so that the result is drawn at its size and not enlarged from pixels.

import { maxSide } from '../../options/option-types.ts'
import type { Geometry } from './geometry.ts'
import { type Box, centre, clamped, longest, nested, placed, type Size } from './sizes.ts'

/** sharp takes 1 to 100000 dpi, and 72 draws a pixel of the SVG as a pixel. */
const minDensity = 1 / 72

/**
 * What is to be kept of a drawing that is longer than any result may be, and not enlarged, is cut from it first; nobody
 * looks for the place in it. `oriented` is as below.
 */
export function drawable(steps: Geometry, oriented: Size): Geometry {
  const { resize, crop, extract, ...rest } = steps
  if (!resize || !crop || longest(resize) <= maxSide) return steps
  const from = extract ?? { left: 0, top: 0, ...oriented }
  // As large as it is, so that a box of the sized drawing is one of the drawing itself.
  const box = crop.by === 'box' ? crop.box : placed(crop, from, centre)
  return { ...rest, extract: nested(box, from), resize: { width: box.width, height: box.height } }
}

/** The same steps upon a drawing of another size; `oriented` is the size of the SVG itself after `steps.orient`. */
export function rasterised(steps: Geometry, oriented: Size): Geometry {
  const from = steps.extract ?? oriented
  const resize = steps.resize ?? { width: from.width, height: from.height }
  const needed = Math.max(resize.width / from.width, resize.height / from.height)
  const density = rounded(clamped(needed, minDensity, maxSide / longest(oriented)))
  if (density === 1) return steps
  return {
    ...steps,
    density,
    resize,
    ...(steps.extract && { extract: scaledBox(steps.extract, oriented, density) }),
  }
}

// Down, so that the drawing never passes the limit; the millionth keeps 0.4096 from becoming 0.4095.
const rounded = (density: number): number => Math.max(0.0139, Math.floor(density * 1e4 + 1e-6) / 1e4)

/** Rounded down: whether the drawing's last pixel is whole is up to the renderer. */
function scaledBox(box: Box, oriented: Size, density: number): Box {
  const x = span(box.left, box.width, oriented.width, density)
  const y = span(box.top, box.height, oriented.height, density)
  return { left: x.start, top: y.start, width: x.size, height: y.size }
}

function span(start: number, size: number, side: number, density: number): { start: number; size: number } {
  const drawn = Math.max(1, Math.floor(side * density))
  const from = clamped(Math.round(start * density), 0, drawn - 1)
  return { start: from, size: clamped(Math.round(size * density), 1, drawn - from) }
}
