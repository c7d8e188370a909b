// Where answers of sites lie: heads and small bodies in memory over disk, the parts of large bodies on disk alone.
import type { Entry } from '../../cache/entry.ts'
import type { MemoryStore } from '../../cache/memory.ts'
import type { Store } from '../../cache/store.ts'

import type { SiteEntry } from './entry.ts'

export interface SiteStore {
  /** What is in memory, without waiting. */
  now(key: string): SiteEntry | undefined
  get(key: string): Promise<SiteEntry | undefined>
  /** In memory at once; settles when it is on disk as well, or cannot be. Never rejects. */
  put(entry: SiteEntry): Promise<void>
  remove(key: string): void
  part(name: PartName): Promise<Buffer | undefined>
  /** Settles when it lies where it can be read from, or was dropped: reading tells. Never rejects. */
  putPart(name: PartName, bytes: Buffer): Promise<void>
  removePart(name: PartName): void
  /** No longer body is kept. */
  readonly mostBytes: number
  idle(): Promise<void>
}

export interface PartName {
  /** Of the version. */
  readonly id: string
  readonly start: number
  /** Bytes of the whole body, as far as they are known: large ones do not drive small ones out of the memory. */
  readonly total: number
}

export interface SiteStoreOptions {
  readonly memory: MemoryStore
  readonly memoryBytes: number
  /** Memory over disk. */
  readonly tiered: Store
  readonly disk: Store
  readonly diskBytes: number
  readonly failed: (cause: unknown) => void
}

/** One answer may take so much of the memory, or of the disk. */
const largestShare = 1 / 8

export function createSiteStore(options: SiteStoreOptions): SiteStore {
  const { memory, memoryBytes, tiered, disk, diskBytes, failed } = options
  const begun = new Set<Promise<unknown>>()
  const isSmall = ({ total }: PartName): boolean => total <= memoryBytes * largestShare

  function begin(work: Promise<unknown>): Promise<void> {
    const doing: Promise<void> = work.then(
      () => void begun.delete(doing),
      (thrown) => {
        begun.delete(doing)
        failed(thrown)
      },
    )
    begun.add(doing)
    return doing
  }

  async function tried<T>(work: Promise<T>): Promise<T | undefined> {
    try {
      return await work
    } catch (thrown) {
      failed(thrown)
      return undefined
    }
  }

  /** What is being removed is gone, whatever the disk says meanwhile; and what is put behind it stays. */
  const removing = new Map<string, Promise<void>>()
  function remove(key: string): void {
    const done = begin(tiered.delete(key)).then(() => {
      if (removing.get(key) === done) removing.delete(key)
    })
    removing.set(key, done)
  }

  return {
    now: (key) => memory.getNow(key) as SiteEntry | undefined,
    async get(key) {
      await removing.get(key)
      return (await tried(tiered.get(key))) as SiteEntry | undefined
    },
    put(entry) {
      const before = removing.get(entry.key)
      return begin(before ? before.then(() => tiered.put(entry)) : tiered.put(entry))
    },
    remove,
    async part(name) {
      const key = keyOf(name)
      const near = memory.getNow(key)
      if (near) return near.body
      return (await tried(isSmall(name) ? tiered.get(key) : disk.get(key)))?.body
    },
    putPart: (name, bytes) => begin((isSmall(name) ? tiered : disk).put(entryOf(keyOf(name), bytes))),
    removePart: (name) => remove(keyOf(name)),
    mostBytes: Math.max(diskBytes / 2, memoryBytes * largestShare),
    async idle() {
      while (begun.size > 0) await Promise.allSettled(begun)
    },
  }
}

/** No key of an answer begins so. */
const keyOf = ({ id, start }: PartName): string => `part ${id} ${start}`

/** Its head says how long it may be used. */
const entryOf = (key: string, body: Buffer): Entry => ({
  ...{ key, body, epoch: 0, status: 200, headers: {} },
  ...{ storedAt: 0, ageOnArrival: 0, freshUntil: 0, staleWhileRevalidateUntil: 0, staleIfErrorUntil: 0 },
})
