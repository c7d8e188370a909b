// A PNG's own pixels, frames and palette, and what says which colours they mean.
import { crc32 } from 'node:zlib'
import { u32be } from '../identify/bytes.ts'
import { colourTypes, type PngChunk, pixelTypes, readChunks, writePng } from '../optimise/png/chunks.ts'

/** A real profile of three colours packs to a few kilobytes; one of 100 MB packs to 100. */
const mostProfileBytes = 65_536

/** Browsers refuse a chunk whose checksum is wrong, where our decoder reads on (PNG 13.2). */
const isSound = ({ bytes }: PngChunk): boolean =>
  crc32(bytes.subarray(4, -4)) === u32be(bytes, bytes.length - 4)

export function barePng(source: Uint8Array): Uint8Array | undefined {
  const chunks = readChunks(source)
  const kept = chunks.filter(({ type }) => pixelTypes.includes(type) || colourTypes.includes(type))
  if (kept.at(-1)?.type !== 'IEND' || !kept.every(isSound)) return undefined
  if (kept.some(({ type, bytes }) => type === 'iCCP' && bytes.length > mostProfileBytes)) return undefined
  return writePng(kept)
}
