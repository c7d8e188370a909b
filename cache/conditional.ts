// Conditional requests and byte ranges against a whole picture (RFC 9110 13 and 14), pure: nothing is fetched or copied.
// If-Match and If-Unmodified-Since are not read: only the origin may evaluate them (RFC 9111 4.3.2).
import {
  type Answer,
  type Body,
  type ByteRange,
  emptyBody,
  type FileBody,
  type Headers,
  type HeldAnswer,
} from '../tier.ts'
import { parseHttpDate } from './dates.ts'

export type Verdict =
  | { readonly kind: 'whole' }
  | { readonly kind: 'not-modified' }
  /** Both ends included, as in Content-Range. */
  | { readonly kind: 'partial'; readonly start: number; readonly end: number }
  | { readonly kind: 'range-not-satisfiable' }

/** Header names in lower case, as node:http and our tiers have them. */
export type RequestHeaders = Readonly<Record<string, string | undefined>>

const whole: Verdict = { kind: 'whole' }

/** The answer a GET or HEAD with these headers gets: whole, 304, 206 or 416. */
export function answerTo(picture: HeldAnswer, request: RequestHeaders): HeldAnswer
export function answerTo(picture: Answer, request: RequestHeaders): Answer
export function answerTo(picture: Answer, request: RequestHeaders): Answer {
  return apply(evaluate(picture, request), picture)
}

export function evaluate(picture: Answer, request: RequestHeaders): Verdict {
  // Conditions and ranges are about a successful answer only (RFC 9110 13.2.1, 14.2).
  if (picture.status !== 200) return whole
  if (isNotModified(picture.headers, request)) return { kind: 'not-modified' }
  if (request.range === undefined || !ifRangeHolds(picture.headers, request['if-range'])) return whole
  return range(request.range, picture.body.length)
}

/** If-Modified-Since counts only where there is no If-None-Match (RFC 9110 13.1.3). */
function isNotModified(headers: Headers, request: RequestHeaders): boolean {
  const tags = request['if-none-match']
  if (tags !== undefined) return noneMatchFails(tags, headers.etag)
  const since = parseHttpDate(request['if-modified-since'])
  const modified = parseHttpDate(headers['last-modified'])
  return since !== undefined && modified !== undefined && modified <= since
}

/** Weak comparison: W/ makes no difference (RFC 9110 13.1.2). */
function noneMatchFails(tags: string, etag: string | undefined): boolean {
  if (tags.trim() === '*') return true
  if (etag === undefined) return false
  const opaque = opaqueTag(etag)
  return (tags.match(/(?:W\/)?"[^"]*"/g) ?? []).some((tag) => opaqueTag(tag) === opaque)
}

/** What two tags are compared by when W/ makes no difference (RFC 9110 8.8.3.2). */
export const opaqueTag = (etag: string): string => (etag.startsWith('W/') ? etag.slice(2) : etag)

/** Strong comparison, for parts of two versions must never be joined (RFC 9110 13.1.5). */
function ifRangeHolds(headers: Headers, condition: string | undefined): boolean {
  if (condition === undefined) return true
  if (condition.startsWith('"')) return condition === headers.etag
  const modified = parseHttpDate(headers['last-modified'])
  const date = parseHttpDate(headers.date)
  // A picture may change twice in one second, so a date is only strong a second later (RFC 9110 8.8.2.2).
  if (modified === undefined || date === undefined || date - modified < 1000) return false
  return parseHttpDate(condition) === modified
}

/** One range only. Several at once, other units and what cannot be read get the whole, as RFC 9110 14.2 allows. */
function range(field: string, length: number): Verdict {
  const [, first, last] = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i.exec(field) ?? []
  if (first === undefined || last === undefined || first + last === '') return whole
  if (first === '') return between(Math.max(0, length - Number(last)), length - 1, length)
  if (last !== '' && Number(last) < Number(first)) return whole
  return between(Number(first), last === '' ? length - 1 : Math.min(Number(last), length - 1), length)
}

const between = (start: number, end: number, length: number): Verdict =>
  start < length ? { kind: 'partial', start, end } : { kind: 'range-not-satisfiable' }

/** The verdict as an answer. Bodies are views of the picture's own, or parts of its file. */
export function apply(verdict: Verdict, picture: Answer): Answer {
  switch (verdict.kind) {
    case 'whole':
      return picture
    case 'not-modified':
      return { status: 304, headers: only(keptBy304, picture.headers), body: emptyBody }
    case 'partial':
      return partial(picture, verdict.start, verdict.end)
    case 'range-not-satisfiable':
      return unsatisfiable(picture)
  }
}

function partial({ headers, body }: Answer, start: number, end: number): Answer {
  const part = partOf(body, { start, end })
  const range = {
    'content-range': `bytes ${start}-${end}/${body.length}`,
    'content-length': String(part.length),
  }
  return { status: 206, headers: { ...headers, ...range }, body: part }
}

const partOf = (body: Body, range: ByteRange): Body =>
  Buffer.isBuffer(body) ? body.subarray(range.start, range.end + 1) : partOfFile(body, range)

const partOfFile = (file: FileBody, part: ByteRange): FileBody => ({
  length: part.end - part.start + 1,
  open: ({ start, end }, signal) => file.open({ start: part.start + start, end: part.start + end }, signal),
})

function unsatisfiable({ headers, body }: Answer): Answer {
  const range = { 'content-range': `bytes */${body.length}`, 'content-length': '0' }
  return { status: 416, headers: { ...only(keptBy416, headers), ...range }, body: emptyBody }
}

/** What speaks of this exchange, not of the body: it stays true of an answer without one. */
const ofTheExchange = [
  'date',
  'cache-status',
  'server-timing',
  'access-control-allow-origin',
  'access-control-expose-headers',
  'cross-origin-resource-policy',
  'timing-allow-origin',
]

/** What a 304 must repeat (RFC 9110 15.4.5), and Age (RFC 9111 4). */
const keptBy304 = [
  'age',
  'etag',
  'cache-control',
  'cdn-cache-control',
  'content-location',
  'expires',
  'vary',
  ...ofTheExchange,
]

const keptBy416 = ['vary', 'accept-ranges', ...ofTheExchange]

function only(names: readonly string[], headers: Headers): Headers {
  const kept: Record<string, string> = {}
  for (const name of names) if (headers[name] !== undefined) kept[name] = headers[name]
  return kept
}
