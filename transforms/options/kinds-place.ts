// How places on a picture are spelled in URLs: ratios, regions, turns.
import { decimal, listed, readLength, rounded, within, writeLength } from './kinds.ts'
import type { Kind, Length, Position, Region, Turn } from './option-types.ts'

/** Width over height. Seven digits hold every ratio of two sides up to 8192 within a hundredth of a pixel. */
export const ratio: Kind<number> = {
  expected: 'a ratio of width to height such as 16:9',
  read(text) {
    const [, width, height] = /^(\d{1,6}(?:\.\d{1,20})?):(\d{1,6}(?:\.\d{1,20})?)$/.exec(text) ?? []
    const value = Number((Number(width) / Number(height)).toPrecision(7))
    return within(value, 1 / 8192, 8192)
  },
  write: (value) => `${Number(value.toPrecision(7))}:1`,
}

// No source is a million pixels wide; regions beyond the picture are cut to it anyway.
const maxRegion = 1_000_000

export const region: Kind<Region> = {
  expected:
    'x,y,w,h, each in pixels or as a fraction (x: left, center, right; y: top, middle, bottom; w, h: full), or x,y and a ratio',
  read(text) {
    const [left = '', top = '', ...size] = listed(text)
    const x = readPosition(left, horizontal)
    const y = readPosition(top, vertical)
    const read = size.length === 1 ? readRatio(size[0] ?? '') : readSides(size)
    return x && y && read && { x, y, ...read }
  },
  write({ x, y, ...size }) {
    const read =
      'ratio' in size ? [ratio.write(size.ratio)] : [writeLength(size.width), writeLength(size.height)]
    return [writePosition(x, horizontal), writePosition(y, vertical), ...read].join(',')
  },
}

const horizontal = { start: 'left', centre: 'center', end: 'right' } as const
const vertical = { start: 'top', centre: 'middle', end: 'bottom' } as const
type Edges = typeof horizontal | typeof vertical

function readSides([w = '', h = '', ...rest]: readonly string[]) {
  const width = readSpan(w)
  const height = readSpan(h)
  return rest.length === 0 && width && height ? { width, height } : undefined
}

function readRatio(text: string) {
  const value = ratio.read(text)
  return value === undefined ? undefined : { ratio: value }
}

function readPosition(word: string, edges: Edges): Position | undefined {
  if (word === edges.start) return { px: 0 }
  if (word === edges.centre) return 'centre'
  if (word === edges.end) return 'end'
  return word.endsWith('p') ? readRoom(word.slice(0, -1)) : readLength(word, 0, maxRegion)
}

/** A percentage of the room beside the region: 0p is at the near edge, 100p at the far one. */
function readRoom(text: string): Position | undefined {
  const percent = decimal(0, 100).read(text)
  return percent === undefined ? undefined : roomOf(percent / 100)
}

/** The position that leaves this share of the room before it; three of them have names. */
export function roomOf(share: number): Position {
  const room = rounded(share)
  if (room === 0) return { px: 0 }
  if (room === 0.5) return 'centre'
  return room === 1 ? 'end' : { room }
}

function writePosition(position: Position, edges: Edges): string {
  if (typeof position === 'string') return edges[position]
  return 'room' in position ? `${rounded(position.room * 100)}p` : writeLength(position)
}

const readSpan = (word: string): Length | undefined =>
  word === 'full' ? { share: 1 } : readLength(word, 1, maxRegion)

/** "90", "h", "270h", "raw", "raw180"... */
export const turn: Kind<Turn> = {
  expected: 'raw or nothing, then 90, 180, 270 or nothing, then h or nothing',
  read(text) {
    const [whole, raw, degrees, mirror] = /^(raw)?(90|180|270)?(h)?$/.exec(text.toLowerCase()) ?? []
    if (!whole) return undefined
    const turns = (Number(degrees ?? 0) / 90) as Turn['turns']
    return { isRaw: raw !== undefined, turns, mirror: mirror !== undefined }
  },
  write: ({ isRaw, turns, mirror }) =>
    `${isRaw ? 'raw' : ''}${turns === 0 ? '' : turns * 90}${mirror ? 'h' : ''}`,
}
