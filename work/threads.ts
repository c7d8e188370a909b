// Worker threads of a child process.
import { Piscina } from 'piscina'

export interface ThreadsOptions {
  readonly workers: number
  /** URL of the module whose default export does the work. */
  readonly script: string
  /** Megabytes of JavaScript's own heap in each; a thread that needs more ends. Node's default when absent. */
  readonly maxHeapMb?: number
}

const idleThreadMs = 20_000

export function startThreads<Order, Answer>(options: ThreadsOptions): Piscina<Order, Answer> {
  const { workers, script, maxHeapMb } = options
  const threads: Piscina<Order, Answer> = new Piscina({
    filename: script,
    // One at the start; the others come with the work, and go when there is none.
    minThreads: 1,
    idleTimeout: idleThreadMs,
    maxThreads: workers,
    ...(maxHeapMb !== undefined && { resourceLimits: { maxOldGenerationSizeMb: maxHeapMb } }),
  })
  // A worker that dies while idle is replaced by Piscina; without a listener its last words would end the process.
  threads.on('error', () => {})
  return threads
}
