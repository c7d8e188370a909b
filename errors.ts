// What can go wrong, as values. No HTTP in here: problem.ts is the one table that turns a kind into a status.

/** The closed list of failures. A new kind does not compile until problem.ts has its row. */
export type FailureKind =
  // the client's fault
  | 'bad-address'
  | 'bad-option'
  | 'bad-signature'
  | 'expired'
  | 'unknown-source'
  | 'forbidden-address'
  | 'bad-method'
  | 'not-neighbour'
  | 'not-found'
  | 'bad-credentials'
  | 'not-allowed'
  | 'over-quota'
  | 'rate-limited'
  | 'bad-request'
  /** The host of the request is none of ours. */
  | 'unknown-host'
  | 'loop'
  /** Only what is stored was asked for (only-if-cached). */
  | 'not-stored'
  | 'bad-version'
  | 'coding-unknown'
  | 'target-too-long'
  | 'headers-too-large'
  | 'bad-body'
  | 'body-too-large'
  | 'body-unsupported'
  | 'bad-range'
  | 'stalled'
  | 'conflict'
  // the source picture's fault
  | 'source-missing'
  /** The source's server does not let us in (401, 403); object stores also say so of what is not there. */
  | 'source-refused'
  | 'source-too-large'
  | 'source-unsupported'
  | 'source-broken'
  | 'too-costly'
  /** A program that this machine does not have. */
  | 'tool-missing'
  // the source server's fault
  | 'source-failed'
  | 'source-late'
  // ours
  | 'too-many'
  | 'busy'
  | 'late'
  | 'tier-refused'
  | 'upstream-failed'
  | 'upstream-late'
  | 'disk-full'
  | 'records-unavailable'
  | 'abandoned'
  | 'internal'

export interface FailureDetails {
  /** The option, as written in the URL, that is at fault. */
  readonly option?: string
  /** What would have been accepted, in words: "an integer from 1 to 8192". */
  readonly expected?: string
  /** What was received, shortened. Only ever the client's own input. */
  readonly received?: string
  /** Seconds after which a new try makes sense. */
  readonly retryAfterSeconds?: number
  /** The limits that were reached, by name. */
  readonly policies?: readonly string[]
  /** Seconds for which the failure is known to hold; where nothing is known its kind says how long it is kept. */
  readonly keepSeconds?: number
  /** Kept for the log, never shown to a client. */
  readonly cause?: unknown
}

/** A failure with a kind. `message` is one sentence that may be shown to a client: no paths, hosts or secrets of ours. */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly kind: FailureKind
  readonly details: FailureDetails

  constructor(kind: FailureKind, message: string, details: FailureDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.kind = kind
    this.details = details
  }
}

/** Whether a disk, or a user's share of it, has no room for what was to be written. */
export const isDiskFull = (thrown: unknown): boolean =>
  ['ENOSPC', 'EDQUOT'].includes((thrown as NodeJS.ErrnoException | undefined)?.code ?? '')

export const diskFull = (cause: unknown): Failure =>
  new Failure('disk-full', 'There is no room left on the disk for it.', { cause })

/** Any thrown value as a Failure; what was not one of ours is 'internal' and keeps its cause for the log. */
export function asFailure(thrown: unknown): Failure {
  if (thrown instanceof Failure) return thrown
  if (isDiskFull(thrown)) return diskFull(thrown)
  return new Failure('internal', 'Something went wrong on our side.', { cause: thrown })
}
