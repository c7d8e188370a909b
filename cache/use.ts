// May this entry be used now? The one answer, for the engine and for the hit path: pure, and a few comparisons.
import { neverPurged, type Purged } from '../purging/index.ts'
import type { Entry } from './entry.ts'

/** What may be done with what was found: a closed list. */
export type Decision = 'fresh' | 'stale-while-revalidate' | 'revalidate' | 'miss'

/** What is known besides the entry. */
export interface Moment {
  /** Milliseconds since the epoch. */
  readonly now: number
  /** Of what the entry is about. */
  readonly purged?: Purged
  /** How long the answer is to stay fresh (RFC 9111 5.2.1.3), in seconds; undefined where a stale one will do. */
  readonly minFresh?: number | undefined
}

/** A hard purge leaves nothing of what was made before it; a soft one ends its freshness. */
export function decide(entry: Entry | undefined, { now, purged = neverPurged, minFresh }: Moment): Decision {
  if (entry === undefined || entry.epoch < purged.hard) return 'miss'
  if (now < entry.freshUntil - (minFresh ?? 0) * 1000 && entry.epoch >= purged.soft) return 'fresh'
  const mayBeStale =
    minFresh === undefined && isWithin(entry, entry.staleWhileRevalidateUntil, { now, purged })
  return mayBeStale ? 'stale-while-revalidate' : 'revalidate'
}

/** Whether an entry that is not gone is still good for something while upstream fails (RFC 5861 section 4). */
export const mayServeStale = (entry: Entry, moment: Moment): boolean =>
  isWithin(entry, entry.staleWhileRevalidateUntil, moment) || isWithin(entry, entry.staleIfErrorUntil, moment)

/** An entry without a window may not be used stale, also where a purge ended its freshness early. */
function isWithin(
  { freshUntil, epoch }: Entry,
  windowUntil: number,
  { now, purged = neverPurged }: Moment,
): boolean {
  return now < windowUntil && (windowUntil > freshUntil || epoch >= purged.soft)
}

/** Whole seconds of freshness left. A stale entry never says 0, so that the sign alone tells. */
export function ttlSeconds(entry: Entry, { now, purged = neverPurged }: Moment): number {
  const seconds = Math.floor((entry.freshUntil - now) / 1000)
  return now < entry.freshUntil && entry.epoch >= purged.soft ? seconds : Math.min(-1, seconds)
}

/**
 * The Age header's value (RFC 9111 4.2.3). An entry whose freshness was ended by a purge is as old as at its natural end:
 * the caches behind us know purges by that alone.
 */
export function ageSeconds(entry: Entry, { now, purged = neverPurged }: Moment): number {
  const { ageOnArrival, storedAt, freshUntil, epoch } = entry
  const age = ageOnArrival + Math.floor((now - storedAt) / 1000)
  const whole = epoch < purged.soft ? ageOnArrival + Math.ceil((freshUntil - storedAt) / 1000) : 0
  return Math.max(0, age, whole)
}
