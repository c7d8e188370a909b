// A photograph as a PNG: rows filtered as libpng would, packed by runs and Huffman codes alone. What is left of a photograph
// behind its filters hardly ever repeats, so looking for repetitions costs twice as much as all the rest and finds nothing.
import { constants, deflateSync } from 'node:zlib'
import { buildChunk, writePng } from '../optimise/png/chunks.ts'
import type { Pixels } from '../pixels/run.ts'

/** Rows next to one another that are packed for a try, at so many places: repetitions are near or above. */
const [bandRows, bands] = [12, 3]

/** PNG's numbers for truecolour, without alpha and with (W3C PNG, third edition, 11.2.1). */
const [truecolour, withAlpha] = [2, 6]

/** Undefined where rows repeat what is near, as in a screen with a photograph on it or a wall of bricks. */
export function photographPng(pixels: Pixels): Uint8Array<ArrayBuffer> | undefined {
  const { width, height, channels } = pixels
  if (channels < 3 || repeats(pixels)) return undefined
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width)
  header.writeUInt32BE(height, 4)
  header.set([8, channels === 3 ? truecolour : withAlpha], 8)
  const png = writePng([
    buildChunk('IHDR', header),
    buildChunk('IDAT', byRuns(filtered(pixels, 0, height))),
    buildChunk('IEND', new Uint8Array()),
  ])
  return new Uint8Array(png)
}

const byRuns = (rows: Uint8Array): Uint8Array =>
  deflateSync(rows, { level: 6, memLevel: 9, strategy: constants.Z_RLE })

const byRepetitions = (rows: Uint8Array): Uint8Array =>
  deflateSync(rows, { level: 4, memLevel: 9, strategy: constants.Z_FILTERED })

function repeats(pixels: Pixels): boolean {
  const last = Math.max(0, pixels.height - bandRows)
  let [runs, all] = [0, 0]
  for (let n = 0; n < bands; n++) {
    const from = Math.floor((last * (n + 1)) / (bands + 1))
    const rows = filtered(pixels, from, Math.min(pixels.height, from + bandRows))
    runs += byRuns(rows).length
    all += byRepetitions(rows).length
  }
  // By what little there is to find in a few rows: of the whole picture it would be more.
  return all < runs
}

/** Of each row the filter that leaves the least (PNG 12.7), behind that filter's number. */
function filtered({ data, width, channels }: Pixels, from: number, to: number): Uint8Array {
  const rowBytes = width * channels
  const found = new Uint8Array((rowBytes + 1) * (to - from))
  const empty = new Uint8Array(rowBytes)
  const tries = filters.map((number) => ({ number, row: new Uint8Array(rowBytes), left: 0 }))
  for (let y = from; y < to; y++) {
    const row = data.subarray(y * rowBytes, (y + 1) * rowBytes)
    const above = y === 0 ? empty : data.subarray((y - 1) * rowBytes, y * rowBytes)
    differences(row, above, channels, tries)
    const best = tries.reduce((best, each) => (each.left < best.left ? each : best))
    const at = (y - from) * (rowBytes + 1)
    found[at] = best.number
    found.set(best.row, at + 1)
  }
  return found
}

/** Sub, Average and Paeth (PNG 9.2): the others suit drawings. */
const filters = [1, 3, 4] as const

interface Try {
  readonly number: number
  readonly row: Uint8Array
  left: number
}

/** One pass for all three, as reading the samples is half of the work. */
function differences(row: Uint8Array, above: Uint8Array, channels: number, tries: readonly Try[]): void {
  const [sub, average, paeth] = tries as [Try, Try, Try]
  const [subRow, averageRow, paethRow] = [sub.row, average.row, paeth.row]
  let [subLeft, averageLeft, paethLeft] = [0, 0, 0]
  for (let i = 0; i < row.length; i++) {
    const x = row[i] as number
    const b = above[i] as number
    const a = i < channels ? 0 : (row[i - channels] as number)
    const c = i < channels ? 0 : (above[i - channels] as number)
    const bySub = ((x - a) << 24) >> 24
    const byAverage = ((x - ((a + b) >> 1)) << 24) >> 24
    const byPaeth = ((x - nearest(a, b, c)) << 24) >> 24
    subRow[i] = bySub
    averageRow[i] = byAverage
    paethRow[i] = byPaeth
    subLeft += Math.abs(bySub)
    averageLeft += Math.abs(byAverage)
    paethLeft += Math.abs(byPaeth)
  }
  sub.left = subLeft
  average.left = averageLeft
  paeth.left = paethLeft
}

/** Of left, above and above left the one that is nearest to left + above - above left (PNG 9.4). */
function nearest(a: number, b: number, c: number): number {
  const toA = Math.abs(b - c)
  const toB = Math.abs(a - c)
  const toC = Math.abs(a + b - c - c)
  if (toA <= toB && toA <= toC) return a
  return toB <= toC ? b : c
}
