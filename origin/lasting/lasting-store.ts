// The lasting tier below the disk: entries in a bucket that all origins share. A new node, a second region or an empty
// disk finds there what another has made. It is written behind the answer, and read only where disk and memory miss.
import { LRUCache } from 'lru-cache'
import { decode, encode } from '../../cache/disk-format.ts'
import { createWriteQueue } from '../../cache/disk-writes.ts'
import type { Entry } from '../../cache/entry.ts'
import type { Store } from '../../cache/store.ts'
import type { Bucket, StoredFile } from '../../storage/bucket.ts'
import { createPatientRead } from './patient-read.ts'
import { createPeriods } from './periods.ts'

/** What happens to a lasting store: a closed list. */
export type LastingEvent = 'hit' | 'miss' | 'put' | 'put-dropped' | 'write-failed' | 'read-failed'

export interface LastingOptions {
  /** Memory and disk of this process. */
  readonly near: Store
  /** Opened with the first entry that is looked for. */
  readonly open: () => Promise<Pick<Bucket, 'get' | 'put' | 'delete'>>
  /** The first part of all keys in the bucket. */
  readonly room: string
  /** Kept at least so long after the last use, and at most twice as long. */
  readonly keepMs: number
  readonly hedgeMs?: number
  readonly deadlineMs: number
  readonly now?: () => number
  readonly observe?: (event: LastingEvent, cause?: unknown) => void
}

const writesAtOnce = 4
const mostWaitingBytes = 64 * 1024 * 1024
/** Larger entries are not worth a trip: they take longer to fetch than most take to make. */
const largestBytes = 64 * 1024 * 1024
/** A picture in the making is looked for twice; the second look need not go so far. */
const absentMs = 10_000
const mostAbsent = 10_000

export function createLastingStore(options: LastingOptions): Store {
  const { near, room, keepMs, deadlineMs, hedgeMs = deadlineMs / 3, now = Date.now } = options
  const { observe = () => {} } = options
  const periods = createPeriods(room, keepMs)
  const bucket = openedOnce(options.open)
  const onFault = (cause: unknown): void => observe('read-failed', cause)
  const patiently = createPatientRead({ hedgeMs, deadlineMs, now, onFault })
  const reading = new Map<string, Promise<Entry | undefined>>()
  const absent = new LRUCache<string, true>({ max: mostAbsent, ttl: absentMs })
  const writes = createWriteQueue({
    write,
    width: writesAtOnce,
    maxWaitingBytes: mostWaitingBytes,
    onDropped: () => observe('put-dropped'),
  })

  async function write(entry: Entry): Promise<void> {
    const body = Buffer.concat(encode(entry))
    const [key] = periods.keysOf(entry.key, now())
    try {
      await (await bucket()).put(key, body, { type: 'application/octet-stream', length: body.length })
      observe('put')
    } catch (cause) {
      observe('write-failed', cause)
    }
  }

  /** What many look for at once is read once. */
  function findFar(key: string): Promise<Entry | undefined> {
    if (absent.has(key)) return Promise.resolve(undefined)
    const known = reading.get(key)
    if (known) return known
    const read = fetchFar(key).finally(() => reading.delete(key))
    reading.set(key, read)
    return read
  }

  async function fetchFar(key: string): Promise<Entry | undefined> {
    const [newer, older] = periods.keysOf(key, now())
    const found = await patiently((signal) => findAt([newer, older], key, signal))
    observe(found ? 'hit' : 'miss')
    if (!found) absent.set(key, true)
    else if (found.at === older) void writes.put(found.entry)
    if (found) await near.put(found.entry)
    return found?.entry
  }

  async function findAt(places: readonly string[], key: string, signal: AbortSignal) {
    const { get } = await bucket()
    const files = await Promise.all(places.map((place) => get(place, { signal })))
    const entries = await Promise.all(files.map((file) => file && entryIn(file, key)))
    const at = entries.findIndex((entry) => entry !== undefined)
    const entry = entries[at]
    return entry && { entry, at: places[at] }
  }

  return {
    async get(key) {
      return (await near.get(key)) ?? writes.pending(key) ?? findFar(key)
    },
    async put(entry) {
      absent.delete(entry.key)
      if (entry.status < 400 && entry.body.length <= largestBytes) void writes.put(entry)
      await near.put(entry)
    },
    async delete(key) {
      const wasWaiting = await writes.cancel(key)
      const wasNear = await near.delete(key)
      const places = periods.keysOf(key, now())
      await (await bucket()).delete(places).catch((cause: unknown) => observe('write-failed', cause))
      return wasNear || wasWaiting
    },
    /** Of the near part: nobody counts a bucket. */
    size: near.size,
    /** What is near is closed by its maker. */
    close: () => writes.idle(),
  }
}

/** A bucket that could not be opened is tried again. */
function openedOnce<T>(open: () => Promise<T>): () => Promise<T> {
  let opening: Promise<T> | undefined
  return () => {
    opening ??= open().catch((thrown: unknown) => {
      opening = undefined
      throw thrown
    })
    return opening
  }
}

/** Undefined for anything but a whole entry with this key. */
async function entryIn(file: StoredFile, key: string): Promise<Entry | undefined> {
  if (file.bytes > largestBytes * 1.1) {
    file.body.destroy()
    return undefined
  }
  const chunks: Uint8Array[] = []
  for await (const chunk of file.body as AsyncIterable<Uint8Array>) chunks.push(chunk)
  return decode(Buffer.concat(chunks), key)
}
