// What a cache says it did (Cache-Status, RFC 9211): one member for each tier, the one nearest the client last.
import type { Headers } from '../tier.ts'

export type Told = Hit | Forwarded

interface Hit {
  /** Seconds of freshness left; negative for a stale hit. */
  readonly ttl: number
  readonly detail?: string
}

/** Why a request went on (RFC 9211 2.2). */
export type ForwardReason =
  /** Nothing was stored for this address. */
  | 'uri-miss'
  /** What was stored is for other request headers. */
  | 'vary-miss'
  | 'stale'
  /** Only a part of what was asked for was stored. */
  | 'partial'
  /** The request forbade the use of what was stored. */
  | 'request'
  /** The answer to such a method is not stored. */
  | 'method'
  /** The cache is not to deal with this. */
  | 'bypass'

interface Forwarded {
  /** Why upstream was asked. */
  readonly fwd: ForwardReason
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
