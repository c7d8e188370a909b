// The seam of the log of purges: append-only, read again from any position, the same for one process and for many.
import type { LoggedPurge, Purge } from './purge.ts'

/**
 * A log is bounded. Of several purges about the same it keeps the newest; of too many things it widens the oldest
 * (createKeptPurges), so that whoever reads it again purges too much rather than too little.
 *
 * A member that was away asks for what was logged behind the last position it knows. If it was away longer than the log
 * reaches back, the first purge that it gets is about everything, at the position where the log begins now.
 *
 * Every implementation passes test/contracts/purge-log.ts.
 */
export interface PurgeLog {
  /** Resolves when the purges are as durable as the log is, and all followers know them. Positions rise. */
  append(purges: readonly Purge[]): Promise<readonly LoggedPurge[]>
  /** What was logged behind a position, in order; 0 is before everything. */
  since(position: number): Promise<readonly LoggedPurge[]>
  /** Tells of every purge that is appended from now on, by whichever member. */
  follow(told: (purge: LoggedPurge) => void): void
  close(): Promise<void>
}
