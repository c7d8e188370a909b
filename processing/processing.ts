// The interface of processing: a picture in a file goes in, and the optimised picture comes out. It is made elsewhere: in a
// child process of this machine, or on a processing node over HTTP.
import type { Identification } from '../transforms/optimise/identification.ts'
import type { OptimisedFormat, OptimiseReport, OptimiseRequest } from '../transforms/optimise/request.ts'

/** One picture to be made. */
export interface Order {
  /** Path of the source. The file stays until the order is answered. */
  readonly file: string
  /** The edit before optimising, in options of the URL language: "w=640&h=480&fit=crop"; '' for none. */
  readonly edit: string
  readonly optimise: OptimiseRequest
  /** Whose work it is. One owner may fill only a share of the queue. */
  readonly owner: string
  /** 'background' work starts only when nothing in the foreground waits. */
  readonly priority: 'foreground' | 'background'
}

export interface SourceReport extends Identification {
  readonly bytes: number
  /** Null where colours were not counted: they are for small pictures, and for those with a palette. */
  readonly uniqueColours: number | null
}

/** All about the result but the picture itself. Plain JSON, as it is sent in a header over HTTP. */
export interface Figures {
  readonly source: SourceReport
  /** The identification of the result. */
  readonly result: Identification
  readonly format: OptimisedFormat
  /** Media type: image/avif and so on. */
  readonly type: string
  /** Pixels of the result, upright. */
  readonly width: number
  readonly height: number
  /** `sourceBytes` and `saved` count from the source as it came, before any edit. */
  readonly report: OptimiseReport
  /** Milliseconds that the worker took, and that the order waited for it. */
  readonly ms: number
  readonly waitMs: number
}

export interface Processed {
  readonly figures: Figures
  readonly body: Buffer
}

/** How many orders wait and run, and how many may run at once. */
export interface Load {
  readonly waiting: number
  readonly running: number
  readonly workers: number
}

/**
 * Fails with 'busy' when the queue is full, 'too-many' when the owner's share of it is, 'late' past the deadline,
 * 'abandoned' when the signal aborts first, 'bad-option' for an edit or request that cannot be, and with
 * 'source-unsupported', 'source-broken', 'source-too-large' or 'too-costly' for what cannot be processed.
 */
export interface Processing {
  process(order: Order, signal: AbortSignal): Promise<Processed>
  /** How much waits and runs now. */
  load(): Load
  /** Starts no new order, and waits for those that run. */
  close(): Promise<void>
}
