import type { IncomingMessage } from 'node:http'
import type { RedisRoom } from '../cluster/redis.ts'
import type { Share } from '../cluster/share.ts'
import type { Config } from '../config.ts'
import type { Log } from '../log.ts'
import type { Metrics } from '../metrics.ts'
import type { Delivery, Epochs } from '../purging/index.ts'
import type { Tracer } from '../tracing/tracer.ts'
import type { Listener } from '../wire/tier-listener.ts'
import type { OneProcess } from './one-process.ts'

/** What every part is made from. */
export interface HalftoneOptions {
  readonly config: Config
  readonly log: Log
  readonly metrics: Metrics
  readonly version: string
  readonly now?: () => number
  /** The other processes on the same port. */
  readonly siblings?: Siblings | undefined
}

export interface Siblings {
  /** Resolves when all others have purged. Rejects when one did not in time. */
  purge(delivery: Delivery): Promise<void>
  onPurge(apply: (delivery: Delivery) => Promise<unknown>): void
  /** Of all processes together, in Prometheus' words. */
  metrics(): Promise<string>
}

export interface Sharing {
  readonly share: Share
  isHeld(request: IncomingMessage): boolean
  /** For members that ask for what this one made. */
  readonly listener: Listener
}

export interface Assembly extends HalftoneOptions, OneProcess {
  /** What was purged: every cache asks. */
  readonly epochs: Epochs
  /** Where the settings name it. Nothing depends on its being there. */
  readonly redis: RedisRoom | undefined
  /** Undefined where nobody collects traces. */
  readonly tracer?: Tracer | undefined
  /** Work that is done once for all members, where there is Redis. */
  readonly sharing: Sharing | undefined
  /** What is to be finished and closed at the end; last made, first closed. */
  readonly closing: (() => Promise<unknown>)[]
  /** Told of whoever asks as a neighbour and does not know the secret. */
  readonly refused: (req: IncomingMessage) => void
  /** Reasons not to be ready, asked at each /readyz. */
  readonly faults: (() => string | undefined)[]
}
