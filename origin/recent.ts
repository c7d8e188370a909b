// Source bytes read lately, so that all the sizes of one picture that are asked for together read it once.
import { LRUCache } from 'lru-cache'
import { createFlights } from '../cache/collapse.ts'

type Bytes = Uint8Array | undefined

export interface Recent {
  /** The bytes of a version: from memory, from a read under way, or by `fetch`. Undefined is passed on, not kept. */
  read(version: string, signal: AbortSignal, fetch: (signal: AbortSignal) => Promise<Bytes>): Promise<Bytes>
}

/** A burst over one page's pictures; what is asked for again later has its results kept. */
const defaultBytes = 64 * 2 ** 20

/** A file system that has not delivered one file by then will not. */
const flightMs = 60_000

export function createRecent({ maxBytes = defaultBytes }: { readonly maxBytes?: number } = {}): Recent {
  const kept = new LRUCache<string, Uint8Array>({
    maxSize: maxBytes,
    sizeCalculation: ({ length }) => length || 1,
  })
  const flights = createFlights<Bytes>(flightMs)
  return {
    async read(version, signal, fetch) {
      const known = kept.get(version)
      if (known) return known
      const { value } = await flights.join(version, signal, async (trip) => {
        const bytes = await fetch(trip.signal)
        if (bytes) kept.set(version, bytes)
        return bytes
      })
      return value
    },
  }
}
