// Where `rect` lies on a picture, in whole pixels.

import { writeLength } from '../language/kinds.ts'
import type { Length, Position, Region } from '../language/option-types.ts'
import { unexpected } from '../language/refusals.ts'
import { clamped, largestPart, type Size, whole } from './geometry.ts'
import type { Box } from './plan-types.ts'

/** The part of the region that lies on the picture. Fails with 'bad-option', by the option's name, where no part does. */
export function regionBox(option: 'rect' | 'cut', region: Region, picture: Size): Box {
  refuseOutside(option, region, picture)
  const { width, height } = sidesOf(region, picture)
  const x = span(region.x, width, picture.width)
  const y = span(region.y, height, picture.height)
  return { left: x.start, top: y.start, width: x.size, height: y.size }
}

function refuseOutside(option: string, { x, y }: Region, { width, height }: Size): void {
  // Before it is rounded: a half of one pixel is inside.
  const isOutside = (position: Position, side: number): boolean =>
    typeof position !== 'string' && !('room' in position) && pixels(position, side) >= side
  if (!isOutside(x, width) && !isOutside(y, height)) return
  const expected = `a region that begins inside the picture, which is ${width} x ${height} pixels,`
  throw unexpected(option, expected, [x, y].map(written).join(','))
}

const written = (position: Position): string =>
  typeof position === 'string'
    ? position
    : 'room' in position
      ? `${position.room * 100}p`
      : writeLength(position)

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
