// Turns a result into the origin's answer. Its headers depend on the source, the time and the request. Pure.
import { answerTo } from '../http/conditional.ts'
import { surrogateKeys } from '../purging/index.ts'
import type { Answer, Ask, Headers } from '../tier.ts'
import type { SourceName } from '../transforms/index.ts'
import type { Source } from './loader.ts'
import type { ObtainedResult } from './result.ts'

export interface AnswerContext {
  readonly ask: Ask
  /** Where they are. */
  readonly places: readonly SourceName[]
  /** What the picture is made from, the source it is a picture of first. */
  readonly sources: readonly [Source, ...Source[]]
  readonly loadMs: number
  /** Whether the result was kept, where it was made just now. */
  readonly isKept: boolean
  /** How long it may be kept, and its age. */
  readonly freshness: Headers
}

/** The whole picture, or 304 when the asker's own copy is this one. */
export function respond(
  result: ObtainedResult,
  { ask, places, sources, loadMs, isKept, freshness }: AnswerContext,
): Answer {
  const { status, headers, body } = result.answer
  const whole = {
    ...headers,
    ...freshness,
    ...lastModifiedOf(sources),
    'surrogate-key': keysOf(places),
    'cache-status': cacheStatus(result, isKept),
    'server-timing': serverTiming(result, loadMs),
    'x-content-type-options': 'nosniff',
  }
  return answerTo({ status, headers: whole, body }, conditionOf(ask.headers))
}

/** When the youngest of them was changed; unknown where one does not tell. */
function lastModifiedOf(sources: readonly Source[]): Headers {
  const dates = sources.map(({ lastModified }) => lastModified)
  if (!dates.every((date) => date !== undefined)) return {}
  const [latest = ''] = dates.toSorted((a, b) => Date.parse(b) - Date.parse(a))
  return { 'last-modified': latest }
}

/** Labels to purge by: everything of each source, and everything made from each picture of it. */
export const keysOf = (places: readonly SourceName[]): string =>
  [...new Set(places.flatMap(({ source, path }) => surrogateKeys(source, path).split(' ')))].join(' ')

/** RFC 9211; a hit here has no `ttl`, for a result never ages. */
function cacheStatus({ outcome }: ObtainedResult, isKept: boolean): string {
  if (outcome === 'hit') return 'halftone-origin; hit'
  if (outcome === 'collapsed') return 'halftone-origin; fwd=uri-miss; collapsed'
  return `halftone-origin; fwd=uri-miss${isKept ? '; stored' : ''}`
}

/** Said of this answer only; the caches between do not store it. */
function serverTiming({ spent }: ObtainedResult, loadMs: number): string {
  if (!spent) return `load;dur=${roundMs(loadMs)}`
  const { readMs, waitMs, renderMs } = spent
  return `load;dur=${roundMs(loadMs + readMs)}, wait;dur=${roundMs(waitMs)}, render;dur=${roundMs(renderMs)}`
}

const roundMs = (ms: number): number => Math.max(0, Math.round(ms * 10) / 10)

/** Dates are for the tiers nearer to the client; a range is asked for by a tier that reads a file of ours. */
function conditionOf({ 'if-none-match': tags, range, 'if-range': holds }: Headers): Headers {
  return {
    ...(tags !== undefined && { 'if-none-match': tags }),
    ...(range !== undefined && { range }),
    ...(holds !== undefined && { 'if-range': holds }),
  }
}
