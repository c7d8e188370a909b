// How long a picture may be kept by browsers and by caches of ours, from what is known of its source. Pure.
import type { Headers } from '../tier.ts'
import type { Source } from './loader.ts'

/** The longest times that are given out, whatever a source says. */
export interface Freshness {
  readonly browserSeconds: number
  readonly cdnSeconds: number
  readonly staleWhileRevalidateSeconds: number
  readonly staleIfErrorSeconds: number
}

export function cacheHeaders(source: Pick<Source, 'freshSeconds' | 'isPrivate'>, bounds: Freshness): Headers {
  if (source.isPrivate) return { 'cache-control': 'private, no-store' }
  const { staleWhileRevalidateSeconds: revalidate, staleIfErrorSeconds: error } = bounds
  const browser = Math.min(source.freshSeconds, bounds.browserSeconds)
  const cdn = Math.min(source.freshSeconds, bounds.cdnSeconds)
  return {
    'cache-control': `public, max-age=${browser}, stale-while-revalidate=${revalidate}`,
    // For the tiers between, which can be purged and so may keep longer than a browser (RFC 9213).
    'cdn-cache-control': `max-age=${cdn}, stale-while-revalidate=${revalidate}, stale-if-error=${error}`,
  }
}
