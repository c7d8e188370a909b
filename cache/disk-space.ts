// Keeps a disk store within its bytes without an index: a running total, and eviction by samples as Redis does it.
import { readFileSync } from 'node:fs'
import { rename, rm, rmdir, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as rest } from 'node:timers/promises'
import { entriesIn, type Found, levelsIn, type Place, temporaryPath } from './disk-places.ts'

export interface Space {
  /** Counts an entry in and evicts until it fits. False when no room can be made. */
  take(place: Place, bytes: number): Promise<boolean>
  /** Counts an entry out. */
  give(place: Place, bytes: number): void
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
/** How many candidates are compared, and how many tries it takes to find them in a nearly empty store. */
const pooled = 32
const maxTries = 64
/** So many least recently used of them go; as many stay to meet the next, and the younger are let off. */
const evictedAtOnce = 8
const summaryEveryMs = 30_000
/** Between two folders: a store of 200,000 entries is counted in five minutes, at a few per cent of one core. */
const restMs = 4

const block = 4096
/** What a file takes: whole blocks, and the block of the folder that it nearly always has to itself. */
export const occupied = (fileBytes: number): number => Math.ceil(fileBytes / block) * block + block

export function createSpace({ dir, maxBytes, random, onEvicted }: SpaceOptions): Space {
  const closing = new AbortController()
  let total = readSummary(dir)
  let evicting: Promise<void> | undefined
  let round: Promise<void> | undefined
  let target = Number.POSITIVE_INFINITY
  const pool = new Map<string, Candidate>()
  /** While recounting: what changed in each branch since it was counted, or since the recount began. */
  let since: Map<string, Total> | undefined

  function change(branch: string, bytes: number, entries: number): void {
    const changed = { bytes, entries }
    total = atLeastNothing(plus(total, changed))
    since?.set(branch, plus(since.get(branch) ?? nothing, changed))
  }

  async function recount(): Promise<void> {
    since = new Map()
    let sum = nothing
    for (const branch of await levelsIn(dir)) {
      since.delete(branch)
      sum = plus(sum, await countIn(branch))
      if (closing.signal.aborted) return
    }
    for (const changed of since.values()) sum = plus(sum, changed)
    since = undefined
    total = atLeastNothing(sum)
  }

  async function countIn(branch: string): Promise<Total> {
    let sum = nothing
    for (const second of await levelsIn(join(dir, branch))) {
      if (closing.signal.aborted) return sum
      const found = await entriesIn(join(dir, branch, second))
      for (const { fileBytes } of found) sum = plus(sum, { bytes: occupied(fileBytes), entries: 1 })
      await rest(restMs, undefined, { ref: false, signal: closing.signal }).catch(() => {})
    }
    return sum
  }

  /** Goes on in the background; who needs room waits for a round at a time. */
  function evictTo(bytes: number): void {
    target = Math.min(target, Math.floor(bytes))
    evicting ??= evict().finally(() => {
      evicting = undefined
      target = Number.POSITIVE_INFINITY
    })
  }

  async function evict(): Promise<void> {
    while (total.bytes > target && !closing.signal.aborted) {
      round = evictSome()
      await round
    }
  }

  async function evictSome(): Promise<void> {
    await fillPool()
    // Nothing is there, so the count was wrong.
    if (pool.size === 0) total = nothing
    const oldestFirst = [...pool.values()].sort((a, b) => a.usedAt - b.usedAt)
    for (const { path } of oldestFirst.slice(evictedAtOnce * 2)) pool.delete(path)
    for (const candidate of oldestFirst.slice(0, evictedAtOnce)) {
      if (total.bytes > target) await evictOne(candidate)
    }
  }

  async function fillPool(): Promise<void> {
    const branches = await levelsIn(dir)
    for (let tries = 0; tries < maxTries && pool.size < pooled; tries++) {
      const branch = pick(branches) ?? ''
      const name = pick(await levelsIn(join(dir, branch)))
      if (name === undefined) continue
      const second = join(dir, branch, name)
      const entries = await entriesIn(second)
      for (const found of entries) pool.set(found.path, { ...found, branch })
      if (entries.length === 0) await removeEmptyLevels(second)
    }
  }

  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)]

  async function evictOne({ path, branch, usedAt }: Candidate): Promise<void> {
    pool.delete(path)
    // It may have been used, or removed, since it was seen.
    const about = await stat(path).catch(() => undefined)
    if (about?.mtimeMs !== usedAt) return
    // Counted out even where removing fails: a folder that lets nothing go must not hold up every write.
    change(branch, -occupied(about.size), -1)
    await rm(path, { force: true }).catch(() => {})
    await removeEmptyFolders(path)
    onEvicted()
  }

  async function take({ branch }: Place, bytes: number): Promise<boolean> {
    change(branch, bytes, 1)
    if (total.bytes > maxBytes) evictTo(maxBytes * lowWater)
    while (total.bytes > maxBytes && evicting) await round
    if (total.bytes <= maxBytes) return true
    change(branch, -bytes, -1)
    return false
  }

  async function shrink(): Promise<void> {
    evictTo(total.bytes * lowWater)
    await round
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
    give: ({ branch }, bytes) => change(branch, -bytes, -1),
    shrink,
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

type Candidate = Found & { readonly branch: string }

const nothing: Total = { bytes: 0, entries: 0 }

const plus = (a: Total, b: Total): Total => ({ bytes: a.bytes + b.bytes, entries: a.entries + b.entries })

const atLeastNothing = ({ bytes, entries }: Total): Total => ({
  bytes: Math.max(0, bytes),
  entries: Math.max(0, entries),
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
  return nothing
}

/** Empty folders would make later samples come back empty-handed. A folder that is not empty refuses. */
async function removeEmptyFolders(path: string): Promise<void> {
  const third = dirname(path)
  const second = dirname(third)
  for (const folder of [third, second, dirname(second)]) {
    try {
      await rmdir(folder)
    } catch {
      return
    }
  }
}

async function removeEmptyLevels(second: string): Promise<void> {
  for (const third of await levelsIn(second)) await rmdir(join(second, third)).catch(() => {})
  await rmdir(second).catch(() => {})
}
