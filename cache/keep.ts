// From an answer to the entry that is kept of it, and what a 304 changes about an entry (RFC 9111 3, 3.2 and 4.3.4).
import { type Answer, type Headers, isHeld } from '../tier.ts'
import { opaqueTag } from './conditional.ts'
import { httpDate } from './dates.ts'
import type { Entry } from './entry.ts'
import { type Defaults, lifetimes, type NotStorable } from './policy.ts'

export type Kept = { readonly entry: Entry } | { readonly why: NotStorable }

export interface Received {
  readonly key: string
  readonly answer: Answer
  readonly receivedAt: number
  /** Of the flight that brought it. */
  readonly epoch: number
}

export function entryOf({ key, answer, receivedAt, epoch }: Received, defaults?: Defaults): Kept {
  if (!isHeld(answer)) return { why: 'not-held' }
  const life = lifetimes(answer, receivedAt, defaults)
  if (!life.storable) return { why: life.why }
  // An answer without a date gets the moment it was received (RFC 9110 6.6.1).
  const headers = { date: httpDate(receivedAt), ...storedHeaders(answer.headers) }
  return { entry: { key, epoch, status: answer.status, headers, body: answer.body, ...life.times } }
}

/** The entry with the headers and the times of the 304 that confirmed it; the body is the same object. */
export function refreshed(
  entry: Entry,
  { answer, receivedAt, epoch }: Omit<Received, 'key'>,
  defaults?: Defaults,
): Kept {
  const { date: _, ...known } = entry.headers
  const headers = { ...known, ...withoutNames(answer.headers, ofTheBody) }
  return entryOf({ key: entry.key, answer: { ...entry, headers }, receivedAt, epoch }, defaults)
}

/** A 304 about another version than ours says nothing about ours (RFC 9111 4.3.4). Servers that compress weaken tags. */
export function confirms({ etag }: Headers, entry: Entry): boolean {
  return etag === undefined || opaqueTag(etag) === opaqueTag(entry.headers.etag ?? '')
}

/** What to send upstream so that it may answer 304. */
export function validators(entry: Entry | undefined): Headers {
  const { etag, 'last-modified': modified } = entry?.headers ?? {}
  return {
    ...(etag === undefined ? {} : { 'if-none-match': etag }),
    ...(modified === undefined ? {} : { 'if-modified-since': modified }),
  }
}

/** Whether an answer that was not kept may still go to all who waited for it. */
export function mayShare(answer: Answer, why: NotStorable): boolean {
  if (why === 'private' || why === 'vary-any' || answer.headers['set-cookie'] !== undefined) return false
  // no-store forbids a second use (RFC 9111 5.2.2.5); but that nothing could be made is the same news for everybody,
  // and each asking again would only add to the load that may have caused it.
  return why !== 'no-store' || answer.status >= 400
}

/** True of one exchange only: hop-by-hop fields (RFC 9110 7.6.1), what upstream did and took, whom it greeted. */
const ofTheExchange = new Set([
  'age',
  'cache-status',
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-connection',
  'request-id',
  'server-timing',
  'set-cookie',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** A 304 has no body, so what it says about one is not about ours (RFC 9111 3.2). */
const ofTheBody = new Set(['content-length', 'content-encoding', 'content-type', 'content-range'])

function storedHeaders(headers: Headers): Headers {
  const named = (headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase())
  return withoutNames(withoutNames(headers, ofTheExchange), new Set(named))
}

function withoutNames(headers: Headers, names: ReadonlySet<string>): Headers {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.has(name)))
}
