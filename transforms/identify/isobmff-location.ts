// Where the data of an item lie in the file (ISO/IEC 14496-12 8.11.3, ItemLocationBox).
import { u8, u16be, u32be } from './bytes.ts'
import { type Box, mostBoxes } from './isobmff-boxes.ts'

interface Sizes {
  readonly offset: number
  readonly length: number
  readonly base: number
  readonly index: number
}

/** Of the first extent, counted from the file's beginning; undefined where the item is not, or lies elsewhere. */
export function locationOf(bytes: Uint8Array, iloc: Box, item: number): number | undefined {
  const version = u8(bytes, iloc.start)
  const wide = version >= 2
  const sizes = sizesOf(bytes, iloc.start + 4, version)
  const count = Math.min(wide ? u32be(bytes, iloc.start + 6) : u16be(bytes, iloc.start + 6), mostBoxes)
  let at = iloc.start + (wide ? 10 : 8)
  for (let i = 0; i < count && at < iloc.end; i++) {
    const id = wide ? u32be(bytes, at) : u16be(bytes, at)
    at += wide ? 4 : 2
    const method = version === 0 ? 0 : u16be(bytes, at) & 15
    at += (version === 0 ? 0 : 2) + 2 // and the reference to another file
    const base = numberAt(bytes, at, sizes.base)
    at += sizes.base
    const extents = u16be(bytes, at)
    at += 2
    if (id === item) return method === 0 ? base + numberAt(bytes, at + sizes.index, sizes.offset) : undefined
    at += extents * (sizes.index + sizes.offset + sizes.length)
  }
  return undefined
}

function sizesOf(bytes: Uint8Array, at: number, version: number): Sizes {
  const [first, second] = [u8(bytes, at), u8(bytes, at + 1)]
  return { offset: first >> 4, length: first & 15, base: second >> 4, index: version === 0 ? 0 : second & 15 }
}

/** Of 0, 4 or 8 bytes. */
function numberAt(bytes: Uint8Array, at: number, size: number): number {
  if (size === 0) return 0
  return size === 8 ? u32be(bytes, at) * 2 ** 32 + u32be(bytes, at + 4) : u32be(bytes, at)
}
