// Where a JPEG's scans end, and whether a file that ends in them lacks nothing but its end marker (ITU-T T.81 annex B).
import { u16be } from './bytes.ts'

const startOfScan = 0xda
const endOfImage = 0xd9

/**
 * Whether the file ends in its scans, and those say everything (T.81 G.1.1): behind a scan that is missing altogether
 * a decoder misses nothing, and shows what it has.
 */
export function isUnended(bytes: Uint8Array): boolean {
  // Nearly every file: its scans are megabytes, and looking through them takes longer than all else that is looked at.
  if (bytes.at(-2) === 0xff && bytes.at(-1) === endOfImage) return false
  const said = new Map<number, Set<number>>()
  let at = 2
  while (at + 1 < bytes.length) {
    if (bytes[at] !== 0xff) return false
    const marker = bytes[at + 1]
    if (marker === 0xff) {
      at++
      continue
    }
    if (marker === undefined || marker === endOfImage || at + 4 > bytes.length) return false
    const end = at + 2 + u16be(bytes, at + 2)
    if (end > bytes.length) return false
    if (isFrame(marker)) for (const id of idsOf(bytes, at + 9, 3)) said.set(id, new Set())
    if (marker === startOfScan) note(bytes, at + 4, said)
    at = marker === startOfScan ? scanEnd(bytes, end) : end
  }
  return said.size > 0 && [...said.values()].every((coefficients) => coefficients.size === 64)
}

/** Where the last segment ends that is there to its end; coded data count as far as they go. */
export function wholeUntil(bytes: Uint8Array): number {
  let at = 2
  while (at < bytes.length) {
    // Decoders skip junk in front of a marker, and filling (T.81 B.1.1.2).
    const mark = bytes.indexOf(0xff, at)
    const marker = bytes[mark + 1]
    if (mark < 0 || marker === undefined || marker === endOfImage) return mark < 0 ? at : mark
    at = mark
    if (marker === 0xff) at++
    else if (isCoded(marker) || marker === 0x01) at += 2
    else if (mark + 4 > bytes.length || mark + 2 + u16be(bytes, mark + 2) > bytes.length) return mark
    else at = behind(bytes, mark)
  }
  return bytes.length
}

function behind(bytes: Uint8Array, mark: number): number {
  const end = mark + 2 + Math.max(2, u16be(bytes, mark + 2))
  return bytes[mark + 1] === startOfScan ? scanEnd(bytes, end) : end
}

const isFrame = (marker: number): boolean => marker === 0xc0 || marker === 0xc1 || marker === 0xc2

/** A count, and as many entries that begin with a component's id (T.81 B.2.2 and B.2.3). */
const idsOf = (bytes: Uint8Array, at: number, length: number): number[] =>
  Array.from({ length: bytes[at] ?? 0 }, (_, i) => bytes[at + 1 + i * length] ?? 0)

/** Which coefficients are known to the last bit behind this scan. */
function note(bytes: Uint8Array, at: number, said: ReadonlyMap<number, Set<number>>): void {
  const ids = idsOf(bytes, at, 2)
  const [from = 0, to = 0, bits = 0] = bytes.subarray(at + 1 + ids.length * 2)
  if ((bits & 15) !== 0) return
  for (const id of ids) for (let k = from; k <= Math.min(to, 63); k++) said.get(id)?.add(k)
}

/** 0xFF00 is a stuffed byte and RST0 to RST7 belong to the scan (T.81 B.1.1.5). */
const isCoded = (marker: number): boolean => marker === 0 || (marker >= 0xd0 && marker <= 0xd7)

/** Behind the coded data that begin at `start`. */
export function scanEnd(bytes: Uint8Array, start: number): number {
  let at = bytes.indexOf(0xff, start)
  while (at >= 0 && isCoded(bytes[at + 1] ?? endOfImage)) at = bytes.indexOf(0xff, at + 2)
  return at < 0 ? bytes.length : at
}
