// The foreman of renders: one worker thread a core, each with a picture.
import type { Foreman } from '../../work/foreman.ts'
import { startThreads } from '../../work/threads.ts'

export interface RenderForemanOptions {
  readonly workers: number
  /** Another worker, for tests. */
  readonly filename?: string
}

const usual = new URL('./worker.ts', import.meta.url).href

export default function createForeman({ workers, filename = usual }: RenderForemanOptions): Foreman {
  const threads = startThreads({ workers, script: filename })
  return { carryOut: (order) => threads.run(order) }
}
