// Work on a bounded number of workers: so much at once, the rest in a bounded queue, each with a deadline and a way out.
import { Failure } from '../errors.ts'
import { type Cores, createCores, type LineName } from './cores.ts'
import { createQueue, type QueueBounds, type Queued } from './queue.ts'

export interface TurnsOptions extends QueueBounds {
  readonly workers: number
  /** From request to result; work in the background has several times as long. */
  readonly deadlineMs: number
  /** Shared with the other work of this process, in the line of this name; without it, all workers may be busy at once. */
  readonly cores?: Cores
  readonly line?: LineName
}

export interface QueueTimes {
  /** The time left until the deadline, and the time spent in the queue. */
  readonly leftMs: number
  readonly waitedMs: number
}

export interface Turns<W, R> {
  /** Fails with 'busy', 'too-many', 'late' or 'abandoned', and with whatever carrying out fails with. */
  take(work: W, signal: AbortSignal): Promise<R>
  load(): { readonly waiting: number; readonly running: number; readonly workers: number }
  /** Rejects all waiting work, and everything that comes later. */
  close(): void
}

const patience = { foreground: 1, background: 6 } as const

interface QueuedWork<W, R> extends Queued {
  readonly work: W
  readonly since: number
  readonly lateAt: number
  readonly resolve: (result: R) => void
  readonly reject: (failure: Failure) => void
}

/** `carryOut` settles when its worker is free again, whether or not anybody still waits for the result. */
export function createTurns<W extends Queued, R>(
  options: TurnsOptions,
  carryOut: (work: W, times: QueueTimes) => Promise<R>,
): Turns<W, R> {
  const { workers, deadlineMs, cores = createCores(workers), line: name = 'renders' } = options
  const queue = createQueue<QueuedWork<W, R>>(options)
  let running = 0
  let closed = false
  let meanMs = 100

  function admit(entry: QueuedWork<W, R>): void {
    try {
      if (closed) throw shuttingDown()
      if (running < workers && cores.take(name, entry.priority)) start(entry)
      else queue.push(entry)
    } catch (thrown) {
      entry.reject(comeAgain(thrown as Failure, (queue.size() * meanMs) / workers))
    }
  }

  async function start(entry: QueuedWork<W, R>): Promise<void> {
    running++
    const tookMs = await settle(entry, carryOut)
    meanMs += (tookMs - meanMs) / 20
    running--
    cores.release(name, entry.priority)
  }

  cores.join({
    name,
    next: () => (running < workers ? queue.peek()?.priority : undefined),
    start: () => {
      const next = queue.shift()
      if (next) start(next)
    },
    waiting: queue.size,
  })

  return {
    take: (work, signal) =>
      waitForTurn(work, {
        signal,
        allowedMs: deadlineMs * patience[work.priority],
        admit,
        leave: queue.remove,
      }),
    load: () => ({ waiting: queue.size(), running, workers }),
    close: () => {
      closed = true
      for (let entry = queue.shift(); entry; entry = queue.shift()) entry.reject(comeAgain(shuttingDown(), 0))
    },
  }
}

interface Admission<W, R> {
  readonly signal: AbortSignal
  readonly allowedMs: number
  readonly admit: (entry: QueuedWork<W, R>) => void
  readonly leave: (entry: QueuedWork<W, R>) => void
}

/** The result, or whichever comes first: the deadline, or the client leaving. */
function waitForTurn<W extends Queued, R>(
  work: W,
  { signal, allowedMs, admit, leave }: Admission<W, R>,
): Promise<R> {
  const { promise, resolve, reject } = Promise.withResolvers<R>()
  const { owner, priority } = work
  const since = performance.now()
  const entry: QueuedWork<W, R> = { work, owner, priority, since, lateAt: since + allowedMs, resolve, reject }
  // Waiting work leaves the queue. Running work cannot be stopped; its result is just not waited for.
  const giveUp = (failure: Failure): void => {
    leave(entry)
    reject(failure)
  }
  const abandon = () => giveUp(new Failure('abandoned', 'Nobody waits for this picture any more.'))
  const timer = setTimeout(() => giveUp(new Failure('late', 'The picture took too long to make.')), allowedMs)
  signal.addEventListener('abort', abandon, { once: true })
  if (signal.aborted) abandon()
  else admit(entry)
  return promise.finally(() => {
    clearTimeout(timer)
    signal.removeEventListener('abort', abandon)
  })
}

/** Answers how many milliseconds the worker was busy. Never throws. */
async function settle<W, R>(
  { work, since, lateAt, resolve, reject }: QueuedWork<W, R>,
  carryOut: (work: W, times: QueueTimes) => Promise<R>,
): Promise<number> {
  const startedAt = performance.now()
  try {
    resolve(await carryOut(work, { leftMs: lateAt - startedAt, waitedMs: startedAt - since }))
  } catch (cause) {
    const isOurs = cause instanceof Failure
    reject(isOurs ? cause : new Failure('internal', 'The picture could not be made.', { cause }))
  }
  return performance.now() - startedAt
}

function comeAgain({ kind, message }: Failure, waitMs: number): Failure {
  const retryAfterSeconds = Math.min(60, Math.max(1, Math.ceil(waitMs / 1000)))
  return new Failure(kind, message, { retryAfterSeconds })
}

const shuttingDown = (): Failure => new Failure('busy', 'The server is shutting down.')
