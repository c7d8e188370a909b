// One picture fetched from a web server, within limits: a tier that the source cache asks when it has nothing fresh.
import { type Dispatcher, request } from 'undici'
import { Failure } from '../errors.ts'
import { variesByAnything } from '../http/vary.ts'
import { problemAnswer } from '../problem.ts'
import type { Answer, Ask, Headers, Tier } from '../tier.ts'
import { emptyBody } from '../tier.ts'
import { readBody } from './body.ts'
import { type HostRule, permit, permitRedirect } from './hosts.ts'
import {
  dismiss,
  isClosedUnderUs,
  lateFailure,
  nothingThere,
  statusFailure,
  transportFailure,
} from './refusals.ts'

export interface DownloadOptions {
  /** The guarded way out. */
  readonly dispatcher: Dispatcher
  readonly rules: readonly HostRule[]
  /** Sent to the first host only; a redirect elsewhere must not carry its credentials along. */
  readonly headers: Headers
  readonly maxBytes: number
  /** The longest silence, before the headers and between two parts of the body. */
  readonly idleMs: number
  /** The whole download, redirects included: a body that drips within `idleMs` ends here. */
  readonly totalMs: number
  readonly maxRedirects: number
}

type Response = Dispatcher.ResponseData

/** The digest of the body, taken once per download and kept with the entry. */
export const digestHeader = 'halftone-digest'

/** Asks for the URL that the path spells after its leading slash. */
export function createDownload(options: DownloadOptions): Tier {
  return async (ask) => {
    const deadline = AbortSignal.timeout(options.totalMs)
    const signal = AbortSignal.any([ask.signal, deadline])
    try {
      return await answerOf(await follow(ask, options, signal), options.maxBytes)
    } catch (thrown) {
      return problemAnswer(explain(thrown, ask.signal, deadline))
    }
  }
}

async function follow(ask: Ask, options: DownloadOptions, signal: AbortSignal): Promise<Response> {
  const first = permit(ask.path.slice(1), options.rules)
  let url = first
  for (let hop = 0; hop <= options.maxRedirects; hop++) {
    const theirs = url.origin === first.origin ? options.headers : {}
    const response = await get(url, { ...ours, ...theirs, ...validators(ask) }, { ...options, signal })
    if (!redirects.has(response.statusCode)) return response
    dismiss(response)
    url = permitRedirect(url, String(response.headers.location ?? ''), options.rules)
  }
  throw new Failure('source-failed', 'The source redirects too often.')
}

type GetOptions = Pick<DownloadOptions, 'dispatcher' | 'idleMs'> & { readonly signal: AbortSignal }

async function get(
  url: URL,
  headers: Headers,
  { dispatcher, idleMs, signal }: GetOptions,
): Promise<Response> {
  const options = { dispatcher, headers, signal, headersTimeout: idleMs, bodyTimeout: idleMs }
  try {
    return await request(url, options)
  } catch (thrown) {
    if (!isClosedUnderUs(thrown) || signal.aborted) throw thrown
    return request(url, options)
  }
}

const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

const ours = {
  accept: 'image/*',
  // Pictures are compressed already, and an encoded body could unpack to any size.
  'accept-encoding': 'identity',
  'user-agent': 'Halftone',
  // Two Halftones that are each other's source can recognise the circle by this field (RFC 8586).
  'cdn-loop': 'halftone',
}

function validators({ headers }: Ask): Headers {
  const { 'if-none-match': tag, 'if-modified-since': since } = headers
  return { ...(tag && { 'if-none-match': tag }), ...(since && { 'if-modified-since': since }) }
}

async function answerOf(response: Response, maxBytes: number): Promise<Answer> {
  const headers = cachingHeaders(response)
  const length = wholePartLength(response)
  if (isWhole(response) || length !== undefined) {
    const { body, digest } = await readBody(response, maxBytes)
    if (length !== undefined && body.length !== length) throw new Failure('source-failed', notAsAnnounced)
    return { status: 200, headers: { ...headers, [digestHeader]: digest }, body }
  }
  dismiss(response)
  const { statusCode } = response
  if (statusCode === 304) return { status: 304, headers, body: emptyBody }
  // An expired key or a firewall's rule: the pictures themselves are not gone.
  const refusal = statusFailure(response)
  throw statusCode === 401 || statusCode === 403
    ? new Failure('source-refused', nothingThere, refusal.details)
    : refusal
}

/** 203 is a 200 that went through a proxy (RFC 9110 15.3.4). */
const isWhole = ({ statusCode }: Response): boolean => statusCode === 200 || statusCode === 203

/** A 206 from the first byte to the last is all there is, though nobody asked for a part (RFC 9110 15.3.7). */
function wholePartLength({ statusCode, headers }: Response): number | undefined {
  if (statusCode !== 206 || headers['content-encoding'] !== undefined) return undefined
  const [, last, length] = /^bytes 0-(\d+)\/(\d+)$/.exec(String(headers['content-range'])) ?? []
  return last !== undefined && Number(last) + 1 === Number(length) ? Number(length) : undefined
}

const notAsAnnounced = 'The source server sent another number of bytes than it announced.'

/** What the source cache needs to know; nothing else of a stranger's headers goes further. */
const passedHeaders = [
  'age',
  'cache-control',
  'cdn-cache-control',
  'date',
  'etag',
  'expires',
  'last-modified',
  'vary',
]

function cachingHeaders(response: Response): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const name of passedHeaders) {
    const value = response.headers[name]
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value
  }
  // We always ask with the same headers, so only '*' still means that the next answer may differ (RFC 9110 12.5.5).
  if (!variesByAnything(headers)) delete headers.vary
  return headers
}

function explain(thrown: unknown, asked: AbortSignal, deadline: AbortSignal): Failure {
  if (thrown instanceof Failure) return thrown
  if (asked.aborted) return new Failure('abandoned', 'Nobody waits for this source any more.')
  return deadline.aborted ? lateFailure(thrown) : transportFailure(thrown)
}
