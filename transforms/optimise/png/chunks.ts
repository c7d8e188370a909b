// A PNG as its chunks (W3C PNG, third edition): read, chosen among, written again.
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

/** Chunks the pixels cannot be read without; APNG's frames among them. */
export const pixelTypes = ['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND', 'acTL', 'fcTL', 'fdAT']
/** Chunks that say which colours the numbers mean (PNG 4.3). */
export const colourTypes = ['cICP', 'iCCP', 'sRGB', 'gAMA', 'cHRM', 'mDCV', 'cLLI']

/** Chunks up to and with IEND; what stands behind it is no part of the picture. */
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

/** Behind the header: what stands beside the picture must come before the palette and the pixels (PNG 5.6). */
export function insertChunks(png: Uint8Array, extra: readonly PngChunk[]): Uint8Array {
  const [header, ...rest] = readChunks(png)
  return header ? writePng([header, ...extra, ...rest]) : png
}
