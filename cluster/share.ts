// The seam of sharing: of a piece of work that several members want at once, one does it and the others get its answer.
import type { Answer, HeldAnswer } from '../tier.ts'

export interface Errand {
  /** What the work is about, the same on every member. */
  readonly key: string
  /** Aborted when nobody here waits any more. */
  readonly signal: AbortSignal
  /** Does the work here. */
  fly(): Promise<Answer | undefined>
  /**
   * For how many milliseconds others may have the answer without asking anew; 0: those who wait already. Undefined where
   * it is nobody else's.
   */
  keepMs(answer: HeldAnswer): number | undefined
}

export interface Shared {
  /** Undefined where `fly` said so. */
  readonly answer: Answer | undefined
  /** Seconds for which another member has had it; undefined where it was made here. */
  readonly heldSeconds?: number
}

/** Rejects as `fly` does, and with 'abandoned' when `signal` aborts. */
export type Share = (errand: Errand) => Promise<Shared>
