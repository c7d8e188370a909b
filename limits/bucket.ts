// The token bucket, exact: all its numbers are integers that a double holds without rounding. Its twins are
// lua/halftone/token-bucket.redis.lua and the fallback in lua/halftone/limits.lua.
import type { Limit } from './rules.ts'

/**
 * One request. A rate of 0.001 requests a second gives one unit back each microsecond, so every allowed rate gives back a
 * whole number. The largest burst is 10^15 units, below the 9 * 10^15 that a double counts to.
 */
export const unitsPerRequest = 1e9

/** How much of a bucket was used at a moment; a bucket that nobody knows is full. */
export interface Level {
  /** Units. */
  readonly used: number
  /** Microseconds. */
  readonly at: number
}

export interface Taken {
  readonly isAdmitted: boolean
  /** Units used, after the request was taken where it was. */
  readonly used: number
}

/** Units given back each microsecond. */
export const refillOf = ({ rate }: Limit): number => Math.round(rate * 1000)

export const capacityOf = ({ burst }: Limit): number => burst * unitsPerRequest

/** Units used at `at`. A clock that went back gives nothing back. */
export function usedAt(level: Level | undefined, limit: Limit, at: number): number {
  if (level === undefined) return 0
  return Math.max(0, level.used - Math.max(0, at - level.at) * refillOf(limit))
}

export const hasRoom = (used: number, limit: Limit): boolean => used + unitsPerRequest <= capacityOf(limit)

/** The level to be kept when a request is taken; later than the one before, also when the clock went back. */
export const levelAfter = (used: number, before: Level | undefined, at: number): Level => ({
  used: used + unitsPerRequest,
  at: Math.max(at, before?.at ?? 0),
})

/** What a client is told of a bucket. */
export interface Standing {
  /** Whole requests that it could send at once. */
  readonly remaining: number
  /** Whole seconds, rounded up, until the bucket is full again. */
  readonly fullInSeconds: number
  /** Whole seconds, rounded up, until there is room for one request; 0 where there is. */
  readonly retryInSeconds: number
}

export function standingOf(used: number, limit: Limit): Standing {
  const perSecond = refillOf(limit) * 1e6
  return {
    remaining: Math.max(0, Math.floor((capacityOf(limit) - used) / unitsPerRequest)),
    fullInSeconds: Math.ceil(used / perSecond),
    retryInSeconds: Math.max(0, Math.ceil((used + unitsPerRequest - capacityOf(limit)) / perSecond)),
  }
}
