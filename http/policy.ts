// Whether a shared cache may store an answer, and how long it lives there (RFC 9111 3 and 4.2, RFC 5861).
import type { Answer, Headers } from '../tier.ts'
import { parseHttpDate } from './dates.ts'
import { sharedTerms, type Terms } from './terms.ts'

/** What is assumed where an answer says nothing itself. A source server's pictures often say nothing. */
export interface Defaults {
  /** Only for successes: an error is kept only when it says so itself. */
  readonly defaultFreshSeconds?: number
  readonly defaultStaleWhileRevalidateSeconds?: number
  readonly defaultStaleIfErrorSeconds?: number
}

/** The moments of a stored answer's life, in milliseconds since the epoch: storedAt <= freshUntil <= the two stale limits. */
export interface Times {
  /** When the answer was received or last validated. */
  readonly storedAt: number
  /** Its age in seconds when it arrived (RFC 9111 4.2.3). */
  readonly ageOnArrival: number
  /** Fresh before this moment. */
  readonly freshUntil: number
  /** May be served stale, while one request revalidates, before this moment (RFC 5861 section 3). */
  readonly staleWhileRevalidateUntil: number
  /** May be served stale, when upstream fails, before this moment (RFC 5861 section 4). */
  readonly staleIfErrorUntil: number
}

/** Why an answer is not kept: a closed list. */
export type NotStorable =
  | 'no-store'
  | 'private'
  /** `Vary: *`: no later request is ever known to match. */
  | 'vary-any'
  /** 1xx, 206 and 304 are not whole answers. */
  | 'not-whole'
  | 'no-explicit-freshness'

export type Lifetimes =
  | { readonly storable: true; readonly times: Times }
  | { readonly storable: false; readonly why: NotStorable }

export function lifetimes(
  { status, headers }: Pick<Answer, 'status' | 'headers'>,
  receivedAt: number,
  defaults: Defaults = {},
): Lifetimes {
  const terms = sharedTerms(headers, receivedAt)
  const why = forbidden(status, headers, terms)
  if (why) return { storable: false, why }
  const freshSeconds = terms.freshSeconds ?? defaultFreshness(status, defaults)
  if (freshSeconds === undefined) return { storable: false, why: 'no-explicit-freshness' }
  const ageOnArrival = ageOf(headers, receivedAt)
  const windows = windowsOf(terms, status < 400 ? defaults : {})
  return { storable: true, times: timesOf({ receivedAt, ageOnArrival, freshSeconds, ...windows }) }
}

interface Windows {
  readonly staleWhileRevalidateSeconds: number
  readonly staleIfErrorSeconds: number
}

const windowsOf = (terms: Terms, defaults: Defaults): Windows => ({
  staleWhileRevalidateSeconds:
    terms.staleWhileRevalidateSeconds ?? defaults.defaultStaleWhileRevalidateSeconds ?? 0,
  staleIfErrorSeconds: terms.staleIfErrorSeconds ?? defaults.defaultStaleIfErrorSeconds ?? 0,
})

/** RFC 9111 section 3. */
function forbidden(status: number, headers: Headers, said: Terms): NotStorable | undefined {
  if (status < 200 || status === 206 || status === 304) return 'not-whole'
  if (said.noStore) return 'no-store'
  if (said.private) return 'private'
  return variesByAnything(headers) ? 'vary-any' : undefined
}

/** `Vary: *` (RFC 9111 4.1). */
export const variesByAnything = ({ vary }: Headers): boolean =>
  vary?.split(',').some((name) => name.trim() === '*') ?? false

/** The statuses that may be kept unasked (RFC 9110 15.1), without the errors. */
const keptByDefault = new Set([200, 203, 204, 300, 301, 308])

const defaultFreshness = (status: number, defaults: Defaults): number | undefined =>
  keptByDefault.has(status) ? defaults.defaultFreshSeconds : undefined

/**
 * Age on arrival in seconds (RFC 9111 4.2.3), so that an entry does not start a second life in every tier. The apparent age counts
 * too: a cache between may have forgotten to say Age, but Date still shows when the answer was made.
 */
export function ageOf(headers: Headers, receivedAt: number): number {
  const first = headers.age?.split(',')[0]?.trim() ?? ''
  // A value that is not a number is ignored (RFC 9111 5.1).
  const stated = /^\d+$/.test(first) ? Math.min(Number(first), 2 ** 31) : 0
  const apparent = (receivedAt - (parseHttpDate(headers.date) ?? receivedAt)) / 1000
  return Math.max(stated, Math.floor(apparent))
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
