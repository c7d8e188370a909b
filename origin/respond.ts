// Turns a result into the origin's answer. Its headers depend on the source, the time and the request. Pure.
import { answerTo } from '../cache/conditional.ts'
import { surrogateKeys } from '../purging/index.ts'
import type { Answer, Ask, Headers } from '../tier.ts'
import type { Source } from './loader.ts'
import type { ObtainedResult } from './result.ts'

export interface AnswerContext {
  readonly ask: Ask
  readonly place: { readonly source: string; readonly path: string }
  readonly source: Source
  readonly loadMs: number
  /** Whether the result was kept, where it was made just now. */
  readonly isKept: boolean
  /** How long it may be kept, and its age. */
  readonly freshness: Headers
}

/** The whole picture, or 304 when the asker's own copy is this one. */
export function respond(
  result: ObtainedResult,
  { ask, place, source, loadMs, isKept, freshness }: AnswerContext,
): Answer {
  const { status, headers, body } = result.answer
  const whole = {
    ...headers,
    ...freshness,
    ...(source.lastModified && { 'last-modified': source.lastModified }),
    'surrogate-key': surrogateKeys(place.source, place.path),
    'cache-status': cacheStatus(result, isKept),
    'server-timing': serverTiming(result, loadMs),
    'x-content-type-options': 'nosniff',
  }
  return answerTo({ status, headers: whole, body }, conditionOf(ask.headers))
}

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
