// Whether pixels have edges that lose their colour when it is stored at half resolution: coloured words, lines and shapes
// on plain ground. Looked for on every eighth row and column, which takes about a millisecond a megapixel.
import type { Pixels } from '../pixels/run.ts'

/** Rows and columns between two that are read. */
const apart = 8
/** Levels of 255 by which Cb or Cr (BT.601) changes within two pixels, before somebody sees the smear. */
const least = 45
/** Red less green, or blue less green, then changes by so many at least: quick to see. */
const mayShow = 67
/** Pixels beside such a change that are one colour, give or take `alike` levels: in a photograph they hardly ever are. */
const [ground, alike] = [4, 2]
/**
 * Changes in one square of `side` pixels that make it coloured text or line art. Of 32 photographs, each at seven widths,
 * two have such a square at some of them: painted letters and boards. Drawings lack one only where words are unreadably small.
 */
const [side, enough] = [64, 4]

export function hasColourEdges({ data, width, height, channels }: Pixels): boolean {
  if (channels < 3) return false
  const across = Math.ceil(width / side)
  const counts = new Uint16Array(across * Math.ceil(height / side))
  const row = width * channels
  const rows = { count: height, length: width, apart: row, step: channels, square: [across, 1] } as const
  const columns = { count: width, length: height, apart: channels, step: row, square: [1, across] } as const
  return scanned(data, rows, counts) || scanned(data, columns, counts)
}

/** Rows or columns: how many, of how many pixels, and the distances in `data` and in the squares' counts. */
interface Lines {
  readonly count: number
  readonly length: number
  readonly apart: number
  readonly step: number
  readonly square: readonly [line: number, pixel: number]
}

function scanned(data: Uint8Array, lines: Lines, counts: Uint16Array): boolean {
  const { step, square } = lines
  for (let line = apart >> 1; line < lines.count; line += apart) {
    const start = line * lines.apart
    const end = start + (lines.length - 1) * step
    const first = Math.floor(line / side) * square[0]
    let [red1, blue1, red2, blue2] = [0, 0, 0, 0]
    for (let at = start; at <= end; at += step) {
      const green = data[at + 1] as number
      const red = (data[at] as number) - green
      const blue = (data[at + 2] as number) - green
      const near = Math.abs(red - red1) >= mayShow || Math.abs(blue - blue1) >= mayShow
      if (near || Math.abs(red - red2) >= mayShow || Math.abs(blue - blue2) >= mayShow) {
        if (changesAt(data, { at, step, start, end })) {
          const of = first + Math.floor((at - start) / step / side) * square[1]
          counts[of] = (counts[of] as number) + 1
          if ((counts[of] as number) >= enough) return true
        }
      }
      red2 = red1
      blue2 = blue1
      red1 = red
      blue1 = blue
    }
  }
  return false
}

interface Place {
  readonly at: number
  readonly step: number
  /** The line's first and last pixel. */
  readonly start: number
  readonly end: number
}

/** Whether colour changes from one or two pixels before up to here, on plain ground before or after. */
function changesAt(data: Uint8Array, place: Place): boolean {
  const { at, step, start, end } = place
  for (let before = at - step; before >= Math.max(start, at - 2 * step); before -= step) {
    if (!shows(data, at, before)) continue
    if (before - (ground - 1) * step >= start && isPlain(data, before, -step)) return true
    return at + (ground - 1) * step <= end && isPlain(data, at, step)
  }
  return false
}

function shows(data: Uint8Array, one: number, other: number): boolean {
  const change = (channel: number) => (data[one + channel] as number) - (data[other + channel] as number)
  const [r, g, b] = [change(0), change(1), change(2)]
  const light = 0.299 * r + 0.587 * g + 0.114 * b
  return Math.abs(0.564 * (b - light)) >= least || Math.abs(0.713 * (r - light)) >= least
}

function isPlain(data: Uint8Array, at: number, step: number): boolean {
  for (let n = 1, other = at + step; n < ground; n++, other += step)
    for (let channel = 0; channel < 3; channel++)
      if (Math.abs((data[at + channel] as number) - (data[other + channel] as number)) > alike) return false
  return true
}
