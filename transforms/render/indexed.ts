// Pixels of at most 256 colours as a PNG with a palette (W3C PNG, third edition, 11.2.2), colour for colour.
import { constants, deflateSync } from 'node:zlib'
import { buildChunk, writePng } from '../optimise/png/chunks.ts'
import type { Pixels } from '../pixels/run.ts'

const mostColours = 256
/** Places of the table that finds a colour's number; four times as many as colours, so that few collide. */
const places = 1024

interface Counted {
  /** Red, green, blue and alpha, one number each, in the order they were met. */
  readonly colours: readonly number[]
  /** Of each pixel, in `colours`. */
  readonly numbers: Uint8Array
}

/** Undefined where there are more colours; transparent pixels of different colours are different ones. */
export function indexedPng(pixels: Pixels): Uint8Array<ArrayBuffer> | undefined {
  const counted = count(pixels)
  if (!counted) return undefined
  const { width, height } = pixels
  const { colours, order } = transparentFirst(counted.colours)
  const depth = depthFor(colours.length)
  const rows = packed(
    { ...counted, numbers: counted.numbers.map((n) => order[n] ?? 0) },
    { width, height, depth },
  )
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width)
  header.writeUInt32BE(height, 4)
  header.set([depth, 3], 8)
  const alphas = colours.map((colour) => colour & 255).filter((alpha) => alpha < 255)
  // Filters help where numbers mean brightness; those of a palette mean nothing (PNG 12.7).
  const data = deflateSync(rows, { level: 9, memLevel: 9, strategy: constants.Z_DEFAULT_STRATEGY })
  const png = writePng([
    buildChunk('IHDR', header),
    buildChunk(
      'PLTE',
      Uint8Array.from(colours.flatMap((c) => [c >>> 24, (c >>> 16) & 255, (c >>> 8) & 255])),
    ),
    ...(alphas.length > 0 ? [buildChunk('tRNS', Uint8Array.from(alphas))] : []),
    buildChunk('IDAT', data),
    buildChunk('IEND', new Uint8Array()),
  ])
  return new Uint8Array(png)
}

function count(pixels: Pixels): Counted | undefined {
  const { width, height, data } = pixels
  const colourAt = readers[pixels.channels]
  const numbers = new Uint8Array(width * height)
  const colours: number[] = []
  const numberOf = new Int16Array(places).fill(-1)
  let last = -1
  let number = 0
  for (let i = 0; i < numbers.length; i++) {
    const colour = colourAt(data, i)
    if (colour !== last) {
      let place = Math.imul(colour, 0x9e3779b1) >>> 22
      while (numberOf[place] !== -1 && colours[numberOf[place] ?? 0] !== colour) place = (place + 1) % places
      if (numberOf[place] === -1) {
        if (colours.length === mostColours) return undefined
        numberOf[place] = colours.push(colour) - 1
      }
      number = numberOf[place] ?? 0
      last = colour
    }
    numbers[i] = number
  }
  return { colours, numbers }
}

type Reader = (data: Uint8Array, pixel: number) => number

const readers: Readonly<Record<Pixels['channels'], Reader>> = {
  1: (data, i) => gray(data[i] ?? 0, 255),
  2: (data, i) => gray(data[i * 2] ?? 0, data[i * 2 + 1] ?? 0),
  3: (data, i) => colour(data, i * 3, 255),
  4: (data, i) => colour(data, i * 4, data[i * 4 + 3] ?? 0),
}

const gray = (value: number, alpha: number): number =>
  ((value << 24) | (value << 16) | (value << 8) | alpha) >>> 0

const colour = (data: Uint8Array, at: number, alpha: number): number =>
  (((data[at] ?? 0) << 24) | ((data[at + 1] ?? 0) << 16) | ((data[at + 2] ?? 0) << 8) | alpha) >>> 0

/** tRNS holds the first entries' alphas only as far as one is not opaque (PNG 11.3.1.1). */
function transparentFirst(colours: readonly number[]): { colours: number[]; order: number[] } {
  const sorted = colours
    .map((colour, number) => ({ colour, number }))
    .sort((a, b) => (a.colour & 255) - (b.colour & 255))
  const order: number[] = []
  sorted.forEach(({ number }, place) => {
    order[number] = place
  })
  return { colours: sorted.map(({ colour }) => colour), order }
}

const depthFor = (colours: number): 1 | 2 | 4 | 8 =>
  colours <= 2 ? 1 : colours <= 4 ? 2 : colours <= 16 ? 4 : 8

interface Grid {
  readonly width: number
  readonly height: number
  readonly depth: 1 | 2 | 4 | 8
}

/** Rows of numbers, the leftmost in the high bits, each row behind its filter's number, which is 0: none (PNG 7.2). */
function packed({ numbers }: Counted, { width, height, depth }: Grid): Uint8Array {
  const perByte = 8 / depth
  const rowBytes = 1 + Math.ceil(width / perByte)
  const rows = new Uint8Array(rowBytes * height)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = y * rowBytes + 1 + Math.floor(x / perByte)
      rows[at] = (rows[at] ?? 0) | ((numbers[y * width + x] ?? 0) << (8 - depth - (x % perByte) * depth))
    }
  return rows
}
