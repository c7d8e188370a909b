// How failures cross from worker threads: classes do not survive the way, so they travel as plain values.
import { asFailure, Failure, type FailureDetails, type FailureKind } from '../errors.ts'

export interface FailureMessage {
  readonly kind: FailureKind
  readonly message: string
  readonly cause: string
  readonly details?: Omit<FailureDetails, 'cause'>
}

/** On the worker's side. */
export function toFailureMessage(thrown: unknown): FailureMessage {
  const { kind, message, cause, details } = asFailure(thrown)
  const { cause: _, ...plain } = details
  return {
    kind,
    message,
    cause: wordsOf(cause),
    details: plain,
  }
}

const wordsOf = (cause: unknown): string =>
  cause instanceof Error ? (cause.stack ?? cause.message) : String(cause ?? '')

/** On this side. */
export const failureOf = ({ kind, message, cause, details }: FailureMessage): Failure =>
  new Failure(kind, message, { ...details, ...(cause !== '' && { cause }) })
