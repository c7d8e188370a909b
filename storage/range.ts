// What a range means for a file of so many bytes (RFC 9110 14.1.2).
import { Failure } from '../errors.ts'
import type { FileRange } from './bucket.ts'

/** First and last byte; of an empty file the last lies before the first. */
export function resolveRange(range: FileRange | undefined, bytes: number): { from: number; to: number } {
  if (!range) return { from: 0, to: bytes - 1 }
  const { from, to = bytes - 1 } = range
  if (Number.isSafeInteger(from) && from >= 0 && from < bytes && to >= from)
    return { from, to: Math.min(to, bytes - 1) }
  throw outOfRange()
}

export const outOfRange = () => new Failure('bad-option', 'The range lies outside the file.')

/** As HTTP says it. */
export const rangeHeader = ({ from, to }: FileRange): string => `bytes=${from}-${to ?? ''}`
