// Keeps a disk store within its bytes by samples, as Redis does it: nobody knows which entry is the very oldest.
import { rm, rmdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Count, occupied } from './disk-count.ts'
import { branchesIn, type Found, foundIn, namesIn } from './disk-places.ts'

export interface Eviction {
  /** Waits until the store is within its bound. False when that cannot be had. */
  room(): Promise<boolean>
  /** The disk is full although we are within our bound: somebody else uses it too, so we use less. */
  shrink(): Promise<void>
  close(): Promise<void>
}

export interface EvictionOptions {
  readonly dir: string
  readonly maxBytes: number
  readonly count: Count
  readonly random: () => number
  readonly onEvicted: () => void
}

/** Eviction goes on to here, so that not every later write has to evict one entry. */
const lowWater = 0.95
/** How many candidates are compared, and how many tries it takes to find them in a nearly empty store. */
const pooled = 32
const maxTries = 64
/** Candidates from one folder. */
const sampled = 8
/** So many least recently used of them go; as many stay to meet the next, and the younger are let off. */
const evictedAtOnce = 8

export function createEviction({ dir, maxBytes, count, random, onEvicted }: EvictionOptions): Eviction {
  const pool = new Map<string, Candidate>()
  let target = Number.POSITIVE_INFINITY
  let isClosing = false
  let evicting: Promise<void> | undefined
  let round: Promise<void> | undefined

  const isAbove = (bytes: number): boolean => count.total().bytes > bytes

  /** Goes on in the background; who needs room waits for a round at a time. */
  function evictTo(bytes: number): void {
    target = Math.min(target, Math.floor(bytes))
    evicting ??= evict().finally(() => {
      evicting = undefined
      target = Number.POSITIVE_INFINITY
    })
  }

  async function evict(): Promise<void> {
    while (isAbove(target) && !isClosing) {
      round = evictSome()
      await round
    }
  }

  async function evictSome(): Promise<void> {
    await fill(pool, dir, random)
    // Nothing is there, so the count was wrong.
    if (pool.size === 0) count.reset()
    const oldestFirst = [...pool.values()].sort((a, b) => a.usedAt - b.usedAt)
    for (const { path } of oldestFirst.slice(evictedAtOnce * 2)) pool.delete(path)
    for (const candidate of oldestFirst.slice(0, evictedAtOnce)) {
      if (!isAbove(target)) return
      pool.delete(candidate.path)
      if (await evictOne(candidate, count)) onEvicted()
    }
  }

  return {
    async room() {
      if (isAbove(maxBytes)) evictTo(maxBytes * lowWater)
      while (isAbove(maxBytes) && evicting) await round
      return !isAbove(maxBytes)
    },
    async shrink() {
      evictTo(count.total().bytes * lowWater)
      await round
    },
    async close() {
      isClosing = true
      await evicting
    },
  }
}

type Candidate = Found & { readonly branch: string }

/** Adds entries from random places. */
async function fill(pool: Map<string, Candidate>, dir: string, random: () => number): Promise<void> {
  const branches = await branchesIn(dir)
  for (let tries = 0; tries < maxTries && pool.size < pooled && branches.length > 0; tries++) {
    const branch = branches[Math.floor(random() * branches.length)] ?? ''
    const folder = join(dir, branch)
    const names = await namesIn(folder)
    for (const found of await foundIn(folder, some(names, random))) pool.set(found.path, { ...found, branch })
    if (names.length === 0) await rmdir(folder).catch(() => {})
  }
}

/** Of a large store's folder some neighbours, beginning anywhere: the names are parts of hashes, so they are strangers. */
function some(names: readonly string[], random: () => number): readonly string[] {
  const from = Math.floor(random() * Math.max(1, names.length - sampled + 1))
  return names.slice(from, from + sampled)
}

async function evictOne({ path, branch, usedAt }: Candidate, count: Count): Promise<boolean> {
  // It may have been used, or removed, since it was seen.
  const about = await stat(path).catch(() => undefined)
  if (about?.mtimeMs !== usedAt) return false
  // Counted out even where removing fails: a folder that lets nothing go must not hold up every write.
  count.change(branch, -occupied(about.size), -1)
  await rm(path, { force: true }).catch(() => {})
  // Empty folders would make later samples come back empty-handed. A folder that is not empty refuses.
  await rmdir(dirname(path)).catch(() => {})
  return true
}
