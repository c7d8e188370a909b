// How fast removal goes: as slowly as it can to be done in time, because readers notice every bit of it. Pure.
import type { Removed } from './removal-thread.ts'

/**
 * Discarded files are gone from the disk after this time. A minute is allowed, and a slow start needs some of it.
 */
const doneMs = 52_000
/** Slower is not worth the wait: a thousand small folders a second nobody notices. */
const leastPerSecond = 1000
/** The rate for a folder past its time, or of unknown age: as for a hundred thousand files. */
const latePerSecond = 2500

export interface RemovalRate {
  /** For one remover. */
  perSecond(): number
  /** How many removers have to work at once. */
  lanes(most: number): number
  removed(some: Removed): void
}

export interface RemovalRateOptions {
  /** When it was put away, in milliseconds since 1970; NaN when nobody knows. */
  readonly since: number
  /** Folders of about as many things each. */
  readonly bits: number
  readonly now: () => number
}

export function createRemovalRate({ since, bits, now }: RemovalRateOptions): RemovalRate {
  const endsAt = since <= now() ? since + doneMs : Number.NaN
  let total = 0
  let removed = 0
  // Recent reports only, so that the estimate follows a disk that becomes slow.
  let things = 0
  let busyMs = 0

  /** Things a second, all removers together. */
  function needed(): number {
    const leftMs = endsAt - now()
    return leftMs > 1000
      ? Math.max(leastPerSecond, (Math.max(0, total - removed) * 1000) / leftMs)
      : Math.max(latePerSecond, (total * 1000) / doneMs)
  }

  function lanes(most: number): number {
    if (busyMs === 0) return 1
    // A remover rests at least a tenth of the time that it works.
    const mostPerSecond = (things / busyMs) * 900
    return Math.min(most, Math.max(1, Math.ceil(needed() / Math.max(1, mostPerSecond))))
  }

  return {
    perSecond: () => needed() / lanes(Number.POSITIVE_INFINITY),
    lanes,
    removed(some) {
      if (total === 0) total = bits * (some.things + some.left)
      removed += some.things
      things = things * memory + some.things
      busyMs = busyMs * memory + some.busyMs
    },
  }
}

/** Of what was before, as a share, at each report. */
const memory = 0.9
