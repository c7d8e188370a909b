// ICO: a list of pictures of one thing in several sizes. It counts as its largest, a PNG or a bitmap without its first part.
import type { Facts } from '../facts.ts'
import { headerOf } from './bmp.ts'
import { broken, has, u16le, u32le } from './bytes.ts'
import { identifyPng } from './png.ts'

export interface Icon {
  readonly isPng: boolean
  /** A whole PNG, or an ICO with this bitmap alone. */
  readonly file: Uint8Array
  readonly width: number
  readonly height: number
  readonly bits: number
}

/** More than any icon has. */
const mostEntries = 256
const entryBytes = 16

export function identifyIco(bytes: Uint8Array): Facts {
  const { isPng, file, width, height } = iconOf(bytes)
  const common = { format: 'ico', bytes: bytes.length } as const
  if (isPng) return { ...identifyPng(file), ...common }
  return {
    ...common,
    width,
    height,
    orientation: 1,
    pages: 1,
    animated: false,
    alpha: true, // every bitmap of an icon has a mask
    progressive: false,
    icc: false,
    space: 'rgb',
    depth: 8,
    scans: 1,
  }
}

/** The largest, and of two alike the one with more bits. Entries that lead nowhere are passed over, as browsers do. */
export function iconOf(bytes: Uint8Array): Icon {
  const count = Math.min(u16le(bytes, 4), mostEntries)
  let best: Icon | undefined
  for (let i = 0; i < count && 6 + (i + 1) * entryBytes <= bytes.length; i++) {
    const icon = entryOf(bytes, 6 + i * entryBytes)
    if (icon && (!best || rank(icon) > rank(best))) best = icon
  }
  if (!best) throw broken('the icon has no picture')
  return best
}

const rank = ({ width, height, bits }: Icon): number => width * height * 64 + bits

function entryOf(bytes: Uint8Array, at: number): Icon | undefined {
  const start = u32le(bytes, at + 12)
  const data = bytes.subarray(start, start + u32le(bytes, at + 8))
  if (data.length < 40) return undefined
  if (has(data, 0, '\x89PNG\r\n\x1a\n')) {
    const { width, height } = identifyPng(data)
    return { isPng: true, file: data, width, height, bits: 32 }
  }
  const header = headerOf(data, 0)
  // The mask below the picture counts as half of the height.
  const size = { width: header.width, height: Math.floor(header.height / 2) }
  return { isPng: false, file: alone(data, { ...size, bits: header.bits }), ...size, bits: header.bits }
}

/** An icon with one entry, which says of the bitmap what the bitmap says itself: decoders compare them. */
function alone(data: Uint8Array, { width, height, bits }: { width: number; height: number; bits: number }) {
  const head = Buffer.alloc(6 + entryBytes)
  head.set([0, 0, 1, 0, 1, 0, width & 255, height & 255, 0, 0, 1, 0, bits & 255])
  head.writeUInt32LE(data.length, 14)
  head.writeUInt32LE(head.length, 18)
  return Buffer.concat([head, data])
}
