// The shield: a shared cache between many edges and the origin, and nothing else.
import { type Cache, type CacheObserver, createCache } from '../cache/index.ts'
import { createMeter } from '../cache/meter.ts'
import type { Store } from '../cache/store.ts'
import type { Epochs } from '../purging/index.ts'
import type { Tier } from '../tier.ts'

export interface ShieldOptions {
  readonly store: Store
  readonly upstream: Tier
  /** The longest a flight to the origin may take. */
  readonly flightMs: number
  readonly now?: () => number
  readonly observe?: CacheObserver
  readonly epochs?: Epochs
}

export type Shield = Cache

export const createShield = (options: ShieldOptions): Shield =>
  createCache({ ...options, name: 'halftone-shield', meter: createMeter() })
