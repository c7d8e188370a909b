// Entries as files: they survive restarts, the store is bounded in bytes, and nothing is read before the first answer.
import { mkdirSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import { type BodyFile, type BodyFiles, createBodyFiles } from '../work/body-files.ts'
import { type Count, createCount, occupied } from './disk-count.ts'
import { createEviction, type Eviction } from './disk-eviction.ts'
import { placeLink, readFileAt, removeFileAt, writeFileAt } from './disk-file.ts'
import { decode, encodeLabel } from './disk-format.ts'
import { codeOf, linkEntry } from './disk-links.ts'
import { type Place, placeOf, removeLeftovers, removeOldLevels, temporaryFolder } from './disk-places.ts'
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
  /** Shared with whoever else in this process writes the same bodies. */
  readonly bodies?: BodyFiles
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
  const cleaning = removeLeftovers(dir).then(() => removeOldLevels(dir))
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

/** Of an entry's headers and key, until it is known. */
const headRoom = 1024

interface Put {
  readonly file: BodyFile
  readonly replaced: number | undefined
}

interface FilesOptions extends DiskOptions {
  readonly observe: DiskObserver
  readonly count: Count
  readonly eviction: Eviction
}

/** Entries in and out of their files; no fault of the disk leaves here. */
function createFiles(options: FilesOptions) {
  const { dir, maxBytes, now = Date.now, observe, count, eviction, bodies = createBodyFiles() } = options
  const largestBytes = Math.floor(maxBytes * largestShare)

  async function read(key: string): Promise<Entry | undefined> {
    const place = placeOf(dir, key)
    try {
      // Twice, because another process may be adding its label just now.
      for (let tries = 0; tries < 2; tries++) {
        const entry = decode(await readFileAt(place, { now: now(), maxBytes: largestBytes }), key)
        if (entry) return entry
      }
      observe('corrupt')
      await remove(place)
    } catch (thrown) {
      if (codeOf(thrown) !== 'ENOENT') observe('read-failed', thrown)
    }
    return undefined
  }

  async function write(entry: Entry): Promise<void> {
    const place = placeOf(dir, entry.key)
    const bytes = occupied(entry.body.length + headRoom)
    if (bytes > largestBytes) return observe('put-dropped')
    // Counted before it is written, so that writes at once do not take the same room.
    count.change(place.branch, bytes, 1)
    if (!(await eviction.room())) {
      count.change(place.branch, -bytes, -1)
      return observe('put-dropped')
    }
    try {
      const { file, replaced } = await put(entry, place)
      if (replaced !== undefined) count.change(place.branch, -occupied(replaced), -1)
      count.change(place.branch, occupied(file.bytes) - bytes, 0)
      file.grown.push((from, to) => count.change(place.branch, occupied(to) - occupied(from), 0))
    } catch (thrown) {
      count.change(place.branch, -bytes, -1)
      await afterFailure(thrown)
    }
  }

  async function put(entry: Entry, place: Place): Promise<Put> {
    const written = bodies.find(entry.body)
    const known = written && (await written)
    try {
      if (known) return { file: known, replaced: await linkEntry(known, entry, placeLink(dir, place)) }
    } catch {
      // Evicted there, or on another file system: here it is written all the same.
    }
    const { body } = entry
    const checksum = crc32(body)
    const label = encodeLabel(entry, checksum)
    const writing = writeFileAt(dir, place, [body, label]).then(({ replaced, identity }) => {
      const bytes = body.length + label.length
      return { replaced, file: { path: place.path, identity, bytes, labels: 1, checksum, grown: [] } }
    })
    bodies.add(
      body,
      writing.then(
        ({ file }) => file,
        () => undefined,
      ),
    )
    return writing
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
