import type { IncomingMessage } from 'node:http'
import type { Config } from '../config.ts'
import type { Log } from '../log.ts'
import type { Metrics } from '../metrics.ts'
import type { Epochs } from '../purging/index.ts'
import type { OneProcess } from './one-process.ts'

/** What every part is made from. */
export interface HalftoneOptions {
  readonly config: Config
  readonly log: Log
  readonly metrics: Metrics
  readonly version: string
  readonly now?: () => number
}

export interface Assembly extends HalftoneOptions, OneProcess {
  /** What was purged: every cache asks. */
  readonly epochs: Epochs
  /** What is to be finished and closed at the end; last made, first closed. */
  readonly closing: (() => Promise<unknown>)[]
  /** Told of whoever asks as a neighbour and does not know the secret. */
  readonly refused: (req: IncomingMessage) => void
  /** Reasons not to be ready, asked at each /readyz. */
  readonly faults: (() => string | undefined)[]
}
