// A JPEG's own scans with what their look needs: JFIF, Adobe's transform, the profile, and how it is to be turned.
import { has } from '../identify/bytes.ts'
import { buildExif } from '../optimise/exif.ts'
import {
  app,
  buildSegment,
  insertSegments,
  isIcc,
  readSegments,
  type Segment,
} from '../optimise/jpeg/segments.ts'
import { stripJpeg as bareScans } from '../optimise/jpeg/strip.ts'

/** Huffman-coded baseline, extended and progressive (T.81 table B.1): browsers decode nothing else. */
const usualFrames = [0xc0, 0xc1, 0xc2]
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc
/** Far more than any profile of three colours has; those of printers are no use to a browser. */
const mostProfileBytes = 65_536

export function bareJpeg(source: Uint8Array, orientation: number): Uint8Array | undefined {
  const segments = readSegments(source)
  const frames = segments.filter(({ marker }) => isFrame(marker))
  const profile = segments.filter(isIcc).map(({ bytes }) => bytes)
  const isHeavy = profile.reduce((sum, { length }) => sum + length, 0) > mostProfileBytes
  if (isHeavy || !frames.every(({ marker }) => usualFrames.includes(marker))) return undefined
  const bare = bareScans(source, { skipsJunk: true })
  return bare && insertSegments(withoutThumbnail(bare, segments), [...turn(orientation), ...profile])
}

function turn(orientation: number): Uint8Array[] {
  const exif = buildExif(undefined, { keep: [], orientation })
  return exif ? [buildSegment(app(1), Buffer.concat([Buffer.from('Exif\0\0'), exif]))] : []
}

/** JFIF may carry a small picture, which may show what was cut away since (JFIF 1.02, "JFXX" and the header's own). */
function withoutThumbnail(bare: Uint8Array, segments: readonly Segment[]): Uint8Array {
  const pictures = segments.filter(
    ({ marker, content }) =>
      marker === app(0) && (has(content, 0, 'JFXX\0') || (has(content, 0, 'JFIF\0') && content.length > 14)),
  )
  return pictures.reduce((jpeg: Uint8Array, { bytes, content }) => {
    const at = Buffer.from(jpeg.buffer, jpeg.byteOffset, jpeg.byteLength).indexOf(bytes)
    if (at < 0) return jpeg
    const kept = has(content, 0, 'JFIF\0') ? [buildSegment(app(0), bareJfif(content))] : []
    return Buffer.concat([jpeg.subarray(0, at), ...kept, jpeg.subarray(at + bytes.length)])
  }, bare)
}

/** Its last two bytes are the small picture's sides. */
const bareJfif = (content: Uint8Array): Uint8Array =>
  Buffer.concat([content.subarray(0, 12), Uint8Array.of(0, 0)])
