// What an nginx in front is told of how long it may keep an answer, in the only words that it reads: X-Accel-Expires, and
// the windows of RFC 5861 in Cache-Control. Pure.
import { directives } from '../http/directives.ts'
import type { Headers } from '../tier.ts'

/** Adds it to the headers of an answer: `below` as it came from the tiers, `client` as a browser gets it. */
export type TellFront = (client: Headers, below: Headers, freshUntil?: number) => Headers

export const tellNobody: TellFront = (client) => client

/** `freshUntil` in milliseconds since the epoch, where it is known; else the answer's own age counts. */
export const tellNginx: TellFront = (client, below, freshUntil) => {
  const shared = directives(below)
  const written = client['cache-control'] ?? ''
  // Then nginx keeps nothing anyway, and reads no Cache-Control behind an X-Accel-Expires.
  if (/\b(?:private|no-store|no-cache)\b/i.test(written)) return client
  const { staleIfError } = shared
  const isOpen = staleIfError !== undefined && !shared.mustRevalidate && !/stale-if-error/i.test(written)
  const { 'cache-control': _, ...rest } = client
  return {
    ...rest,
    'cache-control': isOpen ? `${written}, stale-if-error=${staleIfError}` : written,
    // The last: nginx reads headers in their order.
    'x-accel-expires': lifetime(shared, below, freshUntil),
  }
}

function lifetime(shared: ReturnType<typeof directives>, below: Headers, freshUntil?: number): string {
  if (shared.noStore || shared.noCache || shared.private) return '0'
  if (freshUntil !== undefined) return `@${Math.floor(freshUntil / 1000)}`
  const seconds = (shared.sMaxage ?? shared.maxAge ?? 0) - Number(below.age ?? 0)
  return String(Math.max(0, seconds) || 0)
}
