// The foreman of renders: one worker thread a core, each with a picture or a stage of one.
import type { Foreman } from '../../work/foreman.ts'
import { startThreads } from '../../work/threads.ts'
import { createSharedRenders, type SharingOrder } from './sharing/shared-renders.ts'
import type { Order, StageAnswer } from './worker.ts'

export interface RenderForemanOptions {
  readonly workers: number
  /** Another worker, for tests. */
  readonly filename?: string
}

const usual = new URL('./worker.ts', import.meta.url).href

export default function createForeman({ workers, filename = usual }: RenderForemanOptions): Foreman {
  const threads = startThreads<Order, StageAnswer>({ workers, script: filename })
  const renders = createSharedRenders((order) => threads.run(order))
  return { carryOut: (order) => renders(order as SharingOrder) }
}
