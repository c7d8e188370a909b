// Whether a shared cache may store an answer, and how long it lives there (RFC 9111 3 and 4.2, RFC 5861).
import type { Answer, Headers } from '../tier.ts'
import { isStorableMethod } from './cache-key.ts'
import { parseHttpDate } from './dates.ts'
import { type Directives, directives } from './directives.ts'
import { requestDirectives } from './request-directives.ts'
import { sharedTerms, type Terms } from './terms.ts'
import { variesByAnything } from './vary.ts'

/** What is assumed where an answer says nothing itself. A source server's pictures often say nothing. */
export interface Defaults {
  /** Only for successes: an error is kept only when it says so itself. */
  readonly defaultFreshSeconds?: number
  readonly defaultStaleWhileRevalidateSeconds?: number
  readonly defaultStaleIfErrorSeconds?: number
  /**
   * The share of an answer's time since its Last-Modified for which it is taken to be fresh (RFC 9111 4.2.2): 0.1 is
   * usual. It comes before `defaultFreshSeconds`.
   */
  readonly heuristicShare?: number
}

/** The request that was answered. */
export interface Asked {
  readonly method?: string
  readonly headers: Headers
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
  /** Only answers to GET are stored. */
  | 'method'
  /** It is for whoever showed these credentials (RFC 9111 3.5). */
  | 'authorization'

export type Lifetimes =
  | { readonly storable: true; readonly times: Times }
  | { readonly storable: false; readonly why: NotStorable }

export function lifetimes(
  answer: Pick<Answer, 'status' | 'headers'>,
  receivedAt: number,
  defaults: Defaults = {},
  asked: Asked = anybody,
): Lifetimes {
  const { status, headers } = answer
  const said = directives(headers)
  const terms = sharedTerms(headers, receivedAt)
  const why = forbidden(answer, said) ?? forbiddenBy(asked, said)
  if (why) return { storable: false, why }
  const freshSeconds =
    terms.freshSeconds ??
    heuristicFreshness(answer, { said, receivedAt, share: defaults.heuristicShare }) ??
    defaultFreshness(status, defaults)
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

const anybody: Asked = { headers: {} }

/** What the answer says (RFC 9111 section 3). */
function forbidden(
  { status, headers }: Pick<Answer, 'status' | 'headers'>,
  said: Directives,
): NotStorable | undefined {
  if (status < 200 || status === 206 || status === 304) return 'not-whole'
  if (said.noStore || (said.mustUnderstand && !isUnderstood(status))) return 'no-store'
  if (said.private) return 'private'
  return variesByAnything(headers) ? 'vary-any' : undefined
}

/** The final statuses of RFC 9110 15 (RFC 9111 5.2.2.3). */
const isUnderstood = (status: number): boolean =>
  status <= 206 ||
  (status >= 300 && status <= 308) ||
  (status >= 400 && status <= 417) ||
  [421, 422, 426].includes(status) ||
  (status >= 500 && status <= 505)

/** What the request says (RFC 9111 sections 3, 3.5 and 5.2.1.5). */
function forbiddenBy({ method, headers: request }: Asked, said: Directives): NotStorable | undefined {
  if (!isStorableMethod(method)) return 'method'
  if (request['cache-control'] !== undefined && requestDirectives(request).noStore) return 'no-store'
  const isShared = request.authorization === undefined || said.isForAllUsers
  return isShared ? undefined : 'authorization'
}

/** The statuses whose freshness may be guessed (RFC 9110 15.1). */
const heuristicallyCacheable = new Set([200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501])

/** A day: what seems to stay as it is for longer is asked about all the same. */
const longestGuessSeconds = 86_400

interface Guess {
  readonly said: Directives
  readonly receivedAt: number
  readonly share: number | undefined
}

function heuristicFreshness(
  { status, headers }: Pick<Answer, 'status' | 'headers'>,
  { said, receivedAt, share }: Guess,
): number | undefined {
  const modified = parseHttpDate(headers['last-modified'])
  if (share === undefined || modified === undefined) return undefined
  if (!heuristicallyCacheable.has(status) && !said.public) return undefined
  const unchangedSeconds = ((parseHttpDate(headers.date) ?? receivedAt) - modified) / 1000
  return Math.min(longestGuessSeconds, Math.max(0, Math.floor(unchangedSeconds * share)))
}

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
