// The foreman of the API's pictures: worker threads that share one budget of megapixels.
import type { Foreman } from '../work/foreman.ts'
import { startThreads } from '../work/threads.ts'
import { createMegapixelBudget } from './megapixel-budget.ts'
import type { WorkerAnswer, WorkerJob } from './worker.ts'

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
  const threads = startThreads<WorkerJob, WorkerAnswer>({ workers, script: filename, maxHeapMb })
  const budget = createMegapixelBudget(workers, maxMegapixels)
  return {
    async carryOut(order) {
      const slot = budget.openSlot()
      try {
        return await threads.run({ ...(order as Omit<WorkerJob, 'slot'>), slot })
      } finally {
        budget.releaseSlot(slot)
      }
    },
  }
}
