// What a source server's answer or silence means, whoever asked it: the CDN for a picture, or the API for an upload.
import type { Dispatcher } from 'undici'
import { Failure } from '../errors.ts'

type Response = Dispatcher.ResponseData

/** For a status that brings nothing. */
export function refusalOf({ statusCode, headers }: Response): Failure {
  // 401 and 403 as well: object stores say 403 for what is not there, and for our client there is nothing either way;
  // it should not learn which addresses of somebody's server exist but are closed.
  if ([401, 403, 404, 410, 451].includes(statusCode))
    return new Failure('source-missing', 'The source server has nothing at this address.')
  if (statusCode === 408 || statusCode === 504)
    return new Failure('source-late', 'The source server gave up waiting.')
  const seconds = Number(headers['retry-after'])
  const details = seconds > 0 && seconds <= 3600 ? { retryAfterSeconds: seconds } : {}
  return new Failure('source-failed', `The source server answered with status ${statusCode}.`, details)
}

const lateCodes = ['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'UND_ERR_CONNECT_TIMEOUT', 'ETIMEDOUT']

/** For what was thrown on the way. */
export const brokenBy = (thrown: unknown): Failure =>
  lateCodes.includes(codeOf(thrown))
    ? lateBy(thrown)
    : new Failure('source-failed', 'The source server could not be read.', { cause: thrown })

export const lateBy = (cause?: unknown): Failure =>
  new Failure('source-late', 'The source server did not answer in time.', { cause })

/** A kept connection that its server closed in the moment we used it, politely or not: a GET may be asked again (RFC 9110 9.2.2). */
export const isClosedUnderUs = (thrown: unknown): boolean =>
  ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'].includes(codeOf(thrown))

const codeOf = (thrown: unknown): string => (thrown as { code?: string } | null)?.code ?? ''

/** Lets a short body run out, so that its connection can be used again; undici cuts a long one off. */
export function dismiss({ body }: Response): void {
  body.dump().catch(() => undefined)
}
