// The chunks of a PNG file (W3C PNG, third edition): reads, builds and writes them.
import { crc32 } from 'node:zlib'
import { text, u32be } from '../../identify/bytes.ts'

export interface PngChunk {
  readonly type: string
  /** The whole chunk, with length and checksum. */
  readonly bytes: Uint8Array
  readonly content: Uint8Array
}

export const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)
const mostChunks = 50_000

/** The chunks that decoding the pixels needs, APNG's frames included. */
export const pixelTypes = ['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND', 'acTL', 'fcTL', 'fdAT']
/** The chunks that define the colours of the samples (PNG 4.3). */
export const colourTypes = ['cICP', 'iCCP', 'sRGB', 'gAMA', 'cHRM', 'mDCV', 'cLLI']

/** The chunks up to and including IEND. What follows IEND is no part of the picture. */
export function readChunks(bytes: Uint8Array): PngChunk[] {
  const found: PngChunk[] = []
  let at = signature.length
  while (at + 12 <= bytes.length && found.length < mostChunks) {
    const length = u32be(bytes, at)
    const end = at + 12 + length
    if (end > bytes.length) break
    const type = text(bytes, at + 4, 4)
    found.push({ type, bytes: bytes.subarray(at, end), content: bytes.subarray(at + 8, end - 4) })
    at = end
    if (type === 'IEND') break
  }
  return found
}

export const writePng = (chunks: readonly Pick<PngChunk, 'bytes'>[]): Uint8Array =>
  Buffer.concat([signature, ...chunks.map(({ bytes }) => bytes)])

export function buildChunk(type: string, content: Uint8Array): PngChunk {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), content])
  const bytes = Buffer.alloc(named.length + 8)
  bytes.writeUInt32BE(content.length)
  bytes.set(named, 4)
  bytes.writeUInt32BE(crc32(named), named.length + 4)
  return { type, bytes, content }
}

/** Inserts chunks after the header, as ancillary chunks must come before the palette and the pixels (PNG 5.6). */
export function insertChunks(png: Uint8Array, extra: readonly PngChunk[]): Uint8Array {
  const [header, ...rest] = readChunks(png)
  return header ? writePng([header, ...extra, ...rest]) : png
}
