// How long an answer lives in a shared cache, and what an entry may be used for now (RFC 9111 3 and 4, RFC 5861).
import type { Answer, Headers } from '../tier.ts'
import { parseHttpDate } from './dates.ts'
import { type Directives, directives } from './directives.ts'
import type { Entry } from './entry.ts'

/** What is assumed where an answer says nothing itself. A source server's pictures often say nothing. */
export interface Defaults {
  /** Only for successes: an error is kept only when it says so itself. */
  readonly defaultFreshSeconds?: number
  readonly defaultStaleWhileRevalidateSeconds?: number
  readonly defaultStaleIfErrorSeconds?: number
}

export type Times = Pick<
  Entry,
  'storedAt' | 'ageOnArrival' | 'freshUntil' | 'staleWhileRevalidateUntil' | 'staleIfErrorUntil'
>

/** Why an answer is not kept: a closed list. */
export type NotStorable =
  | 'no-store'
  | 'private'
  /** `Vary: *`: no later request is ever known to match. */
  | 'vary-any'
  /** 1xx, 206 and 304 are not whole answers. */
  | 'not-whole'
  | 'no-explicit-freshness'
  /** Its body is a file that is opened for each reader. */
  | 'not-held'

export type Lifetimes =
  | { readonly storable: true; readonly times: Times }
  | { readonly storable: false; readonly why: NotStorable }

/** What may be done with what was found: a closed list. */
export type Decision = 'fresh' | 'stale-while-revalidate' | 'revalidate' | 'miss'

export function decide(entry: Entry | undefined, now: number): Decision {
  if (entry === undefined) return 'miss'
  if (now < entry.freshUntil) return 'fresh'
  return now < entry.staleWhileRevalidateUntil ? 'stale-while-revalidate' : 'revalidate'
}

/** While upstream fails (RFC 5861 section 4). */
export const mayServeOnError = (entry: Entry, now: number): boolean => now < entry.staleIfErrorUntil

/** Whether the entry is still good for something, so that an error must not take its place. */
export const mayServeStale = (entry: Entry, now: number): boolean =>
  now < entry.staleWhileRevalidateUntil || mayServeOnError(entry, now)

export function lifetimes(
  { status, headers }: Pick<Answer, 'status' | 'headers'>,
  receivedAt: number,
  defaults: Defaults = {},
): Lifetimes {
  const said = directives(headers)
  const why = forbidden(status, headers, said)
  if (why) return { storable: false, why }
  const freshSeconds = freshness(said, headers, receivedAt) ?? defaultFreshness(status, defaults)
  if (freshSeconds === undefined) return { storable: false, why: 'no-explicit-freshness' }
  const ageOnArrival = age(headers, receivedAt)
  const windows = staleWindows(said, status < 400 ? defaults : {})
  return { storable: true, times: timesOf({ receivedAt, ageOnArrival, freshSeconds, ...windows }) }
}

/** RFC 9111 section 3. */
function forbidden(status: number, headers: Headers, said: Directives): NotStorable | undefined {
  if (status < 200 || status === 206 || status === 304) return 'not-whole'
  if (said.noStore) return 'no-store'
  if (said.private) return 'private'
  return headers.vary?.includes('*') ? 'vary-any' : undefined
}

/** RFC 9111 4.2.1: s-maxage, then max-age, then Expires. Undefined where nothing was said. */
function freshness(said: Directives, headers: Headers, receivedAt: number): number | undefined {
  // Kept, because a validated copy saves the body, but never used unasked (RFC 9111 5.2.2.4).
  if (said.noCache) return 0
  const seconds = said.sMaxage ?? said.maxAge
  if (seconds !== undefined || said.isTargeted || headers.expires === undefined) return seconds
  const expires = parseHttpDate(headers.expires)
  // "Expires: 0" and the like mean "in the past" (RFC 9111 5.3).
  if (expires === undefined) return 0
  return Math.max(0, (expires - (parseHttpDate(headers.date) ?? receivedAt)) / 1000)
}

/** The statuses that may be kept unasked (RFC 9110 15.1), without the errors. */
const keptByDefault = new Set([200, 203, 204, 300, 301, 308])

const defaultFreshness = (status: number, defaults: Defaults): number | undefined =>
  keptByDefault.has(status) ? defaults.defaultFreshSeconds : undefined

/**
 * Age on arrival (RFC 9111 4.2.3), so that an entry does not start a second life in every tier. The apparent age counts
 * too: a cache between may have forgotten to say Age, but Date still shows when the answer was made.
 */
function age(headers: Headers, receivedAt: number): number {
  const first = headers.age?.split(',')[0]?.trim() ?? ''
  // A value that is not a number is ignored (RFC 9111 5.1).
  const stated = /^\d+$/.test(first) ? Math.min(Number(first), 2 ** 31) : 0
  const apparent = (receivedAt - (parseHttpDate(headers.date) ?? receivedAt)) / 1000
  return Math.max(stated, Math.floor(apparent))
}

interface Windows {
  readonly staleWhileRevalidateSeconds: number
  readonly staleIfErrorSeconds: number
}

function staleWindows(said: Directives, defaults: Defaults): Windows {
  // No stale service against an explicit directive (RFC 9111 4.2.4).
  if (said.noCache || said.mustRevalidate) return { staleWhileRevalidateSeconds: 0, staleIfErrorSeconds: 0 }
  // s-maxage speaks as proxy-revalidate does (RFC 9111 5.2.2.10), but a window given beside it is meant.
  const assumed: Defaults = said.sMaxage === undefined ? defaults : {}
  return {
    staleWhileRevalidateSeconds: said.staleWhileRevalidate ?? assumed.defaultStaleWhileRevalidateSeconds ?? 0,
    staleIfErrorSeconds: said.staleIfError ?? assumed.defaultStaleIfErrorSeconds ?? 0,
  }
}

interface Spans extends Windows {
  readonly receivedAt: number
  readonly ageOnArrival: number
  readonly freshSeconds: number
}

/** The windows begin where freshness ends, even when that was before the answer arrived. */
function timesOf(spans: Spans): Times {
  const { receivedAt, ageOnArrival, freshSeconds } = spans
  const endOfFreshness = receivedAt + (freshSeconds - ageOnArrival) * 1000
  const notBeforeNow = (moment: number): number => Math.max(receivedAt, moment)
  return {
    storedAt: receivedAt,
    ageOnArrival,
    freshUntil: notBeforeNow(endOfFreshness),
    staleWhileRevalidateUntil: notBeforeNow(endOfFreshness + spans.staleWhileRevalidateSeconds * 1000),
    staleIfErrorUntil: notBeforeNow(endOfFreshness + spans.staleIfErrorSeconds * 1000),
  }
}
