// A WebP's own frames, profile and pace.
import { u32le } from '../identify/bytes.ts'
import { identify } from '../identify.ts'
import { readChunks, stripWebp } from '../optimise/webp/chunks.ts'

/** Undefined for a file that is shorter than it says (RFC 9649 section 2.4); what stands behind its end is dropped. */
export function bareWebp(source: Uint8Array, orientation: number): Uint8Array | undefined {
  const end = 8 + u32le(source, 4)
  if (end > source.length) return undefined
  const facts = { ...identify(source), orientation }
  return stripWebp(readChunks(source.subarray(0, end)), { facts, keep: [] })
}
