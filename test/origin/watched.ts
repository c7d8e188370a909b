// A processor that remembers what it was asked for, in front of one that makes it.
import type { Plan } from '../../transforms/index.ts'
import { type Job, type Processor, processOne } from '../../transforms/processor.ts'

type One = Job & { readonly plan: Plan }

export interface Watched {
  /** One for each picture. */
  readonly jobs: readonly One[]
  readonly processor: Processor
}

/** `before` may keep a job waiting before it is handed on. */
export function watched(
  processor: Processor,
  before: (job: Job) => Promise<void> | void = () => {},
): Watched {
  const jobs: One[] = []
  return {
    jobs,
    processor: {
      load: processor.load,
      close: processor.close,
      process(job, plans, signal) {
        return plans.map(async (plan) => {
          jobs.push({ ...job, plan })
          const waiting = before(job)
          if (waiting) await waiting
          return processOne(processor, job, plan, signal)
        })
      },
    },
  }
}
