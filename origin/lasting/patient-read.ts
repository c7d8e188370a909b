// Reads of a bucket that may be slow or away: a second try beside a slow first, a deadline, and a pause after failures.
// A read that gives nothing only means that the answer is made here.

export interface PatientReadOptions {
  /** After this time the same is asked once more; whichever comes first counts. */
  readonly hedgeMs: number
  /** Longer than this nobody waits. */
  readonly deadlineMs: number
  readonly now: () => number
  /** Told of each read that failed or came too late. */
  readonly onFault: (cause: unknown) => void
}

/** Undefined when there is nothing, or when it could not be had in time. Never rejects. */
export type PatientRead = <T>(read: (signal: AbortSignal) => Promise<T | undefined>) => Promise<T | undefined>

/** So many faults in a row open a pause, in which nothing is read. */
const faultsUntilPause = 3
const pauseMs = 5000

export function createPatientRead({ hedgeMs, deadlineMs, now, onFault }: PatientReadOptions): PatientRead {
  let faults = 0
  let pausedUntil = 0

  function learn(outcome: { readonly cause: unknown } | undefined): void {
    faults = outcome ? faults + 1 : 0
    if (outcome) onFault(outcome.cause)
    if (faults >= faultsUntilPause) pausedUntil = now() + pauseMs
  }

  return async (read) => {
    if (now() < pausedUntil) return undefined
    const end = new AbortController()
    const deadline = setTimeout(() => end.abort(new Error('the bucket did not answer in time')), deadlineMs)
    try {
      const found = await orAborted(
        end.signal,
        firstOfTwo(() => read(end.signal), hedgeMs, end.signal),
      )
      learn(undefined)
      return found
    } catch (cause) {
      learn({ cause })
      return undefined
    } finally {
      clearTimeout(deadline)
      end.abort()
    }
  }
}

/** A second try that begins when the first is slow. Rejects when both have failed. */
function firstOfTwo<T>(ask: () => Promise<T>, hedgeMs: number, signal: AbortSignal): Promise<T> {
  const first = ask()
  const second = new Promise<T>((resolve, reject) => {
    const timer = setTimeout(() => ask().then(resolve, reject), hedgeMs)
    const stop = (): void => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    signal.addEventListener('abort', stop, { once: true })
    // A first try that fails early is not worth waiting for: the bucket said what there is to say.
    first.catch((cause: unknown) => {
      clearTimeout(timer)
      reject(cause)
    })
  })
  return Promise.any([first, second]).catch((thrown: unknown) => {
    throw thrown instanceof AggregateError ? thrown.errors[0] : thrown
  })
}

function orAborted<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    promise.then(resolve, reject)
  })
}
