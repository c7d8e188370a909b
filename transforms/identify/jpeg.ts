// JPEG (ITU-T T.81 annex B): size, coding and colour from the frame header, orientation and profile from APPn.
import type { Facts } from '../facts.ts'
import { broken, has, text, u8, u16be } from './bytes.ts'
import { orientationOf } from './exif.ts'

const startOfScan = 0xda
const endOfImage = 0xd9
/** SOF0 to SOF15 without DHT, JPG and DAC, which share the range (T.81 table B.1). */
const isFrameHeader = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc
const isProgressive = (marker: number): boolean => (marker & 3) === 2
/** Markers without a length: TEM and RST0 to RST7. */
const standsAlone = (marker: number): boolean => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)

const spaces = { 1: 'gray', 3: 'rgb', 4: 'cmyk' } as const

export function identifyJpeg(bytes: Uint8Array): Facts {
  let orientation = 1
  let icc = false
  let gainMap = false
  let frame: { marker: number; at: number } | undefined
  for (const { marker, at } of segments(bytes)) {
    if (marker === 0xe1 && has(bytes, at + 2, 'Exif\0\0')) orientation = exifOrientation(bytes, at)
    if (marker === 0xe2 && has(bytes, at + 2, 'ICC_PROFILE\0')) icc = true
    if (marksGainMap(bytes, marker, at)) gainMap = true
    if (isFrameHeader(marker)) frame ??= { marker, at }
    if (marker === startOfScan && frame)
      return facts(bytes, frame, { orientation, icc, gainMap, firstScan: at })
  }
  if (!frame) throw broken('the JPEG has no frame header')
  return facts(bytes, frame, { orientation, icc, gainMap, firstScan: bytes.length })
}

/** The coding without loss that only cameras' own files have (T.81 annex H); no viewer reads it. */
export function isLosslessJpeg(bytes: Uint8Array): boolean {
  for (const { marker } of segments(bytes)) if (isFrameHeader(marker)) return (marker & 3) === 3
  return false
}

/** The index of pictures (CIPA DC-007), the version of ISO 21496-1, or Adobe's in XMP; a decoder finds out what follows. */
function marksGainMap(bytes: Uint8Array, marker: number, at: number): boolean {
  if (marker === 0xe2)
    return has(bytes, at + 2, 'MPF\0') || has(bytes, at + 2, 'urn:iso:std:iso:ts:21496:-1\0')
  return (
    marker === 0xe1 &&
    has(bytes, at + 2, 'http://ns.adobe.com/xap/1.0/\0') &&
    text(bytes, at + 2, u16be(bytes, at)).includes('hdrgm:Version')
  )
}

function exifOrientation(bytes: Uint8Array, at: number): number {
  return orientationOf(bytes.subarray(at + 8, at + u16be(bytes, at)))
}

/** Segments up to and with the first scan; `at` is where the segment's length stands. */
function* segments(bytes: Uint8Array): Generator<{ marker: number; at: number }> {
  let at = 2
  while (at < bytes.length) {
    // Decoders skip junk in front of a marker, and 0xFF may repeat as filling (T.81 B.1.1.2).
    at = bytes.indexOf(0xff, at)
    if (at < 0) return
    while (bytes[at] === 0xff) at++
    const marker = bytes[at++]
    if (marker === undefined || marker === endOfImage) return
    if (marker === 0 || standsAlone(marker)) continue
    yield { marker, at }
    if (marker === startOfScan || at + 1 >= bytes.length) return
    at += Math.max(2, u16be(bytes, at))
  }
}

interface Found {
  readonly orientation: number
  readonly icc: boolean
  readonly gainMap: boolean
  readonly firstScan: number
}

function facts(bytes: Uint8Array, frame: { marker: number; at: number }, found: Found): Facts {
  const { marker, at } = frame
  const channels = u8(bytes, at + 7)
  return {
    format: 'jpeg',
    width: u16be(bytes, at + 5),
    height: u16be(bytes, at + 3),
    orientation: found.orientation,
    pages: 1,
    animated: false,
    alpha: false,
    progressive: isProgressive(marker),
    icc: found.icc,
    ...(found.gainMap && { gainMap: true }),
    space: spaces[channels as 1 | 3 | 4] ?? 'rgb',
    depth: u8(bytes, at + 2),
    scans: isProgressive(marker) ? countScans(bytes, found.firstScan) : 1,
    bytes: bytes.length,
  }
}

const scanMark = Buffer.from([0xff, startOfScan])
const mostScans = 10_000

/**
 * Coded data never holds 0xFF 0xDA by chance (0xFF is followed by a stuffed 0, T.81 B.1.1.5), so a plain search counts
 * them. It does not stop at an end mark: one hidden in a comment would hide the scans behind it. A second picture in
 * the file (gain map) is counted too, which is a few too many and harmless.
 */
function countScans(bytes: Uint8Array, firstScan: number): number {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let scans = 1
  let at = file.indexOf(scanMark, firstScan)
  while (at >= 0 && scans < mostScans) {
    scans++
    at = file.indexOf(scanMark, at + 2)
  }
  return scans
}
