// Memory before disk, as one store: reads fill the memory, writes go to both and wait for neither.
import { LRUCache } from 'lru-cache'
import type { Entry } from './entry.ts'
import type { MemoryStore } from './memory.ts'
import type { Store } from './store.ts'

export interface TieredOptions {
  readonly memory: MemoryStore
  readonly disk: Store
}

export interface TieredStore extends MemoryStore {
  /** Settles when the disk has all that the memory was given. */
  idle(): Promise<void>
}

/**
 * Keys that the disk did not have: every flight looks twice, and the second look need not go there. Forgotten when the
 * key is put; what another process puts into a shared folder meanwhile costs one trip upstream.
 */
const maxAbsent = 10_000

export function createTieredStore({ memory, disk }: TieredOptions): TieredStore {
  const writing = new Set<Promise<unknown>>()
  const reading = new Map<string, Promise<Entry | undefined>>()
  const absent = new LRUCache<string, true>({ max: maxAbsent })

  function get(key: string): Promise<Entry | undefined> {
    const near = memory.getNow(key)
    if (near || absent.has(key)) return Promise.resolve(near)
    // A picture that many ask for at once is read once.
    return reading.get(key) ?? readFromDisk(key)
  }

  function readFromDisk(key: string): Promise<Entry | undefined> {
    const read: Promise<Entry | undefined> = disk
      .get(key)
      .then((entry) => (reading.get(key) === read ? fill(key, entry) : undefined))
      .finally(() => reading.get(key) === read && reading.delete(key))
    reading.set(key, read)
    return read
  }

  async function fill(key: string, entry: Entry | undefined): Promise<Entry | undefined> {
    // While the disk was read the key may have been put anew.
    const newer = memory.getNow(key)
    if (newer) return newer
    if (entry === undefined) absent.set(key, true)
    else await memory.put(entry)
    return entry
  }

  function put(entry: Entry): Promise<void> {
    absent.delete(entry.key)
    // Both begin at once, so that a purge right behind finds both. An error goes with the process: a restart is how a
    // configuration is repaired, and what it refused before must not be on the disk still.
    const doing: Promise<unknown> = entry.status < 400 ? disk.put(entry) : disk.delete(entry.key)
    const write = doing.finally(() => writing.delete(write))
    writing.add(write)
    return memory.put(entry)
  }

  async function idle(): Promise<void> {
    while (writing.size > 0) await Promise.allSettled(writing)
  }

  return {
    get,
    put,
    getNow: memory.getNow,
    async delete(key) {
      reading.delete(key)
      const [near, far] = await Promise.all([memory.delete(key), disk.delete(key)])
      // A read that began while the file was still there must not bring it back.
      reading.delete(key)
      await memory.delete(key)
      return near || far
    },
    /** The disk holds what the memory holds, and more. */
    size: disk.size,
    idle,
    async close() {
      await idle()
      await disk.close()
      await memory.close()
    },
  }
}
