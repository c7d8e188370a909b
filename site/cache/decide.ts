// May this stored answer be used now, for this request? Pure.
import { ageSeconds, ttlSeconds } from '../../cache/use.ts'
import { accepts, type RequestDirectives } from '../../http/request-directives.ts'
import type { Purged } from '../../purging/index.ts'
import type { SiteEntry } from './entry.ts'

/** A closed list. */
export type Decision =
  /** As it is: fresh, or as stale as the asker takes it (max-stale). */
  | 'use'
  /** Now, while one request in the background asks whether it is still right (RFC 5861 3). */
  | 'use-and-revalidate'
  /** Not before the origin has confirmed it. */
  | 'revalidate'
  /** Purged: as if it were not there. */
  | 'miss'

export interface Moment {
  readonly now: number
  readonly purged: Purged
}

export function decide(entry: SiteEntry, said: RequestDirectives, moment: Moment): Decision {
  if (entry.epoch < moment.purged.hard) return 'miss'
  const stored = {
    ageSeconds: ageSeconds(entry, moment),
    ttlSeconds: ttlSeconds(entry, moment),
    mustRevalidate: entry.mustRevalidate,
  }
  if (accepts(said, stored)) return 'use'
  const hasWish = said.noCache || said.maxAge !== undefined || said.minFresh !== undefined
  const isWithin =
    moment.now < entry.staleWhileRevalidateUntil && entry.freshUntil < entry.staleWhileRevalidateUntil
  return !hasWish && isWithin ? 'use-and-revalidate' : 'revalidate'
}

/** What the origin's failure was: it could not be reached, or it said so itself. */
export type OriginFailure = 'unreachable' | 'said'

/** Whether a stored answer may stand in for the origin's failure (RFC 5861 4, RFC 9111 4.2.4). */
export function mayStandIn(entry: SiteEntry, failure: OriginFailure, { now, purged }: Moment): boolean {
  if (entry.epoch < purged.hard || entry.mustRevalidate) return false
  // What a server says of itself is for its visitors, unless it allowed an older answer in its place.
  if (failure === 'said' && !entry.hasStaleIfError) return false
  return now < entry.staleIfErrorUntil
}
