// Says in an AVIF that our encoder wrote which colours its samples mean: a `colr` box of its primary item.
import { u8, u16be, u32be } from '../identify/bytes.ts'
import { type Box, boxesOf, child } from '../identify/isobmff-boxes.ts'

/** `content` is that of the box (ISO/IEC 14496-12 12.1.5). Fails with a RangeError for a file that is built otherwise. */
export function withColr(avif: Uint8Array, content: Uint8Array): Uint8Array<ArrayBuffer> {
  const file = Buffer.from(avif)
  const meta = inside(file, { type: 'file', start: 0, end: file.length }, 'meta')
  const described = { ...meta, start: meta.start + 4 }
  const iprp = inside(file, described, 'iprp')
  const ipco = inside(file, iprp, 'ipco')
  const ipma = inside(file, iprp, 'ipma')
  const iloc = inside(file, described, 'iloc')
  const box = boxOf('colr', content)
  const number = boxesOf(file, ipco).length + 1
  const association = associationOf(file, ipma, { item: primaryOf(file, described), number })
  const grown = box.length + association.bytes.length
  movePlaces(file, iloc, grown)
  lengthen(file, ipco, box.length)
  lengthen(file, ipma, association.bytes.length)
  for (const parent of [iprp, meta]) lengthen(file, parent, grown)
  const inserted = [
    { at: ipco.end, bytes: box },
    { at: association.at, bytes: association.bytes },
  ].toSorted((a, b) => a.at - b.at)
  const parts: Uint8Array[] = []
  let from = 0
  for (const { at, bytes } of inserted) {
    parts.push(file.subarray(from, at), bytes)
    from = at
  }
  return new Uint8Array(Buffer.concat([...parts, file.subarray(from)]))
}

/** An ICC profile. */
export const profileContent = (profile: Uint8Array): Uint8Array =>
  Buffer.concat([Buffer.from('prof', 'latin1'), profile])

interface CodePoints {
  readonly primaries: number
  readonly transfer: number
}

/** Of our encoder: the matrix of BT.601, and the full range. */
const [matrix, fullRange] = [6, 0x80]

export const nclxContent = ({ primaries, transfer }: CodePoints): Uint8Array =>
  Buffer.from([...Buffer.from('nclx'), 0, primaries, 0, transfer, 0, matrix, fullRange])

/** Code points of sRGB, as our encoder writes them into the picture's own header (AV1 5.5.2). */
const written = 0x01_0d_06
const headerBytes = 32

/** The same numbers in the picture's header as in its box, in place: they are eight bits each, at no byte's beginning. */
export function withHeader(avif: Uint8Array, { primaries, transfer }: CodePoints): Uint8Array<ArrayBuffer> {
  const file = Buffer.from(avif)
  const mdat = inside(file, { type: 'file', start: 0, end: file.length }, 'mdat')
  const bitAt = (at: number) => (u8(file, mdat.start + (at >> 3)) >> (7 - (at & 7))) & 1
  const read = (at: number) =>
    Array.from({ length: 24 }, (_, i) => bitAt(at + i)).reduce((n, bit) => n * 2 + bit, 0)
  const last = Math.min(headerBytes, mdat.end - mdat.start - 4) * 8
  for (let at = 0; at < last; at++) {
    if (read(at) !== written) continue
    const bits = (primaries << 8) | transfer
    for (let i = 0; i < 16; i++) {
      const [byte, mask] = [mdat.start + ((at + i) >> 3), 0x80 >> ((at + i) & 7)]
      const value = u8(file, byte)
      file[byte] = (bits >> (15 - i)) & 1 ? value | mask : value & ~mask
    }
    return new Uint8Array(file)
  }
  throw new RangeError('an AVIF of ours whose header says other colours')
}

function boxOf(type: string, content: Uint8Array): Uint8Array {
  const head = Buffer.alloc(8)
  head.writeUInt32BE(content.length + 8)
  head.write(type, 4, 'latin1')
  return Buffer.concat([head, content])
}

function inside(file: Uint8Array, parent: Box, type: string): Box {
  const box = child(file, parent, type)
  if (!box) throw new RangeError(`an AVIF of ours without ${type}`)
  return box
}

/** Its size stands in front of its name. */
function lengthen(file: Buffer, { start }: Box, by: number): void {
  file.writeUInt32BE(u32be(file, start - 8) + by, start - 8)
}

const primaryOf = (file: Uint8Array, meta: Box): number => u16be(file, inside(file, meta, 'pitm').start + 4)

/** One more property in the item's list (ISO/IEC 23008-12 9.3.1), whose count is raised in place. */
function associationOf(file: Buffer, ipma: Box, { item, number }: { item: number; number: number }) {
  if (u32be(file, ipma.start) !== 0 || number > 127) throw new RangeError('an AVIF of ours with a wide ipma')
  const items = u32be(file, ipma.start + 4)
  let at = ipma.start + 8
  for (let i = 0; i < items; i++) {
    const count = u8(file, at + 2)
    const end = at + 3 + count
    if (u16be(file, at) === item) {
      file[at + 2] = count + 1
      return { at: end, bytes: Uint8Array.of(number) }
    }
    at = end
  }
  throw new RangeError('an AVIF of ours that says nothing of its picture')
}

/** All data lie behind what grows (8.11.3): offsets and lengths of 32 bits, base offsets of 0 or 32. */
function movePlaces(file: Buffer, iloc: Box, by: number): void {
  const [version, widths, base] = [
    u8(file, iloc.start),
    u8(file, iloc.start + 4),
    u8(file, iloc.start + 5) >> 4,
  ]
  if (version > 0 || widths !== 0x44 || (base !== 0 && base !== 4))
    throw new RangeError('an AVIF of ours with another iloc')
  const items = u16be(file, iloc.start + 6)
  let at = iloc.start + 8
  for (let i = 0; i < items; i++) {
    const extents = u16be(file, at + 4 + base)
    at += 6 + base
    for (let n = 0; n < extents; n++, at += 8) file.writeUInt32BE(u32be(file, at) + by, at)
  }
}
