// A JPEG whose end marker alone is missing, as cameras and interrupted copies leave it: every decoder shows it whole.
import type { Facts } from '../../facts.ts'
import { u16be } from '../../identify/bytes.ts'
import { decodesStrictly } from '../same.ts'
import { scanEnd } from './bare.ts'
import { endOfImage, startOfScan } from './segments.ts'

/** With its end put back; the same bytes where nothing or more than that is amiss. */
export async function ended(source: Uint8Array, { format }: Pick<Facts, 'format'>): Promise<Uint8Array> {
  if (format !== 'jpeg' || !isUnended(source)) return source
  const whole = Buffer.concat([source, Uint8Array.of(0xff, endOfImage)])
  return (await decodesStrictly(whole)) ? whole : source
}

/**
 * Whether the file ends in its scans, and those say everything (T.81 G.1.1): behind a scan that is missing altogether
 * a decoder misses nothing, and shows what it has.
 */
export function isUnended(bytes: Uint8Array): boolean {
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
