// The segments of a JPEG in front of its pixels (ITU-T T.81 annex B): reads them and inserts new ones.
import { has, text, u8, u16be } from '../../identify/bytes.ts'

export interface Segment {
  readonly marker: number
  /** The whole segment, from its 0xFF on. */
  readonly bytes: Uint8Array
  /** What follows marker and length. */
  readonly content: Uint8Array
}

export const app = (n: number): number => 0xe0 + n
export const defineQuantisation = 0xdb
export const startOfScan = 0xda
export const endOfImage = 0xd9
const standsAlone = (marker: number): boolean => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)

/** Segments up to the first scan, which is not among them. Ends quietly where the bytes end. */
export function readSegments(bytes: Uint8Array): Segment[] {
  const found: Segment[] = []
  let at = 2
  while (at < bytes.length) {
    at = bytes.indexOf(0xff, at)
    if (at < 0) break
    while (bytes[at + 1] === 0xff) at++
    const marker = bytes[at + 1]
    if (marker === undefined || marker === endOfImage || marker === startOfScan) break
    if (marker === 0 || standsAlone(marker)) {
      at += 2
      continue
    }
    if (at + 4 > bytes.length) break
    const end = at + 2 + Math.max(2, u16be(bytes, at + 2))
    found.push({ marker, bytes: bytes.subarray(at, end), content: bytes.subarray(at + 4, end) })
    at = end
  }
  return found
}

/** Builds a segment. Its length counts the two bytes of the length itself. */
export function buildSegment(marker: number, content: Uint8Array): Uint8Array {
  const length = content.length + 2
  return Buffer.concat([Uint8Array.of(0xff, marker, length >> 8, length & 255), content])
}

/** Inserts `segments` after the JFIF segment, which must be the first (JFIF 1.02), or after SOI where there is none. */
export function insertSegments(jpeg: Uint8Array, segments: readonly Uint8Array[]): Uint8Array {
  if (segments.length === 0) return jpeg
  const behind = u8(jpeg, 3) === app(0) ? 4 + u16be(jpeg, 4) : 2
  return Buffer.concat([jpeg.subarray(0, behind), ...segments, jpeg.subarray(behind)])
}

export const isExif = ({ marker, content }: Segment): boolean =>
  marker === app(1) && has(content, 0, 'Exif\0\0')
export const isIcc = ({ marker, content }: Segment): boolean =>
  marker === app(2) && has(content, 0, 'ICC_PROFILE\0')

/** The profile put together from its numbered parts (ICC.1 B.4); undefined when parts are missing. */
export function readIcc(segments: readonly Segment[]): Uint8Array | undefined {
  const parts = segments.filter(isIcc).sort((a, b) => (a.content[12] ?? 0) - (b.content[12] ?? 0))
  if (parts.length === 0 || parts.length !== parts[0]?.content[13]) return undefined
  return Buffer.concat(parts.map(({ content }) => content.subarray(14)))
}

/** The TIFF block of the first EXIF segment. */
export const findExif = (segments: readonly Segment[]): Uint8Array | undefined =>
  segments.find(isExif)?.content.subarray(6)

export interface JpegExtras {
  /** A brighter rendition for HDR screens: Ultra HDR (hdrgm in XMP), ISO 21496-1, Apple's. */
  readonly gainMap: boolean
  /** Further pictures behind the first (CIPA DC-007, APP2 "MPF"). */
  readonly morePictures: boolean
  /** Content credentials in APP11 JUMBF boxes (C2PA 2.1, appendix A.3.1): any change of a byte breaks their seal. */
  readonly c2pa: boolean
}

const gainMapMarks = ['hdrgm:', 'urn:iso:std:iso:ts:21496', 'hdrgainmap']

/**
 * What a JPEG carries beside its picture. A gain map's marks may be in the second picture, so the whole file is
 * searched.
 */
export function findExtras(bytes: Uint8Array, segments: readonly Segment[]): JpegExtras {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return {
    gainMap: gainMapMarks.some((mark) => file.includes(mark, 0, 'latin1')),
    morePictures: segments.some(({ marker, content }) => marker === app(2) && has(content, 0, 'MPF\0')),
    c2pa: segments.some(
      ({ marker, content }) => marker === app(11) && /jumb|c2pa/.test(text(content, 0, 200)),
    ),
  }
}
