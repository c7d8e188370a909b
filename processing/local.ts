// Processing in a child process: a number of pictures at once, and the rest in a bounded queue.
import { availableParallelism } from 'node:os'
import { Failure } from '../errors.ts'
import { defaultLimits, type Limits } from '../transforms/index.ts'
import { type Cores, createCores } from '../work/cores.ts'
import { failureOf } from '../work/failure-message.ts'
import { createProcesses, type ProcessesOptions } from '../work/processes.ts'
import type { QueueBounds } from '../work/queue.ts'
import { createTurns } from '../work/turns.ts'
import type { ProcessingForemanOptions } from './foreman.ts'
import type { Order, Processed, Processing } from './processing.ts'
import type { WorkerAnswer, WorkerJob } from './worker.ts'

export interface LocalOptions extends QueueBounds, Partial<Pick<ProcessesOptions, 'ended' | 'maxMemory'>> {
  /** Pictures at once; the number of cores unless told otherwise. */
  readonly workers?: number
  /** Shared with renders of addresses. */
  readonly cores?: Cores
  /** Milliseconds from order to picture. Work in the background has six times as long. */
  readonly deadlineMs: number
  /** Milliseconds that the optimiser searches. An order may only ask for less. */
  readonly budgetMs: number
  readonly limits?: Limits
  /**
   * Megapixels that all workers together may hold at once; a larger picture waits until it is alone. A megapixel takes up
   * to 30 MB. By default 25 for each worker, and at least 100.
   */
  readonly maxMegapixels?: number
  /** Megabytes of JavaScript heap for each worker. Pixels lie outside of the heap and are bounded by `limits`. */
  readonly maxHeapMb?: number
  /** Another worker, for tests. */
  readonly filename?: string
}

const usualHeapMb = 512
/** The worker keeps the deadline itself. This long after it, a worker that hangs is ended. */
const graceMs = 30_000
/** A lower priority than renders of addresses, for which somebody waits at a page. */
const niceness = 15
const [megapixelsEach, leastMegapixels] = [25, 100]
/** Share of the time until the deadline that the optimiser gets: a candidate that runs at the end is waited for. */
const shareOfTime = 0.6

export function createLocalProcessing(options: LocalOptions): Processing {
  const { workers = availableParallelism(), maxHeapMb = usualHeapMb } = options
  const {
    maxMegapixels = Math.max(leastMegapixels, workers * megapixelsEach),
    filename,
    ended,
    maxMemory,
    cores = createCores(workers),
  } = options
  const foreman: ProcessingForemanOptions = {
    workers,
    maxHeapMb,
    maxMegapixels,
    ...(filename !== undefined && { filename }),
  }
  const module = new URL('./foreman.ts', import.meta.url).href
  const processes = createProcesses({
    module,
    options: foreman,
    niceness,
    maxMemory,
    ended,
  })
  const runJob = async (order: Order, share: TimeShare): Promise<FinishedAnswer> => {
    const answer = (await processes.run(buildJob(order, share), {
      mostMs: share.leftMs + graceMs,
    })) as WorkerAnswer
    if ('failure' in answer) throw failureOf(answer.failure)
    return answer
  }
  const turns = createTurns<Order, Processed>(
    { ...options, workers, cores, line: 'api' },
    async (order, times) => {
      const startedAt = performance.now()
      const first = await runJob(order, { ...options, leftMs: times.leftMs })
      const leftMs = times.leftMs - (performance.now() - startedAt)
      const mayGoOn = !cores.isWanted() && leftMs * shareOfTime > options.budgetMs
      if (!mayGoOn || !isUnfinished(order, first)) return buildProcessed(first, times.waitedMs)
      // The first result stands, should the second search fail.
      const second = await runJob(order, { ...options, budgetMs: Number.POSITIVE_INFINITY, leftMs }).catch(
        () => first,
      )
      return buildProcessed(second, times.waitedMs)
    },
  )
  return {
    process: (order, signal) =>
      turns.take(order, signal).catch((failure) => Promise.reject(rewordFailure(failure))),
    load: turns.load,
    close: async () => {
      turns.close()
      await processes.close()
    },
  }
}

type FinishedAnswer = Exclude<WorkerAnswer, { failure: unknown }>

/** Background work whose search the budget ended. While nobody else waits, it is searched again, up to the deadline. */
const isUnfinished = ({ priority }: Order, { made }: FinishedAnswer): boolean =>
  priority === 'background' && made.figures.report.stoppedEarly === true

interface TimeShare extends Pick<LocalOptions, 'limits' | 'budgetMs'> {
  readonly leftMs: number
}

function buildJob(
  { file, edit, optimise }: Order,
  { limits = defaultLimits, budgetMs, leftMs }: TimeShare,
): Omit<WorkerJob, 'slot'> {
  return {
    order: { file, edit, optimise },
    limits,
    budgetMs: Math.min(budgetMs, leftMs * shareOfTime),
    timeoutMs: leftMs,
  }
}

function buildProcessed({ made, ms }: FinishedAnswer, waitedMs: number): Processed {
  const { figures, body } = made
  return {
    figures: { ...figures, ms: Math.round(ms), waitMs: Math.round(waitedMs) },
    body: Buffer.from(body.buffer, body.byteOffset, body.byteLength),
  }
}

function rewordFailure(failure: unknown): unknown {
  if (!(failure instanceof Failure) || failure.kind !== 'too-many') return failure
  return new Failure('too-many', 'Too many of your pictures wait already.', failure.details)
}
