// Strips a JPEG down to its picture: tables, frame and scans are copied byte by byte; metadata and trailers are dropped.
import { u16be } from '../../identify/bytes.ts'
import { scanEnd } from '../../identify/jpeg-end.ts'
import { app, endOfImage, startOfScan } from './segments.ts'

const comment = 0xfe
/** APP0 (JFIF) and APP14 (Adobe's colour transform) stay: decoders need them to read the pixels right. */
const isDropped = (marker: number): boolean =>
  marker === comment || (marker > app(0) && marker <= app(15) && marker !== app(14))

/**
 * Undefined for a file that breaks T.81: it is left as it is. With `skipsJunk`, junk in front of a marker is dropped, as
 * decoders skip it with a warning.
 */
export function stripJpeg(bytes: Uint8Array, { skipsJunk = false } = {}): Uint8Array | undefined {
  const kept: Uint8Array[] = [bytes.subarray(0, 2)]
  let at = 2
  while (at + 1 < bytes.length) {
    const marker = bytes[at + 1] ?? 0
    const isJunk = bytes[at] !== 0xff || marker === 0
    if (isJunk && !skipsJunk) return undefined
    if (isJunk || marker === 0xff) {
      at++
      continue
    }
    if (marker === endOfImage) return Buffer.concat([...kept, bytes.subarray(at, at + 2)])
    if (at + 4 > bytes.length) return undefined
    const end = at + 2 + u16be(bytes, at + 2)
    const next = marker === startOfScan ? scanEnd(bytes, end) : end
    if (!isDropped(marker)) kept.push(bytes.subarray(at, next))
    at = next
  }
  return undefined
}
