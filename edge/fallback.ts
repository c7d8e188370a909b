// Puts a picture in the place of one that cannot be made, so that a page shows something; the status still tells the truth.
import { clientKind, failureHeader, isFailureKind } from '../problem.ts'
import type { Answer, Headers, Tier } from '../tier.ts'
import { type EdgeSource, type ExactRequest, samePictureOf } from './exact-request.ts'

/** Failures of the picture itself. A wrong option or signature is for its author to see, and a busy server passes. */
const replaced = new Set([
  'source-missing',
  'source-refused',
  'source-too-large',
  'source-unsupported',
  'source-broken',
  'too-costly',
  'source-failed',
  'source-late',
])

interface Fallbacks {
  readonly sources: ReadonlyMap<string, EdgeSource>
  readonly fallback?: string
}

export interface AskOptions {
  readonly requestId: string
  /** Of the trace that the request belongs to. */
  readonly traceparent?: string | undefined
  readonly signal: AbortSignal
  /** Told of an answer that is a problem, also where a picture takes its place. */
  readonly failed: (answer: Answer) => void
}

/** Asks for the exact picture; when it cannot be made, for the source's fallback (or the default one) in the same size. */
export function withFallback(upstream: Tier, { sources, fallback }: Fallbacks) {
  return async (
    exact: ExactRequest,
    { requestId, traceparent, signal, failed }: AskOptions,
  ): Promise<Answer> => {
    const headers = { 'request-id': requestId, ...(traceparent === undefined ? {} : { traceparent }) }
    const answer = await upstream({ path: exact.path, headers, signal })
    if (answer.headers[failureHeader] !== undefined) failed(answer)
    const address = exact.fallback ?? sources.get(exact.source)?.fallback ?? fallback
    if (!address || exact.spec.format === 'json' || !replaced.has(answer.headers[failureHeader] ?? ''))
      return answer
    const picture = await upstream({ path: samePictureOf(address, exact.spec, sources), headers, signal })
    return picture.status === 200 ? inPlaceOf(answer, picture) : answer
  }
}

/** What is true of the fallback picture and its address alone. */
const ofItsOwn = new Set(['etag', 'age', 'cdn-cache-control', 'surrogate-key'])

const ofTheFailure = (headers: Headers): Headers =>
  Object.fromEntries(
    Object.entries(headers).filter(([name]) => ['cache-control', 'age', 'retry-after'].includes(name)),
  )

/** The failure's status and lifetime, the fallback's picture. Without its ETag: it is not that picture. */
function inPlaceOf(failed: Answer, picture: Answer): Answer {
  const headers = Object.fromEntries(Object.entries(picture.headers).filter(([name]) => !ofItsOwn.has(name)))
  const kind = failed.headers[failureHeader]
  return {
    status: failed.status,
    body: picture.body,
    headers: {
      ...headers,
      'cache-control': 'no-store',
      ...ofTheFailure(failed.headers),
      'halftone-fallback': isFailureKind(kind) ? clientKind(kind) : '',
    },
  }
}
