// Memory before disk, as one store: reads fill the memory, writes go to both and wait for neither.
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

export function createTieredStore({ memory, disk }: TieredOptions): TieredStore {
  const writing = new Set<Promise<unknown>>()
  let deletions = 0

  async function get(key: string): Promise<Entry | undefined> {
    const near = memory.getNow(key)
    if (near) return near
    const before = deletions
    const entry = await disk.get(key)
    // While the disk was read the key may have been purged, or put anew: neither may be undone here.
    if (before !== deletions) return disk.get(key)
    const newer = memory.getNow(key)
    if (newer || entry === undefined) return newer
    await memory.put(entry)
    return entry
  }

  function put(entry: Entry): Promise<void> {
    // Both begin at once, so that a purge right behind finds both.
    const write = disk.put(entry).finally(() => writing.delete(write))
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
      deletions++
      const [near, far] = await Promise.all([memory.delete(key), disk.delete(key)])
      deletions++
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
