// Pictures from a bucket of storage: S3, Azure, Swift or our own folder, by a key that the path names.
import { createHash } from 'node:crypto'
import { createFlights } from '../../cache/collapse.ts'
import { safely } from '../../cache/safe-store.ts'
import type { Store } from '../../cache/store.ts'
import type { Share } from '../../cluster/share.ts'
import { asFailure, Failure, type FailureKind } from '../../errors.ts'
import { decodeBody, hasContentCoding, tooLarge } from '../../fetch/content-coding.ts'
import { allocateBuffer, concatBuffers } from '../../fetch/own-buffer.ts'
import type { Bucket, FileFacts, GetOptions, StoredFile } from '../../storage/bucket.ts'
import type { FileBody } from '../../tier.ts'
import { nameOf } from '../../transforms/index.ts'
import { assumedFor } from '../caching.ts'
import type { Loader, Source } from '../loader.ts'
import { createRecent, type Recent, type Sought } from '../recent-sources.ts'
import { shareBytes } from '../shared-work.ts'

export interface BucketOptions {
  readonly bucket: Pick<Bucket, 'get' | 'stat'>
  /** Tells this bucket from all others of the origin. */
  readonly place: string
  /** The key of a file by its path; undefined for a path that cannot be one. */
  readonly keyOf: (path: string) => string | undefined
  /** Of one file. */
  readonly maxBytes: number
  /** A file says nothing of its future: how long it may be taken as unchanged. */
  readonly freshSeconds: number
  /** Bytes read lately, shared by all loaders of an origin. */
  readonly recent?: Recent
  /** Where files are kept by version, for a bucket that is behind a network. */
  readonly store?: Store
  /** For such a bucket: files are read once for all members. */
  readonly share?: Share | undefined
}

/** Far above what a bucket allows itself. */
const flightMs = 60_000

export function createBucketLoader(options: BucketOptions): Loader {
  const { bucket, place, keyOf, maxBytes, freshSeconds, recent = createRecent({ maxBytes }) } = options
  const { share } = options
  // All the sizes of a new picture are asked for at once, and one look is enough for them.
  const looks = createFlights<FileFacts | undefined>(flightMs)
  const caching = assumedFor(freshSeconds)
  const kept = options.store && keeping(options.store)

  /** Undefined when the file is no longer this version. */
  async function find(key: string, version: string, options: GetOptions): Promise<StoredFile | undefined> {
    const found = await bucket.get(key, options).catch(refuse)
    if (found === undefined || versionOf(place, key, found) === version) return found
    found.body.destroy()
    return undefined
  }

  async function read(key: string, version: string, signal: AbortSignal): Promise<Uint8Array | undefined> {
    const found = await find(key, version, { signal })
    const bytes = found && (await readWhole(found))
    return bytes && found.encoding
      ? concatBuffers([await decodeBody(bytes, found.encoding, maxBytes)])
      : bytes
  }

  const fileOf = (key: string, version: string, length: number): FileBody => ({
    length,
    async open({ start, end }, signal) {
      const found = await find(key, version, { range: { from: start, to: end }, signal })
      if (found === undefined) throw replacedFailure()
      return found.body
    },
  })

  return {
    async load(path, signal, wish = {}): Promise<Source> {
      const key = keyOf(nameOf(path))
      if (key === undefined) throw missing()
      const { value: facts } = await looks.join(`${wish.epoch ?? 0} ${key}`, signal, () =>
        bucket.stat(key).catch(refuse),
      )
      if (facts === undefined) throw missing()
      const version = versionOf(place, key, facts)
      const fetch = async (trip: AbortSignal) => {
        if (facts.bytes > maxBytes) throw tooLarge(maxBytes)
        const own = () => read(key, version, trip)
        return share ? shareBytes(share, version, { signal: trip, read: own }) : own()
      }
      return {
        version,
        caching,
        ...(facts.modifiedAt > 0 && { lastModified: new Date(facts.modifiedAt).toUTCString() }),
        declaredType: facts.type,
        // A part of a packed file is no part of what is in it.
        ...(!hasContentCoding(facts.encoding) && { file: fileOf(key, version, facts.bytes) }),
        read: (signal) => {
          const sought = { ...wish, version }
          return recent.read(sought, signal, kept ? (trip) => kept(sought, trip, fetch) : fetch)
        },
      }
    },
  }
}

/** What is known of a file without its bytes. An ETag alone may be a digest of its parts, or of nothing at all. */
function versionOf(place: string, key: string, { etag, bytes, modifiedAt, encoding }: FileFacts): string {
  const identity = JSON.stringify([place, key, etag, bytes, modifiedAt, ...(encoding ? [encoding] : [])])
  return `bucket-${createHash('sha256').update(identity).digest('base64url')}`
}

/** Undefined when the body is not as long as was said. */
async function readWhole({ body, bytes }: StoredFile): Promise<Uint8Array | undefined> {
  const whole = allocateBuffer(bytes)
  let at = 0
  try {
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      if (at + chunk.length > bytes) return undefined
      whole.set(chunk, at)
      at += chunk.length
    }
  } catch (thrown) {
    return refuse(thrown)
  }
  return at === bytes ? whole : undefined
}

type FetchBytes = (signal: AbortSignal) => Promise<Uint8Array | undefined>

/** The largest moment a Date can hold: a version never changes. */
const forEver = 8.64e15

/**
 * A file from the store, else fetched and put into the store. A fault of the store only means that the bucket is asked.
 */
function keeping(given: Store) {
  const store = safely(given, () => {})
  return async (sought: Sought, signal: AbortSignal, fetch: FetchBytes): Promise<Uint8Array | undefined> => {
    const entry = await store.get(sought.version)
    if (entry && entry.epoch >= (sought.since ?? 0)) return entry.body
    const bytes = await fetch(signal)
    if (bytes) store.put(entryOf(sought, bytes))
    return bytes
  }
}

const entryOf = ({ version, epoch = 0 }: Sought, bytes: Uint8Array) => ({
  key: version,
  epoch,
  status: 200,
  headers: {},
  body: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  storedAt: 0,
  ageOnArrival: 0,
  freshUntil: forEver,
  staleWhileRevalidateUntil: forEver,
  staleIfErrorUntil: forEver,
})

/**
 * An upstream failure of storage is a failure of the source's server here. A name that no bucket takes is a picture
 * that does not exist.
 */
const named: Partial<Readonly<Record<FailureKind, FailureKind>>> = {
  'upstream-failed': 'source-failed',
  'upstream-late': 'source-late',
  internal: 'source-failed',
}

function refuse(thrown: unknown): never {
  const { kind, message, details } = asFailure(thrown)
  if (kind === 'bad-option') throw missing()
  const said = kind === 'internal' ? 'The file could not be read.' : message
  throw new Failure(named[kind] ?? kind, said, { ...details, cause: details.cause ?? thrown })
}

const missing = () => new Failure('source-missing', 'There is no picture at this path.')

const replacedFailure = () => new Failure('source-failed', 'The source was replaced while it was read.')
