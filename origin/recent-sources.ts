// Small sources read lately. All sizes of a picture that are requested together read its source once.
import { LRUCache } from 'lru-cache'
import { createFlights } from '../cache/collapse.ts'
import { mostInline } from '../work/handover.ts'
import type { Wish } from './loader.ts'

type Bytes = Uint8Array | undefined

/** A version, and from which position of the log of purges on its bytes may be used. */
export interface Sought extends Pick<Wish, 'since' | 'epoch'> {
  readonly version: string
}

export interface Recent {
  /** The bytes of a version: from memory, from a read under way, or by `fetch`. Undefined is passed on, not kept. */
  read(sought: Sought, signal: AbortSignal, fetch: (signal: AbortSignal) => Promise<Bytes>): Promise<Bytes>
}

/** A burst over one page's pictures; what is asked for again later has its results kept. */
const defaultBytes = 64 * 2 ** 20

/** A file system that has not delivered one file by then will not. */
const flightMs = 60_000

export function createRecent({ maxBytes = defaultBytes }: { readonly maxBytes?: number } = {}): Recent {
  const kept = new LRUCache<string, { readonly bytes: Uint8Array; readonly epoch: number }>({
    maxSize: maxBytes,
    // Larger ones lie in a file where they are worked on: in memory too, they would lie there twice.
    maxEntrySize: Math.max(1, Math.min(maxBytes, mostInline)),
    sizeCalculation: ({ bytes }) => bytes.length || 1,
  })
  const flights = createFlights<Bytes>(flightMs)
  return {
    async read({ version, since = 0, epoch = 0 }, signal, fetch) {
      const known = kept.get(version)
      if (known && known.epoch >= since) return known.bytes
      const { value } = await flights.join(`${version} ${since}`, signal, async (trip) => {
        const bytes = await fetch(trip.signal)
        if (bytes) kept.set(version, { bytes, epoch })
        return bytes
      })
      return value
    },
  }
}
