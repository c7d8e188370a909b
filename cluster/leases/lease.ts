// The seam of leases: of all members that could do a piece of work, one does it, and the others learn where it lies.

/** How a piece of work ended: where others get what came of it; nothing where it is nobody else's. */
export interface Outcome {
  /** The address of the member that has it. */
  readonly at?: string
}

export interface Lease {
  /** Resolves when another member, which passed this one over, is done first. Until then it only waits. */
  readonly overtaken: Promise<string>
  /**
   * Tells all who wait. For the next `keepMs` milliseconds whoever comes is told of it too, instead of being granted.
   * Nobody has to wait for it.
   */
  release(outcome: Outcome, keepMs: number): void
}

/** Why somebody who waited has to look again: the holder was slow or died, or nobody knows any more. */
export type Landing = Outcome | 'look-again' | 'alone'

export type Taken =
  /** It is ours until it is released; it is renewed by itself. */
  | { readonly kind: 'granted'; readonly lease: Lease }
  /** It was done lately. */
  | { readonly kind: 'done'; readonly at: string }
  /** Another member does it. Settles when that member is done, late or gone; rejects when `signal` aborts. */
  | { readonly kind: 'held'; wait(signal: AbortSignal): Promise<Landing> }
  /** Nothing is known of the others. */
  | { readonly kind: 'alone' }

/**
 * One member's view of the leases of all. A lease is granted where nobody holds it, where its holder died (it renews
 * what it holds until its end, at least every `leaseMs`), and where its holder has had it for longer than `hedgeMs`.
 *
 * Every implementation passes test/contracts/lease.ts.
 */
export interface Leases {
  /** Never rejects. Whoever is told 'held' has to wait, or the next lease of this key is not known to it. */
  take(key: string): Promise<Taken>
  /** What is held is no longer renewed. */
  close(): Promise<void>
}

export interface LeaseTimes {
  /** How long a holder may take before another one does the same beside it. */
  readonly hedgeMs: number
  /** How long a holder that says nothing is believed to be alive. */
  readonly leaseMs: number
}
