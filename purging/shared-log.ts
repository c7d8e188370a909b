// The seam of the log that all members share: what was purged anywhere, so that a member that was away learns of it.
import type { Purge } from './purge.ts'

/** The place of an order in the log. Only the log compares places. */
export type Place = string

export interface SharedOrder {
  readonly place: Place
  readonly purges: readonly Purge[]
}

export interface Appended {
  readonly place: Place
  /** The place before it. */
  readonly after: Place
}

/** What was logged behind a place. */
export interface Behind {
  readonly orders: readonly SharedOrder[]
  /** Where the log ends with these. */
  readonly end: Place
  /** False where more than these was purged, or may have been: the log does not reach back so far, or was lost. */
  readonly isWhole: boolean
}

/**
 * Bounded: the oldest orders are forgotten. All of it may reject, where the log cannot be reached.
 *
 * Every implementation passes test/contracts/shared-log.ts.
 */
export interface SharedLog {
  /** `known`: the place up to which the caller knows the log, so that a log that was lost begins again there. */
  append(purges: readonly Purge[], known: Place | undefined): Promise<Appended>
  /** Without a place: nothing but the end, and not whole. */
  behind(place: Place | undefined): Promise<Behind>
}
