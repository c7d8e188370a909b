// The processor in a child process: at most `workers` renders at once, the rest waits in a bounded queue with a deadline.
import { availableParallelism } from 'node:os'
import { setImmediate } from 'node:timers/promises'
import type { Cores } from '../../work/cores.ts'
import { failureOf } from '../../work/failure-message.ts'
import { createProcesses, type ProcessesOptions } from '../../work/processes.ts'
import type { QueueBounds } from '../../work/queue.ts'
import { createTurns } from '../../work/turns.ts'
import type { Plan } from '../plan/plan.ts'
import type { Job, Picture, Processor } from '../processor.ts'
import type { RenderForemanOptions } from './foreman.ts'
import { createCompany, type Seat } from './sharing/company.ts'
import type { CountedAnswer, SharingOrder } from './sharing/shared-renders.ts'
import type { Answer } from './worker.ts'

export interface PoolOptions
  extends QueueBounds,
    Partial<Pick<ProcessesOptions, 'ended' | 'maxMemory' | 'niceness'>> {
  /** Renders at once. They all sit in libuv's one thread pool, which must be larger, see bin/halftone. */
  readonly workers?: number
  /** Shared with the API's optimising. */
  readonly cores?: Cores
  /** From request to picture; work in the background has several times as long. */
  readonly deadlineMs: number
  /** A folder of fonts for texts, beside those that are known anyway. */
  readonly fonts?: string | undefined
  /** ffmpeg's name on PATH, or its path: for videos. */
  readonly ffmpeg?: string | undefined
  /** Another worker, for tests. */
  readonly filename?: string
  /** So many times a source was decoded for one picture; 0 where others had done it. */
  readonly decoded?: (times: number) => void
}

type Turn = Job & { readonly plan: Plan; readonly seat: Seat | undefined }

/** Lets hits go first: every core may render, and a hit is still answered within its turn. */
const belowHits = 10

/** The worker keeps the deadline itself: this is for one that cannot. */
const graceMs = 10_000

/**
 * The queue is ours and not Piscina's: Piscina keeps tasks that can be aborted in a second queue of its own, where
 * priorities do not count, and aborting one that runs kills its worker while libvips works on.
 */
export function createPool(options: PoolOptions): Processor {
  const { workers = availableParallelism(), niceness = belowHits, filename, fonts, ffmpeg, decoded } = options
  const foreman: RenderForemanOptions = { workers, ...(filename !== undefined && { filename }) }
  const module = new URL('./foreman.ts', import.meta.url).href
  const processes = createProcesses({
    module,
    options: foreman,
    niceness,
    maxMemory: options.maxMemory,
    ended: options.ended,
  })
  const company = createCompany()
  const turns = createTurns<Turn, Picture>({ ...options, workers }, async (job, { leftMs }) => {
    const { source, further = [], plan, facts, lenient = false, seat } = job
    // Who waited for the same source comes in the same turn of the loop.
    if (seat) await setImmediate()
    const plain: SharingOrder = { source, further, plan, facts, lenient, fonts, ffmpeg, timeoutMs: leftMs }
    const order = seat ? { ...plain, sharing: seat.sharing() } : plain
    const run = processes.run(order, { key: job.version, mostMs: leftMs + graceMs })
    const answer = (await run) as Answer & CountedAnswer
    decoded?.(answer.decodes)
    if ('failure' in answer) throw failureOf(answer.failure)
    return pictureOf(answer)
  })
  return {
    // Each picture has a turn of its own: the queue, its shares and the deadline count pictures.
    process: (job, plans, signal) =>
      plans.map((plan) => {
        const seat = company.join(job, plan)
        return turns.take({ ...job, plan, seat }, signal).finally(() => seat?.leave())
      }),
    load: turns.load,
    close: async () => {
      turns.close()
      await processes.close()
    },
  }
}

function pictureOf({ picture, renderMs }: Extract<Answer, { readonly picture: unknown }>): Picture {
  const { body, ...rest } = picture
  // The bytes lie in a message that may be larger than they are: a cache would keep the whole of it.
  const own = Buffer.allocUnsafeSlow(body.length)
  own.set(body)
  return { ...rest, body: own, renderMs }
}
