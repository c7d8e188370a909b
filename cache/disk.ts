// Entries as files: they survive restarts, the store is bounded in bytes, and nothing is read before the first answer.
import { mkdirSync } from 'node:fs'
import { mkdir, open, rename, rm, stat, writeFile } from 'node:fs/promises'
import { decode, encode } from './disk-format.ts'
import { type Place, placeOf, removeLeftovers, temporaryFolder, temporaryPath } from './disk-places.ts'
import { createSpace, occupied } from './disk-space.ts'
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

export interface DiskOptions {
  readonly dir: string
  readonly maxBytes: number
  readonly now?: () => number
  readonly random?: () => number
  readonly observe?: (event: DiskEvent, cause?: unknown) => void
  /** Bytes of entries that may wait to be written. */
  readonly maxWaitingBytes?: number
}

export interface DiskStore extends Store {
  /** Settles when the recount that begins with the store has ended; nothing waits for it. */
  readonly recounted: Promise<void>
}

/** More writes at once would fill the few threads that reads need too. */
const writesAtOnce = 2
/** When an entry was last used is written down at most this often: precise enough to evict by, and hits stay reads. */
const touchEveryMs = 3_600_000

/** Several processes may share a folder safely; the bound is then kept by each on its own count. */
export function createDiskStore(options: DiskOptions): DiskStore {
  const { dir, maxBytes, now = Date.now, random = Math.random, observe = () => {} } = options
  const largestBytes = Math.floor(maxBytes * largestShare)
  makeFolders()
  const space = createSpace({ dir, maxBytes, random, onEvicted: () => observe('evicted') })
  const writes = createWriteQueue({
    write,
    width: writesAtOnce,
    maxWaitingBytes: options.maxWaitingBytes ?? 64 * 1024 * 1024,
    onDropped: () => observe('put-dropped'),
  })
  const cleaning = removeLeftovers(dir)

  /** A folder that cannot be made shows at every write; reads are misses. */
  function makeFolders(): void {
    try {
      mkdirSync(temporaryFolder(dir), { recursive: true })
    } catch (thrown) {
      observe('write-failed', thrown)
    }
  }

  async function get(key: string): Promise<Entry | undefined> {
    const pending = writes.pending(key)
    if (pending) return pending
    const place = placeOf(dir, key)
    const bytes = await read(place.path)
    if (bytes === undefined) return undefined
    const entry = decode(bytes, key)
    if (entry) return entry
    observe('corrupt')
    await remove(place)
    return undefined
  }

  async function read(path: string): Promise<Buffer | undefined> {
    try {
      await using file = await open(path, 'r')
      const { size, mtimeMs } = await file.stat()
      const bytes = Buffer.allocUnsafeSlow(Math.min(size, largestBytes))
      const { bytesRead } = await file.read(bytes, 0, bytes.length, 0)
      if (now() - mtimeMs > touchEveryMs) await file.utimes(now() / 1000, now() / 1000)
      return bytes.subarray(0, bytesRead)
    } catch (thrown) {
      if (codeOf(thrown) !== 'ENOENT') observe('read-failed', thrown)
      return undefined
    }
  }

  async function write(entry: Entry): Promise<void> {
    const parts = encode(entry)
    const place = placeOf(dir, entry.key)
    const bytes = occupied(parts[0].length + parts[1].length)
    if (bytes > largestBytes || !(await space.take(place, bytes))) return observe('put-dropped')
    const temporary = temporaryPath(dir)
    try {
      await writeFile(temporary, parts)
      const replaced = await fileBytesOf(place.path)
      await settle(temporary, place)
      if (replaced !== undefined) space.give(place, occupied(replaced))
    } catch (thrown) {
      space.give(place, bytes)
      await rm(temporary, { force: true }).catch(() => {})
      await afterFailure(thrown)
    }
  }

  async function afterFailure(thrown: unknown): Promise<void> {
    const code = codeOf(thrown)
    const isFull = code === 'ENOSPC' || code === 'EDQUOT'
    observe(isFull ? 'disk-full' : 'write-failed', thrown)
    if (isFull) await space.shrink()
    // Somebody emptied the folder under us.
    if (code === 'ENOENT') await mkdir(temporaryFolder(dir), { recursive: true }).catch(() => {})
  }

  async function remove(place: Place): Promise<boolean> {
    const fileBytes = await fileBytesOf(place.path)
    if (fileBytes === undefined) return false
    try {
      await rm(place.path)
      space.give(place, occupied(fileBytes))
      return true
    } catch {
      return false
    }
  }

  return {
    get,
    put: writes.put,
    async delete(key) {
      const wasPending = await writes.cancel(key)
      return (await remove(placeOf(dir, key))) || wasPending
    },
    size: space.size,
    recounted: space.recounted,
    async close() {
      await writes.idle()
      await cleaning
      await space.close()
    },
  }
}

/** Eviction removes empty folders, perhaps between our making one and moving in: hence more than one try. */
async function settle(temporary: string, { folder, path }: Place): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await mkdir(folder, { recursive: true })
      return await rename(temporary, path)
    } catch (thrown) {
      if (codeOf(thrown) !== 'ENOENT' || tries === 3) throw thrown
    }
  }
}

const fileBytesOf = (path: string): Promise<number | undefined> =>
  stat(path).then(
    ({ size }) => size,
    () => undefined,
  )

const codeOf = (thrown: unknown): string | undefined => (thrown as NodeJS.ErrnoException).code
