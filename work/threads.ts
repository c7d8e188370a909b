// Worker threads, and how failures cross from them: classes do not survive the way, so they travel as plain values.
import { Piscina } from 'piscina'
import { asFailure, Failure, type FailureDetails, type FailureKind } from '../errors.ts'

export interface FailureMessage {
  readonly kind: FailureKind
  readonly message: string
  readonly cause: string
  readonly details?: Omit<FailureDetails, 'cause'>
}

export interface ThreadsOptions {
  readonly workers: number
  /** URL of the module whose default export does the work. */
  readonly script: string
  /** Megabytes of JavaScript's own heap in each; a thread that needs more ends. Node's default when absent. */
  readonly maxHeapMb?: number
}

const idleThreadMs = 20_000

export function startThreads<Order, Answer>(options: ThreadsOptions): Piscina<Order, Answer> {
  const { workers, script, maxHeapMb } = options
  const threads: Piscina<Order, Answer> = new Piscina({
    filename: script,
    // One at the start; the others come with the work, and go when there is none.
    minThreads: 1,
    idleTimeout: idleThreadMs,
    maxThreads: workers,
    ...(maxHeapMb !== undefined && { resourceLimits: { maxOldGenerationSizeMb: maxHeapMb } }),
  })
  // A worker that dies while idle is replaced by Piscina; without a listener its last words would end the process.
  threads.on('error', () => {})
  return threads
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
