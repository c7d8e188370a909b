import type { HandedOver } from '../work/handover.ts'
import type { Queued } from '../work/queue.ts'
import type { Facts } from './facts.ts'
import type { Plan } from './plan/plan.ts'

/** One source, of which pictures are to be made. */
export interface Job extends Queued {
  /** The source, whole, never written to: its bytes, or a file that the processor's own process can read. */
  readonly source: HandedOver
  /** What the steps need beside it, in the order of the plans' `further`. */
  readonly further?: readonly HandedOver[]
  /** Of the source, as the plans were made from them: nobody looks at it again. */
  readonly facts: Facts
  /** Tells the source's bytes from all others, where that is known: bytes that ended a process twice are refused. */
  readonly version?: string
  /** Show what there is of a source that is cut short, where it would be refused. */
  readonly lenient?: boolean
  /** Names the trace that the picture belongs to (W3C Trace Context). */
  readonly traceparent?: string | undefined
}

export interface Sought {
  /** 'source' when its own bytes were kept. */
  readonly quality: number | 'source'
  /** SSIMULACRA2, up to 100. */
  readonly score: number
}

/** Of a cut that was to keep faces. */
export interface Aim {
  readonly found: number
  /** What decided: the faces, or the words of `crop` that count where there is none. */
  readonly by: string
}

export interface Picture {
  readonly body: Buffer
  /** Media type: image/avif and so on. */
  readonly type: string
  readonly width: number
  readonly height: number
  readonly pages: number
  /** Of a quality that was looked for: the encoder's own number, and how much the result looks like its pixels. */
  readonly found?: Sought
  readonly faces?: Aim
  /** How long the worker took, without the wait. */
  readonly renderMs: number
}

/**
 * Makes pictures from plans, somewhere else: never on the caller's thread.
 * Fails with 'busy' when the queue is full, 'too-many' when the owner's share of it is, 'late' past the deadline,
 * 'source-broken' for pixels that cannot be decoded, 'abandoned' when the signal aborts first.
 */
export interface Processor {
  /** A promise for each plan, in their order. They settle one by one, and one that fails leaves the others alone. */
  process(job: Job, plans: readonly Plan[], signal: AbortSignal): readonly Promise<Picture>[]
  /** How much waits and runs now. */
  load(): { readonly waiting: number; readonly running: number; readonly workers: number }
  /** Lets what runs finish, starts nothing new. */
  close(): Promise<void>
}

/** One picture of a source. */
export function processOne(
  processor: Processor,
  job: Job,
  plan: Plan,
  signal: AbortSignal,
): Promise<Picture> {
  const [picture = Promise.reject(new RangeError('a plan without a picture'))] = processor.process(
    job,
    [plan],
    signal,
  )
  return picture
}
