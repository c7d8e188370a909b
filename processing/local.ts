// Processing on worker threads of this process: so many pictures at once, the rest in a bounded queue.
import { availableParallelism } from 'node:os'
import { Failure } from '../errors.ts'
import { defaultLimits, type Limits } from '../transforms/index.ts'
import type { Bounds } from '../transforms/render/queue.ts'
import { failureOf, startThreads } from '../transforms/render/threads.ts'
import { createTurns } from '../transforms/render/turns.ts'
import type { Order, Processed, Processing } from './processing.ts'
import { createRoom, type Place } from './room.ts'
import type { Answer, Job } from './worker.ts'

export interface LocalOptions extends Bounds {
  /** Pictures at once; the number of cores unless told otherwise. */
  readonly workers?: number
  /** From order to picture; work in the background has six times as long. */
  readonly deadlineMs: number
  /** How long the optimiser looks for something better; an order may only ask for less. */
  readonly budgetMs: number
  readonly limits?: Limits
  /**
   * Megapixels worked on at once, by all workers together; what is larger waits until it is alone. A megapixel takes up
   * to 30 MB. 25 for each worker unless told otherwise, and 100 at least.
   */
  readonly maxMegapixels?: number
  /** Megabytes of JavaScript's heap in each worker; pixels live outside of it and are bounded by `limits`. */
  readonly maxHeapMb?: number
  /** Another worker, for tests. */
  readonly filename?: string
}

const usualHeapMb = 512
const [megapixelsEach, leastMegapixels] = [25, 100]
/** Of what is left until the deadline, the optimiser gets so much: a candidate that runs is waited for. */
const shareOfTime = 0.6

export function createLocalProcessing(options: LocalOptions): Processing {
  const { workers = availableParallelism(), maxHeapMb = usualHeapMb } = options
  const script = options.filename ?? new URL('./worker.ts', import.meta.url).href
  const threads = startThreads<Job, Answer>({ workers, script, maxHeapMb })
  const usualRoom = Math.max(leastMegapixels, workers * megapixelsEach)
  const room = createRoom(workers, options.maxMegapixels ?? usualRoom)
  const turns = createTurns<Order, Processed>({ ...options, workers }, async (order, times) => {
    const place = room.enter()
    const answer = await threads
      .run(jobOf(order, { ...options, leftMs: times.leftMs, place }))
      .finally(() => room.leave(place))
    if ('failure' in answer) throw failureOf(answer.failure)
    return processedOf(answer, times.waitedMs)
  })
  return {
    process: (order, signal) =>
      turns.take(order, signal).catch((failure) => Promise.reject(inOurWords(failure))),
    load: turns.load,
    close: async () => {
      turns.close()
      await threads.close()
    },
  }
}

interface Share extends Pick<LocalOptions, 'limits' | 'budgetMs'> {
  readonly leftMs: number
  readonly place: Place
}

function jobOf(
  { file, edit, optimise }: Order,
  { limits = defaultLimits, budgetMs, leftMs, place }: Share,
): Job {
  return {
    order: { file, edit, optimise },
    limits,
    budgetMs: Math.min(budgetMs, leftMs * shareOfTime),
    timeoutMs: leftMs,
    place,
  }
}

function processedOf({ made, ms }: Exclude<Answer, { failure: unknown }>, waitedMs: number): Processed {
  const { figures, body } = made
  return {
    figures: { ...figures, ms: Math.round(ms), waitMs: Math.round(waitedMs) },
    body: Buffer.from(body.buffer, body.byteOffset, body.byteLength),
  }
}

function inOurWords(failure: unknown): unknown {
  if (!(failure instanceof Failure) || failure.kind !== 'too-many') return failure
  return new Failure('too-many', 'Too many of your pictures wait already.', failure.details)
}
