// Processing in a child process: so many pictures at once, the rest in a bounded queue.
import { availableParallelism } from 'node:os'
import { Failure } from '../errors.ts'
import { defaultLimits, type Limits } from '../transforms/index.ts'
import { createProcesses, type ProcessesOptions } from '../work/processes.ts'
import type { QueueBounds } from '../work/queue.ts'
import { failureOf } from '../work/threads.ts'
import { createTurns } from '../work/turns.ts'
import type { ProcessingForemanOptions } from './foreman.ts'
import type { Order, Processed, Processing } from './processing.ts'
import type { Answer, Job } from './worker.ts'

export interface LocalOptions extends QueueBounds, Partial<Pick<ProcessesOptions, 'ended' | 'maxMemory'>> {
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
/** The worker keeps the deadline itself: this is for one that cannot. */
const graceMs = 30_000
/** Below the renders of addresses, for which somebody waits at a page. */
const niceness = 15
/** Bytes at which the child is replaced: it may stand at that much only while it works. */
const usualMemory = 400 * 2 ** 20
const [megapixelsEach, leastMegapixels] = [25, 100]
/** Of what is left until the deadline, the optimiser gets so much: a candidate that runs is waited for. */
const shareOfTime = 0.6

export function createLocalProcessing(options: LocalOptions): Processing {
  const { workers = availableParallelism(), maxHeapMb = usualHeapMb } = options
  const { maxMemory = usualMemory } = options
  const { maxMegapixels = Math.max(leastMegapixels, workers * megapixelsEach), filename, ended } = options
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
    ...(ended && { ended }),
  })
  const made = async (order: Order, share: Share): Promise<Done> => {
    const answer = (await processes.run(jobOf(order, share), { mostMs: share.leftMs + graceMs })) as Answer
    if ('failure' in answer) throw failureOf(answer.failure)
    return answer
  }
  const turns = createTurns<Order, Processed>({ ...options, workers }, async (order, times) => {
    const startedAt = performance.now()
    const first = await made(order, { ...options, leftMs: times.leftMs })
    const leftMs = times.leftMs - (performance.now() - startedAt)
    const mayGoOn = turns.load().waiting === 0 && leftMs * shareOfTime > options.budgetMs
    if (!mayGoOn || !isUnfinished(order, first)) return processedOf(first, times.waitedMs)
    // What there is stands, should the second look fail.
    const second = await made(order, { ...options, budgetMs: Number.POSITIVE_INFINITY, leftMs }).catch(
      () => first,
    )
    return processedOf(second, times.waitedMs)
  })
  return {
    process: (order, signal) =>
      turns.take(order, signal).catch((failure) => Promise.reject(inOurWords(failure))),
    load: turns.load,
    close: async () => {
      turns.close()
      await processes.close()
    },
  }
}

type Done = Exclude<Answer, { failure: unknown }>

/** A promised picture whose search the budget ended: while nobody else waits it is looked for once more, up to the deadline. */
const isUnfinished = ({ priority }: Order, { made }: Done): boolean =>
  priority === 'background' && made.figures.report.stoppedEarly === true

interface Share extends Pick<LocalOptions, 'limits' | 'budgetMs'> {
  readonly leftMs: number
}

function jobOf(
  { file, edit, optimise }: Order,
  { limits = defaultLimits, budgetMs, leftMs }: Share,
): Omit<Job, 'place'> {
  return {
    order: { file, edit, optimise },
    limits,
    budgetMs: Math.min(budgetMs, leftMs * shareOfTime),
    timeoutMs: leftMs,
  }
}

function processedOf({ made, ms }: Done, waitedMs: number): Processed {
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
