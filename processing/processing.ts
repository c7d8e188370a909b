// The seam of processing: a picture in a file goes in, the optimised picture comes out, made somewhere else: on worker
// threads of this process, or on a processing node over HTTP.
import type { Identification } from '../transforms/optimise/identification.ts'
import type { OptimisedFormat, OptimiseReport, OptimiseRequest } from '../transforms/optimise/request.ts'

/** One picture to be made. */
export interface Order {
  /** Path of the source, which stays until the order is answered. */
  readonly file: string
  /** What is done before it is optimised, in the options of the URL language: "w=640&h=480&fit=crop"; '' for nothing. */
  readonly edit: string
  readonly optimise: OptimiseRequest
  /** Whose work it is: one owner may only take its share of the queue. */
  readonly owner: string
  /** 'background' work starts only when nothing in the foreground waits. */
  readonly priority: 'foreground' | 'background'
}

export interface SourceReport extends Identification {
  readonly bytes: number
  /** Null where they were not counted: only small and palette pictures are. */
  readonly uniqueColours: number | null
}

/** What was found and done: everything but the picture itself. Plain JSON: over HTTP it crosses in a header. */
export interface Figures {
  readonly source: SourceReport
  /** What the result itself says of itself. */
  readonly result: Identification
  readonly format: OptimisedFormat
  /** Media type: image/avif and so on. */
  readonly type: string
  /** As a viewer sees it. */
  readonly width: number
  readonly height: number
  /** `sourceBytes` and `saved` count from the source as it came, before any edit. */
  readonly report: OptimiseReport
  /** How long the worker took, and how long the order waited for it. */
  readonly ms: number
  readonly waitMs: number
}

export interface Processed {
  readonly figures: Figures
  readonly body: Buffer
}

/**
 * Fails with 'busy' when the queue is full, 'too-many' when the owner's share of it is, 'late' past the deadline,
 * 'abandoned' when the signal aborts first, 'bad-option' for an edit or request that cannot be, and with
 * 'source-unsupported', 'source-broken', 'source-too-large' or 'too-costly' for what cannot be processed.
 */
export interface Processing {
  process(order: Order, signal: AbortSignal): Promise<Processed>
  /** How much waits and runs now. */
  load(): { readonly waiting: number; readonly running: number; readonly workers: number }
  /** Lets what runs finish, starts nothing new. */
  close(): Promise<void>
}
