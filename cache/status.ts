// What a cache says it did (Cache-Status, RFC 9211): one member for each tier, the one nearest the client last.
import type { Headers } from '../tier.ts'
import type { Entry } from './entry.ts'

export type Told = Hit | Forwarded

interface Hit {
  /** Seconds of freshness left; negative for a stale hit. */
  readonly ttl: number
  readonly detail?: string
}

interface Forwarded {
  /** Why upstream was asked. */
  readonly fwd: 'uri-miss' | 'stale'
  /** Upstream's status, where it is not the one sent on. */
  readonly fwdStatus?: number
  readonly stored?: boolean
  readonly collapsed?: boolean
}

/** `halftone-shield; hit; ttl=30` */
export function member(name: string, told: Told): string {
  if ('ttl' in told) return `${name}; hit; ttl=${told.ttl}${told.detail ? `; detail=${told.detail}` : ''}`
  const { fwd, fwdStatus, stored, collapsed } = told
  const status = fwdStatus === undefined ? '' : `; fwd-status=${fwdStatus}`
  return `${name}; fwd=${fwd}${status}${stored ? '; stored' : ''}${collapsed ? '; collapsed' : ''}`
}

/** The headers with our member behind those of the tiers further up. */
export function withMember(headers: Headers, ours: string): Headers {
  const upstream = headers['cache-status']
  return { ...headers, 'cache-status': upstream ? `${upstream}, ${ours}` : ours }
}

/** Whole seconds of freshness left. A stale entry never says 0, so that the sign alone tells. */
export function ttlSeconds(entry: Entry, now: number): number {
  const seconds = Math.floor((entry.freshUntil - now) / 1000)
  return now < entry.freshUntil ? seconds : Math.min(-1, seconds)
}

/** The Age header's value (RFC 9111 4.2.3). */
export function ageSeconds(entry: Entry, now: number): number {
  return Math.max(0, entry.ageOnArrival + Math.floor((now - entry.storedAt) / 1000))
}
