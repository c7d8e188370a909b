// Which bytes of a body are stored, and which are not: arithmetic on ranges, for answers that are kept in parts. Pure.
import type { ByteRange } from '../../tier.ts'

/** A stored piece of a body. Pieces may overlap: they are of the same version, so the bytes are the same. */
export interface Part {
  readonly start: number
  readonly length: number
}

/** Bytes of a whole part: bodies are cut at multiples of it. */
export const partBytes = 2 * 1024 * 1024

/** Four times the pieces of a 2 GB film: beyond it the first are forgotten. */
const mostParts = 4096

/** The end of the part that begins at, or goes through, this byte: the first byte behind it. */
export const partEnd = (at: number): number => (Math.floor(at / partBytes) + 1) * partBytes

/** Of the stored pieces with this byte the one that goes furthest. */
export function partAt(parts: readonly Part[], at: number): Part | undefined {
  let best: Part | undefined
  for (const part of parts)
    if (part.start <= at && at < endOf(part) && (best === undefined || endOf(part) > endOf(best))) best = part
  return best
}

const endOf = ({ start, length }: Part): number => start + length

/** What of a range is not stored, from its first missing byte to its last; undefined where all of it is. */
export function holeIn(parts: readonly Part[], { start, end }: ByteRange): ByteRange | undefined {
  let first = start
  for (let part = partAt(parts, first); part && first <= end; part = partAt(parts, first)) first = endOf(part)
  if (first > end) return undefined
  let last = end
  for (let part = partBefore(parts, last); part && last >= first; part = partBefore(parts, last))
    last = part.start - 1
  return { start: first, end: last }
}

/** Of the stored pieces with this byte the one that begins first. */
function partBefore(parts: readonly Part[], at: number): Part | undefined {
  let best: Part | undefined
  for (const part of parts)
    if (part.start <= at && at < endOf(part) && (best === undefined || part.start < best.start)) best = part
  return best
}

/** The stored pieces with new ones: those that lie within a new one are no longer needed. */
export function joined(stored: readonly Part[], added: readonly Part[]): readonly Part[] {
  const isWithin = (one: Part, other: Part): boolean => other.start <= one.start && endOf(one) <= endOf(other)
  const kept = stored.filter((part) => !added.some((each) => isWithin(part, each)))
  return [...kept, ...added].slice(-mostParts).sort((one, other) => one.start - other.start)
}

/** Content-Range of one part (RFC 9110 14.4); undefined for anything else, and where the whole length is not known. */
export function contentRange(
  field: string | undefined,
): (ByteRange & { readonly total: number }) | undefined {
  const [, first, last, whole] = /^bytes[ \t]+(\d+)-(\d+)\/(\d+)$/i.exec(field?.trim() ?? '') ?? []
  const [start, end, total] = [Number(first), Number(last), Number(whole)]
  return start <= end && end < total && Number.isSafeInteger(total) ? { start, end, total } : undefined
}
