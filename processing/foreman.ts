// The foreman of the API's pictures: worker threads that share one room of megapixels.
import type { Foreman } from '../work/foreman.ts'
import { startThreads } from '../work/threads.ts'
import { createRoom } from './megapixel-budget.ts'
import type { Answer, Job } from './worker.ts'

export interface ProcessingForemanOptions {
  readonly workers: number
  readonly maxHeapMb: number
  readonly maxMegapixels: number
  /** Another worker, for tests. */
  readonly filename?: string
}

const usual = new URL('./worker.ts', import.meta.url).href

export default function createForeman(options: ProcessingForemanOptions): Foreman {
  const { workers, maxHeapMb, maxMegapixels, filename = usual } = options
  const threads = startThreads<Job, Answer>({ workers, script: filename, maxHeapMb })
  const room = createRoom(workers, maxMegapixels)
  return {
    async carryOut(order) {
      const place = room.enter()
      try {
        return await threads.run({ ...(order as Omit<Job, 'place'>), place })
      } finally {
        room.leave(place)
      }
    },
  }
}
