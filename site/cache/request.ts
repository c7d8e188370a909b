// What a request says of the ways in which it may be answered. Pure.
import type { ForwardReason } from '../../http/cache-status.ts'
import { requestDirectives } from '../../http/request-directives.ts'
import type { Asking } from './asking.ts'
import type { SiteEntry } from './entry.ts'
import type { Found } from './variants.ts'

/** Only the origin may say whether these hold (RFC 9111 4.3.2). */
export const isConditionedOnPresent = ({ headers }: Pick<Asking, 'headers'>): boolean =>
  headers['if-match'] !== undefined || headers['if-unmodified-since'] !== undefined

/** A plain GET, whose answer does not depend on who asks as far as is known. */
export function mayCollapse({ method, headers }: Asking, entry: SiteEntry | undefined): boolean {
  if (method !== 'GET' || headers.authorization !== undefined) return false
  const isPlain = headers['if-none-match'] === undefined && headers['if-modified-since'] === undefined
  const { noCache, maxAge, minFresh } = requestDirectives(headers)
  if (noCache || maxAge !== undefined || minFresh !== undefined || headers.range !== undefined) return false
  return isPlain || entry !== undefined
}

/** Why the origin is asked. */
export function reasonFor({ hasOthers }: Found, asked: SiteEntry | undefined, now: number): ForwardReason {
  if (asked) return asked.freshUntil > now ? 'request' : 'stale'
  return hasOthers ? 'vary-miss' : 'uri-miss'
}
