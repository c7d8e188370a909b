// Entries as files: they survive restarts, the store is bounded in bytes, and nothing is read before the first answer.
import { mkdirSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { type Count, createCount, occupied } from './disk-count.ts'
import { createEviction, type Eviction } from './disk-eviction.ts'
import { codeOf, readFileAt, removeFileAt, writeFileAt } from './disk-file.ts'
import { decode, encode } from './disk-format.ts'
import { type Place, placeOf, removeLeftovers, temporaryFolder } from './disk-places.ts'
import { createWriteQueue } from './disk-writes.ts'
import { type Entry, largestShare } from './entry.ts'
import type { Store } from './store.ts'

/** What happens to a disk store besides hits and misses: a closed list. */
export type DiskEvent =
  | 'corrupt'
  | 'evicted'
  /** More was put than the disk can take; it is only a cache. */
  | 'put-dropped'
  | 'disk-full'
  | 'write-failed'
  | 'read-failed'

export type DiskObserver = (event: DiskEvent, cause?: unknown) => void

export interface DiskOptions {
  readonly dir: string
  readonly maxBytes: number
  readonly now?: () => number
  readonly random?: () => number
  readonly observe?: DiskObserver
  /** Bytes of entries that may wait to be written. */
  readonly maxWaitingBytes?: number
}

export interface DiskStore extends Store {
  /** Settles when the recount that begins with the store has ended; nothing waits for it. */
  readonly recounted: Promise<void>
}

/** More writes at once would fill the few threads that reads need too. */
const writesAtOnce = 2
const defaultWaitingBytes = 64 * 1024 * 1024

/** Several processes may share a folder safely; the bound is then kept by each on its own count. */
export function createDiskStore(options: DiskOptions): DiskStore {
  const { dir, maxBytes, random = Math.random, observe = () => {} } = options
  makeFolders(dir, observe)
  const count = createCount(dir)
  const eviction = createEviction({ dir, maxBytes, count, random, onEvicted: () => observe('evicted') })
  const files = createFiles({ ...options, observe, count, eviction })
  const writes = createWriteQueue({
    write: files.write,
    width: writesAtOnce,
    maxWaitingBytes: options.maxWaitingBytes ?? defaultWaitingBytes,
    onDropped: () => observe('put-dropped'),
  })
  const cleaning = removeLeftovers(dir)
  return {
    get: async (key) => writes.pending(key) ?? files.read(key),
    put: writes.put,
    async delete(key) {
      const wasPending = await writes.cancel(key)
      return (await files.remove(placeOf(dir, key))) || wasPending
    },
    size: count.total,
    recounted: count.recounted,
    async close() {
      await writes.idle()
      await Promise.all([cleaning, eviction.close()])
      await count.close()
    },
  }
}

/** A folder that cannot be made shows at every write; reads are misses. */
function makeFolders(dir: string, observe: DiskObserver): void {
  try {
    mkdirSync(temporaryFolder(dir), { recursive: true })
  } catch (thrown) {
    observe('write-failed', thrown)
  }
}

interface FilesOptions extends DiskOptions {
  readonly observe: DiskObserver
  readonly count: Count
  readonly eviction: Eviction
}

/** Entries in and out of their files; no fault of the disk leaves here. */
function createFiles({ dir, maxBytes, now = Date.now, observe, count, eviction }: FilesOptions) {
  const largestBytes = Math.floor(maxBytes * largestShare)

  async function read(key: string): Promise<Entry | undefined> {
    const place = placeOf(dir, key)
    try {
      const entry = decode(await readFileAt(place, { now: now(), maxBytes: largestBytes }), key)
      if (entry) return entry
      observe('corrupt')
      await remove(place)
    } catch (thrown) {
      if (codeOf(thrown) !== 'ENOENT') observe('read-failed', thrown)
    }
    return undefined
  }

  async function write(entry: Entry): Promise<void> {
    const parts = encode(entry)
    const place = placeOf(dir, entry.key)
    const bytes = occupied(parts[0].length + parts[1].length)
    if (bytes > largestBytes) return observe('put-dropped')
    // Counted before it is written, so that writes at once do not take the same room.
    count.change(place.branch, bytes, 1)
    if (!(await eviction.room())) {
      count.change(place.branch, -bytes, -1)
      return observe('put-dropped')
    }
    try {
      const replaced = await writeFileAt(dir, place, parts)
      if (replaced !== undefined) count.change(place.branch, -occupied(replaced), -1)
    } catch (thrown) {
      count.change(place.branch, -bytes, -1)
      await afterFailure(thrown)
    }
  }

  async function afterFailure(thrown: unknown): Promise<void> {
    const code = codeOf(thrown)
    const isFull = code === 'ENOSPC' || code === 'EDQUOT'
    observe(isFull ? 'disk-full' : 'write-failed', thrown)
    if (isFull) await eviction.shrink()
    // Somebody emptied the folder under us.
    if (code === 'ENOENT') await mkdir(temporaryFolder(dir), { recursive: true }).catch(() => {})
  }

  async function remove(place: Place): Promise<boolean> {
    const fileBytes = await removeFileAt(place).catch(() => undefined)
    if (fileBytes !== undefined) count.change(place.branch, -occupied(fileBytes), -1)
    return fileBytes !== undefined
  }

  return { read, write, remove }
}
