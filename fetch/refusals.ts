// A source server's answer or silence as a Failure: for the CDN that asks for a picture, and for the API that fetches
// an upload.
import type { Dispatcher } from 'undici'
import { Failure, type FailureDetails } from '../errors.ts'
import { parseHttpDate, parseRetryAfter } from '../http/dates.ts'
import { lifetimes } from '../http/policy.ts'
import { keepSecondsOf } from '../problem.ts'

type Response = Dispatcher.ResponseData

export const nothingThere = 'The source server has nothing at this address.'

/** For a status that brings nothing. */
export function statusFailure({ statusCode, headers }: Response): Failure {
  // 401 and 403 as well: object stores say 403 for what is not there, and for our client there is nothing either way;
  // it should not learn which addresses of somebody's server exist but are closed.
  if ([401, 403, 404, 410, 451].includes(statusCode))
    return new Failure('source-missing', nothingThere, asLongAsSaid(statusCode, headers))
  if (statusCode === 408 || statusCode === 504)
    return new Failure('source-late', 'The source server gave up waiting.', untilRetry(headers))
  const sentence = `The source server answered with status ${statusCode}.`
  return new Failure('source-failed', sentence, untilRetry(headers))
}

/** A server that gives the news of an absence a short life, or forbids to keep it, is asked again sooner (RFC 9111 3). */
function asLongAsSaid(status: number, headers: Response['headers']): FailureDetails {
  const fields = cachingFields.flatMap((name) => {
    const value = textOf(headers[name])
    return value === undefined ? [] : [[name, value] as const]
  })
  const said = Object.fromEntries(fields)
  const now = clockOf(said)
  const life = lifetimes({ status, headers: said }, now)
  if (!life.storable) return life.why === 'no-explicit-freshness' ? {} : { keepSeconds: 0 }
  const seconds = Math.floor((life.times.freshUntil - now) / 1000)
  return seconds < keepSecondsOf('source-missing') ? { keepSeconds: seconds } : {}
}

const cachingFields = ['age', 'cache-control', 'cdn-cache-control', 'date', 'expires', 'vary']

/** A server's dates are counted from its own clock, which may not be ours. */
const clockOf = ({ date }: { readonly date?: string | undefined }): number =>
  parseHttpDate(date) ?? Date.now()

/** The longest time a source server is left alone because it asks for it. */
const longestRetryAfterSeconds = 3600

/** A server that says when to come back is not asked before (RFC 9110 10.2.3). */
function untilRetry({ 'retry-after': field, date }: Response['headers']): FailureDetails {
  const seconds = parseRetryAfter(textOf(field), clockOf({ date: textOf(date) }))
  if (!seconds) return {}
  const retryAfterSeconds = Math.min(seconds, longestRetryAfterSeconds)
  return { retryAfterSeconds, keepSeconds: retryAfterSeconds }
}

const textOf = (field: string | string[] | undefined): string | undefined =>
  Array.isArray(field) ? field.join(', ') : field

const lateCodes = ['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'UND_ERR_CONNECT_TIMEOUT', 'ETIMEDOUT']

/** For what was thrown on the way. */
export const transportFailure = (thrown: unknown): Failure =>
  lateCodes.includes(codeOf(thrown))
    ? lateFailure(thrown)
    : new Failure('source-failed', 'The source server could not be read.', { cause: thrown })

export const lateFailure = (cause?: unknown): Failure =>
  new Failure('source-late', 'The source server did not answer in time.', { cause })

/** A kept connection that its server closed in the moment we used it, politely or not: a GET may be asked again (RFC 9110 9.2.2). */
export const isClosedUnderUs = (thrown: unknown): boolean =>
  ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'].includes(codeOf(thrown))

const codeOf = (thrown: unknown): string => (thrown as { code?: string } | null)?.code ?? ''

/** Lets a short body run out, so that its connection can be used again; undici cuts a long one off. */
export function dismiss({ body }: Response): void {
  body.dump().catch(() => undefined)
}
