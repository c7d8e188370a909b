// The chunks of a WebP file (RFC 9649): reads, selects and writes them.
import type { Facts } from '../../facts.ts'
import { text, u8, u32le } from '../../identify/bytes.ts'
import { withoutMark } from '../../identify/exif.ts'
import { identify } from '../../identify.ts'
import { buildExif } from '../exif.ts'
import type { Keep } from '../request.ts'

export interface WebpChunk {
  readonly type: string
  readonly content: Uint8Array
}

/** The chunks of the picture (RFC 9649 section 2.7); all others are metadata or unknown. */
const pictureChunks = ['VP8X', 'ICCP', 'ANIM', 'ANMF', 'ALPH', 'VP8 ', 'VP8L']
const profileFlag = 0x20
const exifFlag = 0x08
const xmpFlag = 0x04

export function readChunks(bytes: Uint8Array, start = 12): WebpChunk[] {
  const found: WebpChunk[] = []
  let at = start
  while (at + 8 <= bytes.length) {
    const length = u32le(bytes, at + 4)
    found.push({ type: text(bytes, at, 4), content: bytes.subarray(at + 8, at + 8 + length) })
    at += 8 + length + (length & 1)
  }
  return found
}

/** The content of the EXIF chunk. */
export const readExif = (webp: Uint8Array): Uint8Array | undefined => findExif(readChunks(webp))

/** Adds a TIFF block as EXIF. A simple file becomes an extended one for it. */
export function addExif(webp: Uint8Array, exif: Uint8Array): Uint8Array {
  const chunks = readChunks(webp).filter(({ type }) => type !== 'EXIF')
  const header = chunks.find(({ type }) => type === 'VP8X')
  const flags = (header ? u8(header.content, 0) : 0) | exifFlag
  const rest = chunks.filter(({ type }) => type !== 'VP8X')
  return writeWebp([
    { type: 'VP8X', content: writeExtendedHeader(identify(webp), flags) },
    ...rest,
    { type: 'EXIF', content: exif },
  ])
}

/** Adds an ICC profile in front of the picture (RFC 9649 section 2.7.1.4). */
export function addProfile(webp: Uint8Array, profile: Uint8Array): Uint8Array {
  const chunks = readChunks(webp)
  const header = chunks.find(({ type }) => type === 'VP8X')
  const flags = (header ? u8(header.content, 0) : 0) | profileFlag
  return writeWebp([
    { type: 'VP8X', content: writeExtendedHeader(identify(webp), flags) },
    { type: 'ICCP', content: profile },
    ...chunks.filter(({ type }) => type !== 'VP8X'),
  ])
}

export const findExif = (chunks: readonly WebpChunk[]): Uint8Array | undefined =>
  chunks.find(({ type }) => type === 'EXIF')?.content

interface StripOptions {
  readonly facts: Facts
  readonly keep: readonly Keep[]
  /** The EXIF of the source, where `chunks` are those of a new file. */
  readonly exif?: Uint8Array | undefined
}

export function stripWebp(
  chunks: readonly WebpChunk[],
  { facts, keep, exif = findExif(chunks) }: StripOptions,
): Uint8Array {
  const kept = buildExif(exif && withoutMark(exif), { keep, orientation: facts.orientation })
  const header = chunks.find(({ type }) => type === 'VP8X')
  const picture = chunks.filter(({ type }) => pictureChunks.includes(type))
  if (!header && !kept) return writeWebp(picture)
  const flags = (header ? u8(header.content, 0) & ~(exifFlag | xmpFlag) : 0) | (kept ? exifFlag : 0)
  const rest = picture.filter(({ type }) => type !== 'VP8X')
  // Without any feature the extended header only takes bytes (VP8L says in its own header that it has alpha).
  if (flags === 0 || (flags === 0x10 && rest.every(({ type }) => type === 'VP8L'))) return writeWebp(rest)
  const all = [{ type: 'VP8X', content: writeExtendedHeader(facts, flags) }, ...rest]
  return writeWebp(kept ? [...all, { type: 'EXIF', content: kept }] : all)
}

/** Flags, three reserved bytes, canvas width and height less one in 24 bits each. */
function writeExtendedHeader({ width, height, alpha }: Facts, flags: number): Uint8Array {
  const content = Buffer.alloc(10)
  content[0] = flags | (alpha ? 0x10 : 0)
  content.writeUIntLE(width - 1, 4, 3)
  content.writeUIntLE(height - 1, 7, 3)
  return content
}

function writeWebp(chunks: readonly WebpChunk[]): Uint8Array {
  const body = Buffer.concat(
    chunks.flatMap(({ type, content }) => {
      const head = Buffer.alloc(8)
      head.write(type, 'latin1')
      head.writeUInt32LE(content.length, 4)
      return [head, content, Buffer.alloc(content.length & 1)]
    }),
  )
  const riff = Buffer.from('RIFF\0\0\0\0WEBP', 'latin1')
  riff.writeUInt32LE(body.length + 4, 4)
  return Buffer.concat([riff, body])
}
