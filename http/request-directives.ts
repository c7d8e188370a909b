// What a request says about stored answers: Cache-Control (RFC 9111 5.2.1), and the Pragma of old clients (5.4). Pure.
import type { Headers } from '../tier.ts'
import { cacheControl, deltaSeconds } from './directives.ts'

export interface RequestDirectives {
  /** Seconds: no older answer will do. */
  readonly maxAge?: number
  /** Seconds past its freshness for which a stale answer will do; Infinity where no number is given. */
  readonly maxStale?: number
  /** Seconds for which the answer is to stay fresh. */
  readonly minFresh?: number
  /** No stored answer is used before upstream has confirmed it. */
  readonly noCache: boolean
  readonly noStore: boolean
  /** What is not stored is not asked for either, and 504 says so. */
  readonly onlyIfCached: boolean
}

export function requestDirectives(request: Headers): RequestDirectives {
  const field = request['cache-control']
  // Pragma counts only where there is no Cache-Control (RFC 9111 5.4).
  const members = cacheControl(field ?? request.pragma ?? '')
  return {
    ...optional('maxAge', members.get('max-age')),
    ...maxStale(members.get('max-stale')),
    ...optional('minFresh', members.get('min-fresh')),
    noCache: members.has('no-cache'),
    noStore: field !== undefined && members.has('no-store'),
    onlyIfCached: field !== undefined && members.has('only-if-cached'),
  }
}

/** `minFresh` alone: all that one tier says to the next. */
export function minFresh({ 'cache-control': field }: Headers): number | undefined {
  const value = field === undefined ? undefined : cacheControl(field).get('min-fresh')
  return value === undefined ? undefined : deltaSeconds(value)
}

/** `onlyIfCached` alone. */
export const onlyIfCached = ({ 'cache-control': field }: Headers): boolean =>
  field !== undefined && cacheControl(field).has('only-if-cached')

const optional = (name: 'maxAge' | 'minFresh', value: string | undefined) =>
  value === undefined ? {} : { [name]: deltaSeconds(value) }

function maxStale(value: string | undefined): Pick<RequestDirectives, 'maxStale'> {
  if (value === undefined) return {}
  return { maxStale: value === '' ? Number.POSITIVE_INFINITY : deltaSeconds(value) }
}

/** What is known of a stored answer. */
export interface StoredFreshness {
  readonly ageSeconds: number
  /** Freshness left, in seconds; negative for what it has been stale. */
  readonly ttlSeconds: number
  /** It forbids its use past its freshness (RFC 9111 5.2.2.2, 5.2.2.8 and 5.2.2.10). */
  readonly mustRevalidate: boolean
}

/** Whether the asker takes the stored answer without a word from upstream, as far as it alone decides (RFC 9111 4). */
export function accepts(asked: RequestDirectives, stored: StoredFreshness): boolean {
  const { ageSeconds, ttlSeconds, mustRevalidate } = stored
  if (asked.noCache || ageSeconds > (asked.maxAge ?? Number.POSITIVE_INFINITY)) return false
  if (asked.minFresh !== undefined && ttlSeconds < asked.minFresh) return false
  if (ttlSeconds > 0) return true
  return asked.maxStale !== undefined && !mustRevalidate && -ttlSeconds <= asked.maxStale
}
