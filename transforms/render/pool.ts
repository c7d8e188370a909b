// The processor on worker threads: at most `workers` renders at once, the rest waits in a bounded queue with a deadline.
import { availableParallelism } from 'node:os'
import { Piscina } from 'piscina'
import { Failure } from '../../errors.ts'
import type { Job, Picture, Processor } from '../processor.ts'
import { type Bounds, createQueue } from './queue.ts'
import type { Answer, Order } from './worker.ts'

export interface PoolOptions extends Bounds {
  /** Renders at once. They all sit in libuv's one thread pool, which must be larger, see bin/halftone. */
  readonly workers?: number
  /** From request to picture; work in the background has several times as long. */
  readonly deadlineMs: number
  /** Another worker, for tests. */
  readonly filename?: string
}

const patience = { foreground: 1, background: 6 } as const

interface Entry extends Pick<Job, 'owner' | 'priority'> {
  readonly job: Job
  readonly lateAt: number
  readonly resolve: (picture: Picture) => void
  readonly reject: (failure: Failure) => void
}

/**
 * The queue is ours and not Piscina's: Piscina keeps tasks that can be aborted in a second queue of its own, where
 * priorities do not count, and aborting one that runs kills its worker while libvips works on.
 */
export function createPool(options: PoolOptions): Processor {
  const { workers = availableParallelism(), deadlineMs } = options
  const threads = startThreads(workers, options.filename)
  const queue = createQueue<Entry>(options)
  let running = 0
  let closed = false
  let meanMs = 100

  function admit(entry: Entry): void {
    try {
      if (closed) throw shuttingDown()
      if (running < workers) start(entry)
      else queue.push(entry)
    } catch (thrown) {
      entry.reject(comeAgain(thrown as Failure, (queue.size() * meanMs) / workers))
    }
  }

  async function start(entry: Entry): Promise<void> {
    running++
    const renderMs = await carryOut(entry, threads)
    meanMs += (renderMs - meanMs) / 20
    running--
    const next = queue.shift()
    if (next) start(next)
  }

  return {
    process: (job, signal) =>
      promised(job, { signal, allowedMs: deadlineMs * patience[job.priority], admit, leave: queue.remove }),
    load: () => ({ waiting: queue.size(), running, workers }),
    close: async () => {
      closed = true
      for (let entry = queue.shift(); entry; entry = queue.shift()) entry.reject(comeAgain(shuttingDown(), 0))
      await threads.close()
    },
  }
}

type Threads = Piscina<Order, Answer>

function startThreads(workers: number, script = new URL('./worker.ts', import.meta.url).href): Threads {
  const threads: Threads = new Piscina({ filename: script, minThreads: workers, maxThreads: workers })
  // A worker that dies while idle is replaced by Piscina; without a listener its last words would end the process.
  threads.on('error', () => {})
  return threads
}

interface Way {
  readonly signal: AbortSignal
  readonly allowedMs: number
  readonly admit: (entry: Entry) => void
  readonly leave: (entry: Entry) => void
}

/** The picture, or whichever comes first: the deadline, or the client leaving. */
function promised(job: Job, { signal, allowedMs, admit, leave }: Way): Promise<Picture> {
  const { promise, resolve, reject } = Promise.withResolvers<Picture>()
  const { owner, priority } = job
  const entry: Entry = { job, owner, priority, lateAt: performance.now() + allowedMs, resolve, reject }
  // What waits leaves the queue; a render that runs cannot be stopped and is only not waited for.
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

/** Settles the entry and answers how many milliseconds its worker was busy. Never throws. */
async function carryOut({ job, lateAt, resolve, reject }: Entry, threads: Threads): Promise<number> {
  const startedAt = performance.now()
  try {
    const { source, plan } = job
    const answer = await threads.run({ source, plan, timeoutMs: lateAt - startedAt })
    if ('failure' in answer) reject(failureOf(answer.failure))
    else resolve(pictureOf(answer))
  } catch (cause) {
    reject(new Failure('internal', 'The picture could not be made.', { cause }))
  }
  return performance.now() - startedAt
}

function comeAgain({ kind, message }: Failure, waitMs: number): Failure {
  const retryAfterSeconds = Math.min(60, Math.max(1, Math.ceil(waitMs / 1000)))
  return new Failure(kind, message, { retryAfterSeconds })
}

const shuttingDown = (): Failure => new Failure('busy', 'The server is shutting down.')

function failureOf({ kind, message, cause }: Extract<Answer, { failure: unknown }>['failure']): Failure {
  return new Failure(kind, message, { cause })
}

function pictureOf({ picture, renderMs }: Extract<Answer, { renderMs: number }>): Picture {
  const { body, ...rest } = picture
  return { ...rest, body: Buffer.from(body.buffer, body.byteOffset, body.byteLength), renderMs }
}
