// Where `rect` lies on a picture, in whole pixels.

import { writeLength } from '../../options/kinds.ts'
import type { Length, Position, Region } from '../../options/option-types.ts'
import { unexpected } from '../../options/refusals.ts'
import { type Box, clamped, largestPart, type Size, whole } from './sizes.ts'

/** The part of the region that lies on the picture. Fails with 'bad-option', by the option's name, where no part does. */
export function regionBox(option: 'rect' | 'cut' | 'hide', region: Region, picture: Size): Box {
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

/** Whether it keeps everything, whatever the size of the picture. */
export function isWhole(region: Region | undefined): boolean {
  if (!region || 'ratio' in region) return false
  // Where no room is left, every share of it is at the edge.
  const fromEdge = [region.x, region.y].every(
    (at) => typeof at === 'string' || 'room' in at || ('px' in at && at.px === 0),
  )
  return fromEdge && [region.width, region.height].every((span) => 'share' in span && span.share === 1)
}
