// What somebody wants purged, and what they are told when it is.
import type { Purge } from './purge.ts'
import type { Appended } from './shared-log.ts'

/** All are addresses as clients write them, whole or from the path on. */
export interface PurgeOrder {
  /** With their options, in any URL language and any order: each as every kind of client gets it. */
  readonly urls?: readonly string[] | undefined
  /** Source pictures: /source/path. All that was made from them. */
  readonly pictures?: readonly string[] | undefined
  /** Surrogate keys, as answers carry them. */
  readonly keys?: readonly string[] | undefined
  /** Beginnings of addresses: /source/and/some. */
  readonly prefixes?: readonly string[] | undefined
  readonly sources?: readonly string[] | undefined
  /** All that is stored of these sites. */
  readonly sites?: readonly string[] | undefined
  readonly everything?: boolean | undefined
  readonly isSoft?: boolean | undefined
}

/** What a member is told: what to purge, and where the order stands in the log that all share, if it stands there. */
export interface Delivery {
  readonly purges: readonly Purge[]
  readonly logged?: Appended | undefined
}

/** One cache of one member. */
export interface Acknowledgement {
  /** nginx, edge, shield, origin, result cache, source cache. */
  readonly part: string
  /** The address of its member; undefined in this process, where that is not known. */
  readonly member?: string | undefined
  /** Milliseconds since the epoch: from then on nothing older leaves that cache. Undefined where it did not answer. */
  readonly at?: number | undefined
  /** Why there is no answer, in a sentence for people. */
  readonly failed?: string | undefined
}

export interface Receipt {
  readonly parts: readonly Acknowledgement[]
  /** Whether those who did not answer learn of it before they serve again. */
  readonly isPromised: boolean
}

/** Purges this process; the caches that have it. */
export type PurgeHere = (delivery: Delivery) => Promise<readonly Acknowledgement[]>

/** Purges every member, those nearest to the sources first, so that none is filled again from one that was not purged yet. */
export type PurgeAll = (purges: readonly Purge[]) => Promise<Receipt>

/**
 * Throws 'bad-address', 'bad-option' or 'unknown-source' for the order, 'upstream-failed' where a member did not answer
 * that will not learn of it by itself.
 */
export type Order = (order: PurgeOrder) => Promise<Receipt>
