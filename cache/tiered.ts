// Memory before disk, as one store: reads fill the memory, writes go to both and wait for neither.
import type { DiskStore } from './disk.ts'
import type { Entry } from './entry.ts'
import type { MemoryStore } from './memory.ts'
import type { Store } from './store.ts'

export interface TieredOptions {
  readonly memory: MemoryStore
  readonly disk: Store | DiskStore
}

export function createTieredStore({ memory, disk }: TieredOptions): MemoryStore {
  const writing = new Set<Promise<unknown>>()
  let deletions = 0

  async function get(key: string): Promise<Entry | undefined> {
    const near = memory.getNow(key)
    if (near) return near
    const before = deletions
    const entry = await disk.get(key)
    // While the disk was read the key may have been purged, or put anew: neither may be undone here.
    if (entry === undefined || before !== deletions) return undefined
    const newer = memory.getNow(key)
    if (newer) return newer
    await memory.put(entry)
    return entry
  }

  async function put(entry: Entry): Promise<void> {
    await memory.put(entry)
    const write = disk.put(entry).finally(() => writing.delete(write))
    writing.add(write)
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
    async close() {
      await Promise.all(writing)
      await disk.close()
      await memory.close()
    },
  }
}
