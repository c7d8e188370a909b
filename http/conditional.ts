// Conditional requests and byte ranges against a whole answer (RFC 9110 13 and 14), pure: nothing is fetched or copied.
// If-Match and If-Unmodified-Since are not read: only the origin may evaluate them (RFC 9111 4.3.2).
import { type Answer, emptyBody, type Headers, type HeldAnswer } from '../tier.ts'
import { parseHttpDate } from './dates.ts'
import { type Choice, chooseRange, partOf, whole } from './ranges.ts'

export type Verdict = Choice | { readonly kind: 'not-modified' }

/** Header names in lower case, as node:http and our tiers have them. */
export type RequestHeaders = Readonly<Record<string, string | undefined>>

/** The answer a GET or HEAD with these headers gets: whole, 304, 206 or 416. */
export function answerTo(answer: HeldAnswer, request: RequestHeaders): HeldAnswer
export function answerTo(answer: Answer, request: RequestHeaders): Answer
export function answerTo(answer: Answer, request: RequestHeaders): Answer {
  return apply(evaluate(answer, request), answer)
}

export function evaluate(answer: Answer, request: RequestHeaders): Verdict {
  // Conditions and ranges are about a successful answer only (RFC 9110 13.2.1, 14.2).
  if (answer.status !== 200) return whole
  if (isNotModified(answer.headers, request)) return { kind: 'not-modified' }
  if (request.range === undefined || !ifRangeHolds(answer.headers, request['if-range'])) return whole
  return chooseRange(request.range, answer.body.length)
}

/** If-Modified-Since counts only where there is no If-None-Match (RFC 9110 13.1.3). */
function isNotModified(headers: Headers, request: RequestHeaders): boolean {
  const tags = request['if-none-match']
  if (tags !== undefined) return noneMatchFails(tags, headers.etag)
  const since = parseHttpDate(request['if-modified-since'])
  // Without a date of change that of its making will do (RFC 9111 4.3.2).
  const modified = parseHttpDate(headers['last-modified'] ?? headers.date)
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
  // It may change twice in one second, so a date is only strong a second later (RFC 9110 8.8.2.2).
  if (modified === undefined || date === undefined || date - modified < 1000) return false
  return parseHttpDate(condition) === modified
}

/** The verdict as an answer. Bodies are views of the answer's own, or parts of its file. */
export function apply(verdict: Verdict, answer: Answer): Answer {
  switch (verdict.kind) {
    case 'whole':
      return answer
    case 'not-modified':
      return { ...answer, status: 304, headers: only(keptBy304, answer.headers), body: emptyBody }
    case 'partial':
      return partial(answer, verdict.start, verdict.end)
    case 'range-not-satisfiable':
      return unsatisfiable(answer)
  }
}

function partial(answer: Answer, start: number, end: number): Answer {
  const { headers, body } = answer
  const part = partOf(body, { start, end })
  const range = {
    'content-range': `bytes ${start}-${end}/${body.length}`,
    'content-length': String(part.length),
  }
  return { ...answer, status: 206, headers: { ...headers, ...range }, body: part }
}

function unsatisfiable(answer: Answer): Answer {
  const { headers, body } = answer
  const range = { 'content-range': `bytes */${body.length}`, 'content-length': '0' }
  return { ...answer, status: 416, headers: { ...only(keptBy416, headers), ...range }, body: emptyBody }
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
