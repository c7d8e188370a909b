// The processor on worker threads: at most `workers` renders at once, the rest waits in a bounded queue with a deadline.
import { availableParallelism } from 'node:os'
import type { Job, Picture, Processor } from '../processor.ts'
import type { Bounds } from './queue.ts'
import { failureOf, startThreads } from './threads.ts'
import { createTurns } from './turns.ts'
import type { Answer, Order } from './worker.ts'

export interface PoolOptions extends Bounds {
  /** Renders at once. They all sit in libuv's one thread pool, which must be larger, see bin/halftone. */
  readonly workers?: number
  /** From request to picture; work in the background has several times as long. */
  readonly deadlineMs: number
  /** Another worker, for tests. */
  readonly filename?: string
}

/**
 * The queue is ours and not Piscina's: Piscina keeps tasks that can be aborted in a second queue of its own, where
 * priorities do not count, and aborting one that runs kills its worker while libvips works on.
 */
export function createPool(options: PoolOptions): Processor {
  const { workers = availableParallelism(), filename = new URL('./worker.ts', import.meta.url).href } =
    options
  const threads = startThreads<Order, Answer>({ workers, script: filename })
  const turns = createTurns<Job, Picture>(
    { ...options, workers },
    async ({ source, plan, facts }, { leftMs }) => {
      const answer = await threads.run({ source, plan, facts, timeoutMs: leftMs })
      if ('failure' in answer) throw failureOf(answer.failure)
      return pictureOf(answer)
    },
  )
  return {
    process: turns.take,
    load: turns.load,
    close: async () => {
      turns.close()
      await threads.close()
    },
  }
}

function pictureOf({ picture, renderMs }: Extract<Answer, { renderMs: number }>): Picture {
  const { body, ...rest } = picture
  return { ...rest, body: Buffer.from(body.buffer, body.byteOffset, body.byteLength), renderMs }
}
