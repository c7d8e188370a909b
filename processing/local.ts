// Processing on worker threads of this process: so many pictures at once, the rest in a bounded queue.
import { availableParallelism } from 'node:os'
import { Failure } from '../errors.ts'
import { defaultLimits, type Limits } from '../transforms/index.ts'
import type { Bounds } from '../transforms/render/queue.ts'
import { failureOf, startThreads } from '../transforms/render/threads.ts'
import { createTurns } from '../transforms/render/turns.ts'
import type { Order, Processed, Processing } from './processing.ts'
import type { Answer, Job } from './worker.ts'

export interface LocalOptions extends Bounds {
  /** Pictures at once; the number of cores unless told otherwise. */
  readonly workers?: number
  /** From order to picture; work in the background has six times as long. */
  readonly deadlineMs: number
  /** How long the optimiser looks for something better; an order may only ask for less. */
  readonly budgetMs: number
  readonly limits?: Limits
  /** Megabytes of JavaScript's heap in each worker; pixels live outside of it and are bounded by `limits`. */
  readonly maxHeapMb?: number
  /** Another worker, for tests. */
  readonly filename?: string
}

const usualHeapMb = 512
/** Of what is left until the deadline, the optimiser gets so much: a candidate that runs is waited for. */
const shareOfTime = 0.6

export function createLocalProcessing(options: LocalOptions): Processing {
  const {
    workers = availableParallelism(),
    budgetMs,
    limits = defaultLimits,
    maxHeapMb = usualHeapMb,
  } = options
  const script = options.filename ?? new URL('./worker.ts', import.meta.url).href
  const threads = startThreads<Job, Answer>({ workers, script, maxHeapMb })
  const turns = createTurns<Order, Processed>(
    { ...options, workers },
    async (order, { leftMs, waitedMs }) => {
      const { file, edit, optimise } = order
      const answer = await threads.run({
        order: { file, edit, optimise },
        limits,
        budgetMs: Math.min(budgetMs, leftMs * shareOfTime),
        timeoutMs: leftMs,
      })
      if ('failure' in answer) throw failureOf(answer.failure)
      const { figures, body } = answer.made
      return {
        figures: { ...figures, ms: Math.round(answer.ms), waitMs: Math.round(waitedMs) },
        body: Buffer.from(body.buffer, body.byteOffset, body.byteLength),
      }
    },
  )
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

function inOurWords(failure: unknown): unknown {
  if (!(failure instanceof Failure) || failure.kind !== 'too-many') return failure
  return new Failure('too-many', 'Too many of your pictures wait already.', failure.details)
}
