// ICO: a list of pictures of one thing in several sizes. It counts as its largest, a PNG or a bitmap without its first part.
import { type Facts, plainFacts } from '../facts.ts'
import { headerOf } from './bmp.ts'
import { broken, has, u16le, u32be, u32le } from './bytes.ts'
import { identifyPng } from './png.ts'

export interface Entry {
  readonly isPng: boolean
  /** The PNG, or the bitmap from its header on. */
  readonly data: Uint8Array
  readonly width: number
  readonly height: number
  readonly bits: number
}

/** More than any icon has. */
const mostEntries = 256
const entryBytes = 16

export function identifyIco(bytes: Uint8Array): Facts {
  const { isPng, data, width, height } = largestOf(bytes)
  const common = { format: 'ico', bytes: bytes.length } as const
  if (isPng) return { ...identifyPng(data), pages: 1, animated: false, ...common }
  return {
    ...plainFacts,
    ...common,
    width,
    height,
    alpha: true, // every bitmap of an icon has a mask
  }
}

/** The largest, and of two alike the one with more bits. Entries that lead nowhere are passed over, as browsers do. */
export function largestOf(bytes: Uint8Array): Entry {
  const count = Math.min(u16le(bytes, 4), mostEntries)
  let best: Entry | undefined
  for (let i = 0; i < count && 6 + (i + 1) * entryBytes <= bytes.length; i++) {
    const entry = entryOf(bytes, 6 + i * entryBytes)
    if (entry && (!best || rank(entry) > rank(best))) best = entry
  }
  if (!best) throw broken('the icon has no picture')
  return best
}

const rank = ({ width, height, bits }: Entry): number => width * height * 64 + bits

function entryOf(bytes: Uint8Array, at: number): Entry | undefined {
  const start = u32le(bytes, at + 12)
  const data = bytes.subarray(start, start + u32le(bytes, at + 8))
  if (data.length < 40) return undefined
  if (has(data, 0, '\x89PNG\r\n\x1a\n'))
    return { isPng: true, data, width: u32be(data, 16), height: u32be(data, 20), bits: 32 }
  const { width, height, bits } = headerOf(data, 0)
  // The mask below the picture counts as half of the height.
  return { isPng: false, data, width, height: Math.floor(height / 2), bits }
}

/** An icon with this bitmap alone; its list says of the bitmap what that says itself, for decoders compare them. */
export function iconWith({ data, width, height, bits }: Entry): Uint8Array {
  const head = Buffer.alloc(6 + entryBytes)
  head.set([0, 0, 1, 0, 1, 0, width & 255, height & 255, 0, 0, 1, 0, bits & 255])
  head.writeUInt32LE(data.length, 14)
  head.writeUInt32LE(head.length, 18)
  return Buffer.concat([head, bits === 32 ? opaqueIfEmpty(data, width * height) : data])
}

/** Alpha that is 0 everywhere was written by programs that knew none: the mask alone counts then, as in Windows. */
function opaqueIfEmpty(data: Uint8Array, pixels: number): Uint8Array {
  const start = u32le(data, 0)
  const end = Math.min(start + pixels * 4, data.length)
  for (let at = start + 3; at < end; at += 4) if (data[at] !== 0) return data
  const opaque = Buffer.from(data)
  for (let at = start + 3; at < end; at += 4) opaque[at] = 255
  return opaque
}
