// Where `rect` lies on a picture, in whole pixels.

import type { Length, Position, Region } from '../language/option-types.ts'
import { clamped, largestPart, type Size, whole } from './geometry.ts'
import type { Box } from './plan-types.ts'

/** The part of the region that lies on the picture: at least one pixel, also of a region wholly beside it. */
export function regionBox(region: Region, picture: Size): Box {
  const { width, height } = sidesOf(region, picture)
  const x = span(region.x, width, picture.width)
  const y = span(region.y, height, picture.height)
  return { left: x.start, top: y.start, width: x.size, height: y.size }
}

function sidesOf(region: Region, picture: Size): { width: Length; height: Length } {
  if (!('ratio' in region)) return region
  const { width, height } = largestPart(picture, { width: region.ratio, height: 1 })
  return { width: { px: width }, height: { px: height } }
}

function span(position: Position, length: Length, side: number): { start: number; size: number } {
  const size = whole(pixels(length, side), side)
  if (position === 'centre') return { start: Math.round((side - size) / 2), size }
  if (position === 'end') return { start: side - size, size }
  if ('room' in position) return { start: Math.round(position.room * (side - size)), size }
  const start = clamped(Math.round(pixels(position, side)), 0, side - 1)
  return { start, size: Math.min(size, side - start) }
}

const pixels = (length: Length, side: number): number => ('px' in length ? length.px : length.share * side)
