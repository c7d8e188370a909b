// How long a picture may be kept by browsers and by caches of ours: what its source says, within the operator's bounds. Pure.
import type { Headers } from '../tier.ts'
import { type Caching, type Lifetime, mayBeKept } from './caching.ts'

export interface Freshness {
  /** Upper bounds of all lifetimes, counted from now, whatever the source says. */
  readonly browserSeconds: number
  readonly cdnSeconds: number
  /** Where a source leaves open what becomes of a stale copy (RFC 5861); undefined: a tenth of its lifetime, a day at most. */
  readonly staleWhileRevalidateSeconds: number | undefined
  readonly staleIfErrorSeconds: number
}

/**
 * Cache-Control speaks to browsers, CDN-Cache-Control to the tiers between, which can be purged and so may keep longer
 * (RFC 9213). Lifetimes are counted from the source's answer, whose Age goes along: no tier begins them anew.
 */
export function cacheHeaders(caching: Caching, bounds: Freshness): Headers {
  const { ageSeconds } = caching
  return {
    'cache-control': browserDirectives(caching, bounds).join(', '),
    'cdn-cache-control': sharedDirectives(caching, bounds).join(', '),
    ...(ageSeconds > 0 && { age: String(ageSeconds) }),
  }
}

/** For an asker of another revision: kept long enough for a burst, gone when the upgrade is through. */
export function fleetingHeaders({ browsers, shared, ...caching }: Caching): Headers {
  const brief = { staleWhileRevalidateSeconds: 0, staleIfErrorSeconds: 0 }
  const bounds = { browserSeconds: 5, cdnSeconds: 5, ...brief }
  return cacheHeaders(
    { ...caching, browsers: { ...browsers, ...brief }, shared: { ...shared, ...brief } },
    bounds,
  )
}

function browserDirectives({ browsers, shared, ageSeconds, isApart }: Caching, bounds: Freshness): string[] {
  if (browsers.noStore) return [...(browsers.private ? ['private'] : []), 'no-store']
  const audience = browsers.private ? 'private' : 'public'
  if (browsers.noCache) return [audience, 'no-cache']
  const { mustRevalidate, staleWhileRevalidateSeconds: own, staleIfErrorSeconds } = browsers
  // What a source forbids or grants to us, or says to browsers alone, is not ours to widen for them.
  const isOpen = mayBeKept(shared) && shared.staleWhileRevalidateSeconds === undefined && !isApart
  return [
    audience,
    maxAge(browsers, ageSeconds, bounds.browserSeconds),
    ...(mustRevalidate ? ['must-revalidate'] : []),
    // For proxies in front of us that do not read CDN-Cache-Control.
    ...(shared.mustRevalidate && !mustRevalidate && !isApart ? ['proxy-revalidate'] : []),
    ...window('stale-while-revalidate', own ?? (isOpen ? grantedWindow(browsers, shared, bounds) : 0)),
    ...window('stale-if-error', staleIfErrorSeconds ?? 0),
  ]
}

function sharedDirectives({ shared, ageSeconds }: Caching, bounds: Freshness): string[] {
  if (!mayBeKept(shared)) return ['no-store']
  if (shared.noCache) return ['no-cache']
  return [
    maxAge(shared, ageSeconds, bounds.cdnSeconds),
    ...(shared.mustRevalidate ? ['must-revalidate'] : []),
    ...window(
      'stale-while-revalidate',
      shared.staleWhileRevalidateSeconds ?? grantedWindow(shared, shared, bounds),
    ),
    ...window('stale-if-error', shared.staleIfErrorSeconds ?? bounds.staleIfErrorSeconds),
  ]
}

/** What the operator grants is also used while the source fails, so it ends where the source wants errors to be seen. */
function grantedWindow({ freshSeconds }: Lifetime, shared: Lifetime, bounds: Freshness): number {
  // Who gives a short lifetime cares for every second of it (RFC 9111 4.2.4): more than this only if the operator says so.
  const { staleWhileRevalidateSeconds: granted = Math.min(Math.floor(freshSeconds / 10), 86_400) } = bounds
  return Math.min(granted, shared.staleIfErrorSeconds ?? Infinity)
}

const maxAge = ({ freshSeconds }: Lifetime, ageSeconds: number, mostSeconds: number): string =>
  `max-age=${Math.floor(Math.min(freshSeconds, ageSeconds + mostSeconds))}`

const window = (name: string, seconds: number): string[] => (seconds > 0 ? [`${name}=${seconds}`] : [])
