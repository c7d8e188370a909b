// The one table from a failure's kind to HTTP: RFC 9457 problem documents, their status and how long they may be kept.
import { asFailure, type Failure, type FailureKind } from './errors.ts'
import { describeCause } from './http/error-cause.ts'
import type { Answer, HeldAnswer } from './tier.ts'

interface Problem {
  readonly status: number
  readonly title: string
  /** Seconds a shared cache may keep the problem; 0 means it is never stored. */
  readonly keepFor: number
  /** Seconds for Retry-After, where a later try may succeed. */
  readonly retryAfter?: number
  /** The source may well be there again: caches go on serving what they have, as for a server error (RFC 5861 4). */
  readonly mayPass?: boolean
  /** The kind that clients are told, where they are not to know the difference. */
  readonly toldAs?: FailureKind
}

const problems: Readonly<Record<FailureKind, Problem>> = {
  'bad-address': { status: 400, title: 'The address is not valid', keepFor: 60 },
  'bad-option': { status: 400, title: 'An option is not valid', keepFor: 60 },
  'bad-signature': { status: 403, title: 'The signature is missing or wrong', keepFor: 0 },
  // 404, as imgix answers a link past its `expires`.
  expired: { status: 404, title: 'The link has expired', keepFor: 60 },
  // Not kept: our own configuration says so, and whoever repairs it wants to see that.
  'unknown-source': { status: 404, title: 'There is no such source', keepFor: 0 },
  'forbidden-address': { status: 403, title: 'The source address is not allowed', keepFor: 0 },
  'bad-method': { status: 405, title: 'The method is not answered here', keepFor: 0 },
  // A stranger at the port of an internal tier. A neighbour that gets it answers 'tier-refused' itself.
  'not-neighbour': { status: 403, title: 'Only our own tiers are answered here', keepFor: 0 },
  'not-found': { status: 404, title: 'There is nothing at this address', keepFor: 30 },
  'bad-credentials': { status: 401, title: 'The key is missing or wrong', keepFor: 0 },
  'not-allowed': { status: 403, title: 'The key may not do this', keepFor: 0 },
  // Until the next month begins, or somebody raises the quota: an hour is a polite guess.
  'over-quota': { status: 429, title: 'The quota is used up', keepFor: 0, retryAfter: 3600 },
  'rate-limited': { status: 429, title: 'Too many requests', keepFor: 0, retryAfter: 1 },
  'bad-request': { status: 400, title: 'The request cannot be read', keepFor: 0 },
  // RFC 9110 15.5.20.
  'unknown-host': { status: 421, title: 'This host is not answered here', keepFor: 0 },
  // RFC 9111 5.2.1.7.
  'not-stored': { status: 504, title: 'Nothing is stored for this request', keepFor: 0 },
  // RFC 5842 7.2.
  loop: { status: 508, title: 'The request goes round in a circle', keepFor: 0 },
  'bad-version': { status: 505, title: 'The version of HTTP is not spoken here', keepFor: 0 },
  'coding-unknown': { status: 501, title: 'The transfer coding is not understood', keepFor: 0 },
  'target-too-long': { status: 414, title: 'The address is too long', keepFor: 0 },
  'headers-too-large': { status: 431, title: 'The headers of the request are too long', keepFor: 0 },
  'bad-body': { status: 400, title: 'The body of the request cannot be read', keepFor: 0 },
  'body-too-large': { status: 413, title: 'The body of the request is too long', keepFor: 0 },
  'body-unsupported': {
    status: 415,
    title: 'The body of the request is of the wrong media type',
    keepFor: 0,
  },
  'bad-range': { status: 416, title: 'The file has no such part', keepFor: 0 },
  stalled: { status: 408, title: 'The request came too slowly', keepFor: 0 },
  conflict: { status: 409, title: 'It cannot be done in the present state', keepFor: 0 },
  'source-missing': { status: 404, title: 'The source image was not found', keepFor: 30 },
  // Clients are not to learn which addresses of somebody's server exist but are closed.
  'source-refused': {
    status: 404,
    title: 'The source image was not found',
    keepFor: 30,
    mayPass: true,
    toldAs: 'source-missing',
  },
  // Limits are the operator's and change: the other tiers keep what they refuse for this long after.
  'source-too-large': { status: 413, title: 'The source image is too large', keepFor: 60 },
  'source-unsupported': { status: 415, title: 'The source is not an image we can read', keepFor: 300 },
  'source-broken': { status: 422, title: 'The source image is damaged', keepFor: 60 },
  'too-costly': { status: 422, title: 'The picture would cost too much to make', keepFor: 60 },
  // Kept for a moment only: the operator who installs it wants to see that.
  'tool-missing': { status: 501, title: 'A program for it is not installed here', keepFor: 5 },
  'source-failed': { status: 502, title: 'The source server failed', keepFor: 5, retryAfter: 5 },
  'source-late': {
    status: 504,
    title: 'The source server did not answer in time',
    keepFor: 5,
    retryAfter: 5,
  },
  'too-many': { status: 429, title: 'This source has too many pictures waiting', keepFor: 0, retryAfter: 2 },
  busy: { status: 503, title: 'Too much is being done just now', keepFor: 0, retryAfter: 2 },
  late: { status: 503, title: 'The picture was not ready in time', keepFor: 0, retryAfter: 5 },
  'tier-refused': {
    status: 502,
    title: 'The next tier does not let this one in',
    keepFor: 0,
    retryAfter: 30,
  },
  'upstream-failed': { status: 502, title: 'The next tier could not be reached', keepFor: 0, retryAfter: 2 },
  'upstream-late': { status: 504, title: 'The next tier did not answer in time', keepFor: 0, retryAfter: 2 },
  // RFC 4918 11.5.
  'disk-full': { status: 507, title: 'There is no room left to keep it', keepFor: 0, retryAfter: 60 },
  'records-unavailable': {
    status: 503,
    title: 'The records cannot be read or written',
    keepFor: 0,
    retryAfter: 5,
  },
  // Nobody is there to read it; 499 is nginx's code for a client that left and makes the log honest.
  abandoned: { status: 499, title: 'The client left before the answer', keepFor: 0 },
  internal: { status: 500, title: 'Something went wrong on our side', keepFor: 0 },
}

