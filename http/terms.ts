// What an answer allows to be done with a copy of it, for each audience: shared caches like ours, or browsers. Pure.
import type { Headers } from '../tier.ts'
import { parseHttpDate } from './dates.ts'
import { browserDirectives, type Directives, directives } from './directives.ts'

/** One audience's terms. What is undefined was left open by the answer: whoever operates the cache may decide it. */
export interface Terms {
  readonly noStore: boolean
  /** Only for one reader: no shared cache may keep it. */
  readonly private: boolean
  /** May be kept, but is asked about before every use. */
  readonly noCache: boolean
  /** Not to be used past its freshness, whatever happens. */
  readonly mustRevalidate: boolean
  /** The freshness lifetime (RFC 9111 4.2.1): seconds since the answer was made, not since it arrived. */
  readonly freshSeconds?: number | undefined
  readonly staleWhileRevalidateSeconds?: number | undefined
  readonly staleIfErrorSeconds?: number | undefined
}

/** What caches like ours are told: the targeted field if there is one (RFC 9213 2.2), else Cache-Control and Expires. */
export function sharedTerms(headers: Headers, receivedAt: number): Terms {
  const said = directives(headers)
  const freshSeconds =
    said.sMaxage ?? said.maxAge ?? (said.isTargeted ? undefined : expiry(headers, receivedAt))
  const terms = termsOf(said, freshSeconds)
  // s-maxage speaks as proxy-revalidate does (RFC 9111 5.2.2.10), but a window given beside it is meant.
  return said.sMaxage === undefined ? terms : closed(terms)
}

/** What browsers are told: Cache-Control and Expires, without the words that are for shared caches alone. */
export function browserTerms(headers: Headers, receivedAt: number): Terms {
  const said = browserDirectives(headers)
  return termsOf(said, said.maxAge ?? expiry(headers, receivedAt))
}

/** Nothing is left open: a window that was not given is none. */
export const closed = (terms: Terms): Terms => ({
  ...terms,
  staleWhileRevalidateSeconds: terms.staleWhileRevalidateSeconds ?? 0,
  staleIfErrorSeconds: terms.staleIfErrorSeconds ?? 0,
})

function termsOf(said: Directives, freshSeconds: number | undefined): Terms {
  const { noStore, noCache, mustRevalidate } = said
  const words = { noStore, private: said.private, noCache, mustRevalidate }
  // No stale service against an explicit directive (RFC 9111 4.2.4). Under no-cache a copy is kept, because a validated
  // one saves the body, but it is never used unasked (RFC 9111 5.2.2.4).
  if (noCache) return { ...words, freshSeconds: 0, ...noWindows }
  if (mustRevalidate) return { ...words, freshSeconds, ...noWindows }
  const { staleWhileRevalidate, staleIfError } = said
  return {
    ...words,
    freshSeconds,
    staleWhileRevalidateSeconds: staleWhileRevalidate,
    staleIfErrorSeconds: staleIfError,
  }
}

const noWindows = { staleWhileRevalidateSeconds: 0, staleIfErrorSeconds: 0 }

/** Seconds from Date to Expires (RFC 9111 4.2.1). */
function expiry({ expires, date }: Headers, receivedAt: number): number | undefined {
  if (expires === undefined) return undefined
  const moment = parseHttpDate(expires)
  // "Expires: 0" and the like mean "in the past" (RFC 9111 5.3).
  if (moment === undefined) return 0
  return Math.max(0, (moment - (parseHttpDate(date) ?? receivedAt)) / 1000)
}
