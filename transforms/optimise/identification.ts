// The identification report of a picture: what its bytes say, read without a decoder.
import type { Facts, SourceFormat } from '../facts.ts'
import { has, text, u32be, u32le } from '../identify/bytes.ts'
import { identifyPicture } from '../identify.ts'
import { classifyIcc, type IccClass, inflateIcc, readIccName } from './icc.ts'
import { estimateQuality, type JpegQuality } from './jpeg/quality.ts'
import {
  findExif,
  findExtras,
  type JpegExtras,
  readIcc,
  readSegments,
  type Segment,
} from './jpeg/segments.ts'
import { readChunks } from './png/chunks.ts'

export interface Identification {
  readonly format: SourceFormat
  readonly width: number
  readonly height: number
  readonly progressive: boolean
  readonly animated: boolean
  readonly alpha: boolean
  readonly depth: number
  readonly space: Facts['space']
  readonly orientation: number
  readonly icc: { readonly name: string | null; readonly class: IccClass } | null
  readonly exif: boolean
  /** Chroma subsampling of a JPEG as it is usually written, '4:2:0'. Null for a grey JPEG and for other formats. */
  readonly sampling: string | null
  /** JPEG only. */
  readonly sourceQuality: JpegQuality | null
  readonly extras: JpegExtras | null
}

/**
 * The first 64 KB are enough, except for what comes after the pixels; see `identify`. `read` says whether documents and
 * films count, of which a picture can be made.
 */
export function identifyInDetail(
  bytes: Uint8Array,
  read: (bytes: Uint8Array) => Facts = identifyPicture,
): Identification {
  const facts = read(bytes)
  const { format, width, height, progressive, animated, alpha, depth, space, orientation } = facts
  const segments = format === 'jpeg' ? readSegments(bytes) : []
  const profile = readProfile(bytes, facts)
  return {
    format,
    width,
    height,
    progressive,
    animated,
    alpha,
    depth,
    space,
    orientation,
    icc: facts.icc
      ? { name: profile ? readIccName(profile) : null, class: profile ? classifyIcc(profile) : 'other' }
      : null,
    exif: hasExif(bytes, facts),
    sampling: readSampling(segments),
    sourceQuality: format === 'jpeg' ? estimateQuality(segments) : null,
    extras: format === 'jpeg' ? findExtras(bytes, segments) : null,
  }
}

/** Start of frame (ITU-T T.81 B.2.2): DHT, JPG and DAC share its row of markers. */
const isFrame = ({ marker }: Segment): boolean =>
  marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)

/** The usual names, by how many samples across and down share one chroma sample (T.81 A.1.1). */
const samplings: Readonly<Record<string, string>> = {
  ...{ '1x1': '4:4:4', '2x1': '4:2:2', '2x2': '4:2:0', '1x2': '4:4:0', '4x1': '4:1:1', '4x2': '4:1:0' },
}

export function readSampling(segments: readonly Segment[]): string | null {
  const frame = segments.find(isFrame)?.content
  // The frame's header: precision, height, width, number of components, and then three bytes for each component.
  if (frame?.[5] !== 3) return null
  const [luma = 0x11, chroma = 0x11] = [frame[7], frame[10]]
  return samplings[`${(luma >> 4) / (chroma >> 4)}x${(luma & 15) / (chroma & 15)}`] ?? null
}

function readProfile(bytes: Uint8Array, { format, icc }: Facts): Uint8Array | undefined {
  if (!icc) return undefined
  if (format === 'jpeg') return readIcc(readSegments(bytes))
  if (format === 'png') {
    const chunk = readChunks(bytes).find(({ type }) => type === 'iCCP')
    return chunk && inflateIcc(chunk.content)
  }
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  // In an AVIF, the size of a `colr` box of kind `prof` is four bytes before its name. In a WebP, ICCP is the first chunk.
  const box = file.indexOf('colrprof', 0, 'latin1')
  if (format === 'avif' && box >= 4) return bytes.subarray(box + 8, box - 4 + u32be(bytes, box - 4))
  if (format === 'webp' && has(bytes, 30, 'ICCP')) return bytes.subarray(38, 38 + u32le(bytes, 34))
  return undefined
}

function hasExif(bytes: Uint8Array, { format }: Facts): boolean {
  if (format === 'jpeg') return findExif(readSegments(bytes)) !== undefined
  if (format === 'png') return readChunks(bytes).some(({ type }) => type === 'eXIf')
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (format === 'webp') return text(bytes, 12, 4) === 'VP8X' && file.includes('EXIF', 30, 'latin1')
  return format === 'avif' && file.subarray(0, 4096).includes('Exif', 0, 'latin1')
}
