// The headers of a stored answer: what of them is stored, how a 304 changes them, and how it is asked for (RFC 9111 3.1,
// 3.2 and 4.3). Pure.
import type { Answer, Headers } from '../tier.ts'
import { opaqueTag } from './conditional.ts'
import { httpDate } from './dates.ts'
import { connectionFields } from './hop-by-hop.ts'
import type { NotStorable } from './policy.ts'

/** Without what was true of one exchange only. An answer without a date gets that of its arrival (RFC 9110 6.6.1). */
export function storedHeaders(headers: Headers, receivedAt: number): Headers {
  const passed = withoutNames(headers, connectionFields(headers.connection))
  const stored = withoutNames(passed, new Set([...ofTheExchange, 'request-id']))
  return { date: httpDate(receivedAt), ...stored }
}

/** The stored headers with those of the 304 that confirmed them. */
export function updatedHeaders(stored: Headers, confirming: Headers): Headers {
  const { date: _, ...known } = stored
  return { ...known, ...withoutNames(confirming, ofTheBody) }
}

/** A 304 about another version than ours says nothing about ours (RFC 9111 4.3.4). Servers that compress weaken tags. */
export function confirms({ etag }: Headers, stored: Headers): boolean {
  return etag === undefined || opaqueTag(etag) === opaqueTag(stored.etag ?? '')
}

/** What to send upstream so that it may answer 304. */
export function validators({ etag, 'last-modified': modified }: Headers): Headers {
  return {
    ...(etag === undefined ? {} : { 'if-none-match': etag }),
    ...(modified === undefined ? {} : { 'if-modified-since': modified }),
  }
}

/** Whether an answer that was not stored may still go to all who waited for it. */
export function mayShare(
  { status, setCookie }: Pick<Answer, 'status' | 'setCookie'>,
  why?: NotStorable,
): boolean {
  if (why !== undefined && forOneReader.has(why)) return false
  if (setCookie !== undefined) return false
  // no-store forbids a second use (RFC 9111 5.2.2.5); but that nothing could be made is the same news for everybody,
  // and each asking again would only add to the load that may have caused it.
  return why !== 'no-store' || status >= 400
}

const forOneReader: ReadonlySet<NotStorable> = new Set(['private', 'vary-any', 'authorization'])

/** What upstream did and took for one exchange. */
export const ofTheExchange: ReadonlySet<string> = new Set([
  'age',
  'cache-status',
  'proxy-authentication-info',
  'server-timing',
])

/** A 304 has no body, so what it says about one is not about ours (RFC 9111 3.2). */
export const ofTheBody: ReadonlySet<string> = new Set([
  'content-length',
  'content-encoding',
  'content-type',
  'content-range',
])

const withoutNames = (headers: Headers, names: ReadonlySet<string>): Headers =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !names.has(name)))
