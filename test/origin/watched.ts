// A processor that remembers what it was asked for, in front of one that makes it.
import type { Job, Processor } from '../../transforms/processor.ts'

export interface Watched {
  readonly jobs: readonly Job[]
  readonly processor: Processor
}

/** `before` may keep a job waiting before it is handed on. */
export function watched(
  processor: Processor,
  before: (job: Job) => Promise<void> | void = () => {},
): Watched {
  const jobs: Job[] = []
  return {
    jobs,
    processor: {
      load: processor.load,
      close: processor.close,
      async process(job, signal) {
        jobs.push(job)
        const waiting = before(job)
        if (waiting) await waiting
        return processor.process(job, signal)
      },
    },
  }
}
