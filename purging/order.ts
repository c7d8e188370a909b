// What somebody wants purged, and what they are told when it is.
import type { Purge } from './purge.ts'

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

/** A process that has purged. */
export interface Acknowledgement {
  /** Its roles, and its address where it is another process. */
  readonly part: string
  /** Milliseconds since the epoch. From then on nothing older leaves that process. */
  readonly at: number
}

/** Purges every part, those nearest to the sources first, so that none is filled again from one that was not purged yet. */
export type PurgeAll = (purges: readonly Purge[]) => Promise<readonly Acknowledgement[]>

/** Throws 'bad-address', 'bad-option' or 'unknown-source' for the order, 'upstream-failed' when a part did not acknowledge. */
export type Order = (order: PurgeOrder) => Promise<readonly Acknowledgement[]>