const problemContentType = 'application/problem+json'

/** Which failure a problem answer stands for; the header lets a tier over HTTP know it without parsing the body. */
export const failureHeader = 'halftone-failure'

export const isFailureKind = (name: unknown): name is FailureKind =>
  typeof name === 'string' && Object.hasOwn(problems, name)

/** Whether a failure of this kind may pass by itself, so that a stale picture is better than none. */
export const mayPass = (kind: string | undefined): boolean =>
  isFailureKind(kind) && problems[kind].mayPass === true

/** A kind as clients are told it. */
export const clientKind = (kind: FailureKind): FailureKind => problems[kind].toldAs ?? kind

/** Seconds for which caches keep a failure of this kind, where nothing more is known of it. */
export const keepSecondsOf = (kind: FailureKind): number => problems[kind].keepFor

export const statusOf = (kind: FailureKind): number => problems[kind].status

/** Why it failed, for the logs of the tiers before: between our own tiers only. */
export const reasonHeader = 'halftone-reason'

/** The answer for anything thrown. Of its causes a few words go with it as far as the edge, and no further. */
export function problemAnswer(thrown: unknown): HeldAnswer {
  const failure = asFailure(thrown)
  const reason = describeCause(failure.details.cause)
  const { headers, ...answer } = publicProblem(failure)
  return { ...answer, headers: reason === undefined ? headers : { ...headers, [reasonHeader]: reason } }
}

/** The answer for anything thrown, as a stranger may see it: without its causes. */
export function publicProblem(thrown: unknown): HeldAnswer {
  const failure = asFailure(thrown)
  const body = Buffer.from(JSON.stringify(problemDocument(failure)))
  return { status: statusOf(failure.kind), headers: problemHeaders(failure, body.length), body }
}

/** What the log says of an answer that is a problem; undefined for any other. */
export function problemIn({ headers, body }: Answer): ProblemFacts | undefined {
  const { [failureHeader]: failure, [reasonHeader]: reason } = headers
  if (failure === undefined) return undefined
  return { failure, detail: Buffer.isBuffer(body) ? detailIn(body) : undefined, reason }
}

export interface ProblemFacts {
  readonly failure: string
  readonly detail: string | undefined
  readonly reason: string | undefined
}

function detailIn(body: Buffer): string | undefined {
  try {
    return JSON.parse(body.toString()).detail
  } catch {
    return undefined
  }
}

function problemDocument(failure: Failure): Record<string, unknown> {
  const { status, title } = problems[failure.kind]
  const { option, expected, received, policies } = failure.details
  return {
    type: `urn:halftone:problem:${clientKind(failure.kind)}`,
    title,
    status,
    detail: failure.message,
    ...(option === undefined ? {} : { option }),
    ...(expected === undefined ? {} : { expected }),
    ...(received === undefined ? {} : { received: received.slice(0, 100) }),
    // The word of draft-ietf-httpapi-ratelimit-headers.
    ...(policies === undefined ? {} : { 'violated-policies': policies }),
  }
}

/** A failure known to hold for long is kept long by caches of ours alone: a browser cannot be told that it has passed. */
function keeping(seconds: number, usualSeconds: number): Record<string, string> {
  if (seconds <= 0) return { 'cache-control': 'no-store' }
  if (seconds <= usualSeconds) return { 'cache-control': `public, max-age=${seconds}` }
  return {
    'cache-control': `public, max-age=${usualSeconds}`,
    'cdn-cache-control': `max-age=${seconds}`,
  }
}

function problemHeaders(failure: Failure, length: number): Record<string, string> {
  const { keepFor, retryAfter } = problems[failure.kind]
  const seconds = failure.details.retryAfterSeconds ?? retryAfter
  const keepSeconds = failure.details.keepSeconds ?? keepFor
  return {
    'content-type': problemContentType,
    'content-length': String(length),
    ...keeping(keepSeconds, keepFor),
    [failureHeader]: failure.kind,
    ...(seconds === undefined ? {} : { 'retry-after': String(Math.ceil(seconds)) }),
  }
}
