// Keeps a disk store within its bytes without an index: a running total, and eviction by samples as Redis does it.
import { readFileSync } from 'node:fs'
import { rename, rm, rmdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as rest } from 'node:timers/promises'
import { branchesIn, entriesIn, type Found, type Place, temporaryPath } from './disk-places.ts'

export interface Space {
  /** Counts the bytes in and evicts until they fit. False when no room can be made. */
  take(place: Place, bytes: number): Promise<boolean>
  /** Counts bytes out, and an entry where one was removed. */
  give(place: Place, bytes: number, entries: 0 | 1): void
  /** The disk is full although we are within our bound: somebody else uses it too, so we use less. */
  shrink(): Promise<void>
  size(): Total
  /** Settles when the recount that begins with the store has ended. */
  readonly recounted: Promise<void>
  close(): Promise<void>
}

export interface Total {
  readonly bytes: number
  readonly entries: number
}

export interface SpaceOptions {
  readonly dir: string
  readonly maxBytes: number
  readonly random: () => number
  readonly onEvicted: () => void
}

/** Eviction goes on to here, so that not every later write has to evict one entry. */
const lowWater = 0.95
/** What one round of eviction compares, and how many tries it takes to find them in a nearly empty store. */
const sampled = 32
const maxTries = 64
/** Of a sample the least recently used quarter goes: close to true order, at a tenth of the reads. */
const evictedShare = 1 / 4
const summaryEveryMs = 30_000
/** One folder a millisecond: a large store is recounted in a minute or two, and no reader waits behind it. */
const restMs = 1

const block = 4096
/** What a file takes: whole blocks, and the block of the folder that it nearly always has to itself. */
export const occupied = (fileBytes: number): number => Math.ceil(fileBytes / block) * block + block

export function createSpace({ dir, maxBytes, random, onEvicted }: SpaceOptions): Space {
  const closing = new AbortController()
  let total = readSummary(dir)
  let evicting: Promise<void> | undefined
  /** While recounting: the branches up to `counted` are counted, and changes in them add up in `since`. */
  let counted: string | undefined
  let since: Total = { bytes: 0, entries: 0 }

  function change(branch: string, bytes: number, entries: number): void {
    total = plus(total, bytes, entries)
    if (counted !== undefined && branch <= counted) since = plus(since, bytes, entries)
  }

  async function recount(): Promise<void> {
    let sum: Total = { bytes: 0, entries: 0 }
    counted = ''
    for (const first of await branchesIn(dir)) {
      for (const second of await branchesIn(join(dir, first))) {
        if (closing.signal.aborted) return
        const found = await entriesIn(dir, join(first, second))
        for (const { fileBytes } of found) sum = plus(sum, occupied(fileBytes), 1)
        counted = join(first, second)
        await rest(restMs, undefined, { ref: false })
      }
    }
    total = plus(sum, since.bytes, since.entries)
    counted = undefined
  }

  /** One eviction at a time; writers that need room wait for the same one. */
  function evictTo(target: number): Promise<void> {
    evicting ??= evict(target).finally(() => {
      evicting = undefined
    })
    return evicting
  }

  async function evict(target: number): Promise<void> {
    while (total.bytes > target && !closing.signal.aborted) {
      const sample = await takeSample()
      if (sample.length === 0) return
      sample.sort((a, b) => a.usedAt - b.usedAt)
      const oldest = sample.slice(0, Math.ceil(sample.length * evictedShare))
      for (const found of oldest) if (total.bytes > target) await remove(found)
    }
  }

  async function takeSample(): Promise<Sampled[]> {
    const sample = new Map<string, Sampled>()
    const firsts = await branchesIn(dir)
    for (let tries = 0; tries < maxTries && sample.size < sampled; tries++) {
      const first = pick(firsts) ?? ''
      const second = pick(await branchesIn(join(dir, first)))
      if (second === undefined) continue
      const branch = join(first, second)
      for (const found of await entriesIn(dir, branch)) sample.set(found.path, { ...found, branch })
    }
    return [...sample.values()]
  }

  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)]

  async function remove({ path, fileBytes, branch }: Sampled): Promise<void> {
    // Counted even when it was gone already: then the total was too high, and would never come down otherwise.
    change(branch, -occupied(fileBytes), -1)
    await rm(path, { force: true }).catch(() => {})
    await removeEmptyFolders(path)
    onEvicted()
  }

  async function take({ branch }: Place, bytes: number): Promise<boolean> {
    change(branch, bytes, 1)
    if (total.bytes <= maxBytes) return true
    await evictTo(Math.floor(maxBytes * lowWater))
    // An entry may be larger than the gap that eviction left.
    if (total.bytes > maxBytes) await evictTo(maxBytes - bytes)
    if (total.bytes <= maxBytes) return true
    change(branch, -bytes, -1)
    return false
  }

  async function writeSummary(): Promise<void> {
    const temporary = temporaryPath(dir)
    await writeFile(temporary, JSON.stringify(total))
    await rename(temporary, summaryPath(dir))
  }

  const summarizing = setInterval(() => void writeSummary().catch(() => {}), summaryEveryMs).unref()
  const recounted = recount()

  return {
    take,
    give: ({ branch }, bytes, entries) => change(branch, -bytes, -entries),
    shrink: () => evictTo(Math.floor(total.bytes * lowWater)),
    size: () => total,
    recounted,
    async close() {
      clearInterval(summarizing)
      closing.abort()
      await Promise.allSettled([recounted, evicting])
      await writeSummary().catch(() => {})
    },
  }
}

type Sampled = Found & { readonly branch: string }

const plus = (total: Total, bytes: number, entries: number): Total => ({
  bytes: Math.max(0, total.bytes + bytes),
  entries: Math.max(0, total.entries + entries),
})

const summaryPath = (dir: string): string => join(dir, 'summary.json')

/** What the store held when it was last written down; the recount corrects it. */
function readSummary(dir: string): Total {
  try {
    const { bytes, entries } = JSON.parse(readFileSync(summaryPath(dir), 'utf8'))
    if (bytes >= 0 && entries >= 0) return { bytes: Number(bytes), entries: Number(entries) }
  } catch {
    // A new store, or one whose summary was lost.
  }
  return { bytes: 0, entries: 0 }
}

/** Empty folders would make later samples come back empty-handed. Three levels, and no further. */
async function removeEmptyFolders(path: string): Promise<void> {
  let folder = dirname(path)
  for (let level = 0; level < 3; level++) {
    const isRemoved = await rmdir(folder).then(
      () => true,
      () => false,
    )
    if (!isRemoved) return
    folder = dirname(folder)
  }
}
