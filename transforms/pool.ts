// The processor on worker threads: at most `workers` renders at once, the rest waits in a bounded queue with a deadline.
import { availableParallelism } from 'node:os'
import { Piscina } from 'piscina'
import { Failure } from '../errors.ts'
import type { Job, Picture, Processor } from './processor.ts'
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
  const filename = options.filename ?? new URL('./worker.ts', import.meta.url).href
  const threads = new Piscina<Order, Answer>({ filename, minThreads: workers, maxThreads: workers })
  // A worker that dies while idle is replaced by Piscina; without a listener its last words would end the process.
  threads.on('error', () => {})
  const queue = createQueue<Entry>(options)
  let running = 0
  let closed = false
  let meanMs = 100

  function process(job: Job, signal: AbortSignal): Promise<Picture> {
    const allowedMs = deadlineMs * patience[job.priority]
    const { promise, resolve, reject } = Promise.withResolvers<Picture>()
    const { owner, priority } = job
    const entry: Entry = { job, owner, priority, lateAt: performance.now() + allowedMs, resolve, reject }
    const abandon = () => giveUp(entry, new Failure('abandoned', 'Nobody waits for this picture any more.'))
    const timer = setTimeout(() => giveUp(entry, late()), allowedMs)
    signal.addEventListener('abort', abandon, { once: true })
    if (signal.aborted) abandon()
    else admit(entry)
    return promise.finally(() => {
      clearTimeout(timer)
      signal.removeEventListener('abort', abandon)
    })
  }

  function admit(entry: Entry): void {
    try {
      if (closed) throw shuttingDown()
      if (running < workers) start(entry)
      else queue.push(entry)
    } catch (thrown) {
      entry.reject(withRetryAfter(thrown as Failure))
    }
  }

  /** What waits leaves the queue; a render that runs cannot be stopped and is only not waited for. */
  function giveUp(entry: Entry, failure: Failure): void {
    queue.remove(entry)
    entry.reject(failure)
  }

  async function start({ job, lateAt, resolve, reject }: Entry): Promise<void> {
    running++
    try {
      const timeoutMs = lateAt - performance.now()
      const answer = await threads.run({ source: job.source, plan: job.plan, timeoutMs })
      if ('failure' in answer) reject(failureOf(answer.failure))
      else resolve(pictureOf(answer))
      if ('renderMs' in answer) meanMs += (answer.renderMs - meanMs) / 20
    } catch (cause) {
      reject(new Failure('internal', 'The picture could not be made.', { cause }))
    }
    running--
    const next = queue.shift()
    if (next) start(next)
  }

  function withRetryAfter({ kind, message }: Failure): Failure {
    const seconds = Math.ceil((queue.size() * meanMs) / workers / 1000)
    return new Failure(kind, message, { retryAfterSeconds: Math.min(60, Math.max(1, seconds)) })
  }

  async function close(): Promise<void> {
    closed = true
    for (let entry = queue.shift(); entry; entry = queue.shift()) entry.reject(shuttingDown())
    await threads.close()
  }

  return { process, load: () => ({ waiting: queue.size(), running, workers }), close }
}

const shuttingDown = (): Failure => new Failure('busy', 'The server is shutting down.')
const late = (): Failure => new Failure('late', 'The picture took too long to make.')

function failureOf({ kind, message, cause }: Extract<Answer, { failure: unknown }>['failure']): Failure {
  return new Failure(kind, message, { cause })
}

function pictureOf({ picture, renderMs }: Extract<Answer, { renderMs: number }>): Picture {
  const { body, ...rest } = picture
  return { ...rest, body: Buffer.from(body.buffer, body.byteOffset, body.byteLength), renderMs }
}
