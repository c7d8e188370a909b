// Whether what a flight brought may be the answer of others who waited for it. Pure.
import { matches } from '../../http/vary.ts'
import type { Headers } from '../../tier.ts'
import type { Asking } from './asking.ts'
import type { Landing } from './forward.ts'

export function mayBeShared(landing: Landing): boolean {
  if (landing.kind === 'arrived') return landing.isShareable
  return landing.kind === 'stale' || (landing.isFresh && landing.cookies.length === 0)
}

/** Others may join until it is stored. */
export async function lastsOf(landing: Landing): Promise<unknown> {
  if (landing.kind !== 'arrived' || !landing.isShareable) return undefined
  return landing.fill?.filled
}

/** Undefined for what was stored before: it was looked at already. */
export const headersIn = (landing: Landing): Headers | undefined =>
  landing.kind === 'arrived' ? landing.headers : undefined

/**
 * Whoever waited may have sent other headers, of which the answer depends (RFC 9111 4.1). `purgedAt`: the newest purge
 * about it.
 */
export function isFor(landing: Landing, { headers }: Pick<Asking, 'headers'>, purgedAt: number): boolean {
  if (landing.kind !== 'arrived') return true
  return matches(landing.headers.vary, landing.asked, headers) && landing.epoch >= purgedAt
}

/** Keeps the body for one more reader, who is about to open it; false where it is too late. */
export function hold(landing: Landing): boolean {
  if (landing.kind !== 'arrived' || landing.fill === undefined) return true
  const { fill } = landing
  if (fill.isBroken()) return false
  fill.claim()
  setImmediate(fill.release)
  return true
}
