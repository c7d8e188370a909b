// One stored answer and the four moments of its life, fixed when it is stored (RFC 9111 4.2, RFC 5861).
import type { HeldAnswer } from '../tier.ts'

/** All times are milliseconds since the epoch. storedAt <= freshUntil <= the two stale limits. */
export interface Entry extends HeldAnswer {
  readonly key: string
  /** The log's position when its making began: a purge about it with a greater one is newer than it. */
  readonly epoch: number
  /** When the answer was received or last validated. */
  readonly storedAt: number
  /** Its age in seconds when it arrived (the Age header, RFC 9111 4.2.3). */
  readonly ageOnArrival: number
  /** Fresh before this moment. */
  readonly freshUntil: number
  /** May be served stale, while one request revalidates, before this moment (RFC 5861 section 3). */
  readonly staleWhileRevalidateUntil: number
  /** May be served stale, when upstream fails, before this moment (RFC 5861 section 4). */
  readonly staleIfErrorUntil: number
}

/** What an entry weighs in a store that is bounded in bytes: body, headers, key, and the objects around them. */
export function weigh(entry: Entry): number {
  let bytes = entry.body.length + entry.key.length * 2 + 400
  for (const name in entry.headers) bytes += (name.length + (entry.headers[name]?.length ?? 0)) * 2
  return bytes
}

/** One picture may take an eighth of a store, so that a single huge one never empties it. */
export const largestShare = 1 / 8
