// Strips comments and application blocks from a GIF (GIF89a). Frames, delays and the number of loops stay.
import { text, u8 } from '../../identify/bytes.ts'

const extension = 0x21
const image = 0x2c
const trailer = 0x3b
const comment = 0xfe
const application = 0xff
/** The application blocks that say how often the animation is played. */
const loops = ['NETSCAPE2.0', 'ANIMEXTS1.0']

/** Undefined for a file that ends before its trailer: it is left as it is. */
export function stripGif(bytes: Uint8Array): Uint8Array | undefined {
  let at = 13 + tableBytes(u8(bytes, 10))
  const kept = [bytes.subarray(0, at)]
  while (at < bytes.length) {
    const block = bytes[at]
    if (block === trailer) return Buffer.concat([...kept, bytes.subarray(at, at + 1)])
    const end = findBlockEnd(bytes, at)
    if (end === undefined || end > bytes.length) return undefined
    if (!isDropped(bytes, at)) kept.push(bytes.subarray(at, end))
    at = end
  }
  return undefined
}

function isDropped(bytes: Uint8Array, at: number): boolean {
  if (bytes[at] !== extension) return false
  if (bytes[at + 1] === comment) return true
  return bytes[at + 1] === application && !loops.includes(text(bytes, at + 3, 11))
}

function findBlockEnd(bytes: Uint8Array, at: number): number | undefined {
  if (bytes[at] === extension) return skipSubBlocks(bytes, at + 2)
  if (bytes[at] !== image) return undefined
  return skipSubBlocks(bytes, at + 11 + tableBytes(bytes[at + 9] ?? 0))
}

/** A table of 2^(n+1) colours follows when the flag's top bit is set (GIF89a 18, 20). */
const tableBytes = (flags: number): number => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0)

function skipSubBlocks(bytes: Uint8Array, start: number): number | undefined {
  let at = start
  while (at < bytes.length) {
    const length = bytes[at] ?? 0
    at += 1 + length
    if (length === 0) return at
  }
  return undefined
}
