// Entries in this process's memory, the least recently used forgotten first.
import { LRUCache } from 'lru-cache'
import { type Entry, largestShare, weigh } from './entry.ts'
import type { Store } from './store.ts'

export interface MemoryStore extends Store {
  /** The same as `get`, without waiting: for the hit path. */
  getNow(key: string): Entry | undefined
}

export function createMemoryStore({ maxBytes }: { readonly maxBytes: number }): MemoryStore {
  const entries = new LRUCache<string, Entry>({
    maxSize: Math.max(1, Math.floor(maxBytes)),
    maxEntrySize: Math.max(1, Math.floor(maxBytes * largestShare)),
    sizeCalculation: weigh,
  })
  return {
    getNow: (key) => entries.get(key),
    get: async (key) => entries.get(key),
    put: async (entry) => {
      entries.set(entry.key, compact(entry))
    },
    delete: async (key) => entries.delete(key),
    size: () => ({ bytes: entries.calculatedSize, entries: entries.size }),
    close: async () => entries.clear(),
  }
}

/** A small view would keep the whole buffer behind it alive, unweighed; such a body is copied out once. */
function compact(entry: Entry): Entry {
  const { body } = entry
  if (body.buffer.byteLength <= body.length * 1.25 + 2048) return entry
  const own = Buffer.allocUnsafeSlow(body.length)
  body.copy(own)
  return { ...entry, body: own }
}
