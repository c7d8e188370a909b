// The seam of limiters: memory, Redis, and one that falls back from the second to the first.
import type { Claim } from './rules.ts'

export interface Decision {
  /** Whether all buckets had room; only then was anything taken, from each of them one request. */
  readonly isAdmitted: boolean
  /** Units used of each claim's bucket, in the order of the claims. */
  readonly used: readonly number[]
}

export interface Limiter {
  /** All or nothing, and atomic. One in memory answers at once. */
  take(claims: readonly Claim[]): Decision | Promise<Decision>
}
