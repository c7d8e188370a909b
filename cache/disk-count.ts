// How much a disk store holds, without an index: a running total, written down now and then, and counted anew at start.
import { readFileSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as rest } from 'node:timers/promises'
import { branchesIn, foundIn, namesIn, temporaryPath } from './disk-places.ts'

export interface Total {
  readonly bytes: number
  readonly entries: number
}

export interface Count {
  total(): Total
  /** Something came to a branch, grew there, or went. */
  change(branch: string, bytes: number, entries: 1 | 0 | -1): void
  /** There turned out to be nothing. */
  reset(): void
  /** Settles when the recount that begins with the store has ended. */
  readonly recounted: Promise<void>
  close(): Promise<void>
}

const summaryEveryMs = 30_000
/** Between so many entries: 200,000 are counted in six minutes, at a tenth of one core (bench/disk-ready.ts). */
const [counted, restMs] = [3, 4]

const block = 4096
/** Its own description and its name in the folder. */
const inode = 512
/** What a file takes: whole blocks, and its place in the file system. */
export const occupied = (fileBytes: number): number => Math.ceil(fileBytes / block) * block + inode

export function createCount(dir: string): Count {
  const closing = new AbortController()
  let total = readSummary(dir)
  /** While recounting: what changed in each branch since it was counted, or since the recount began. */
  let since: Map<string, Total> | undefined

  function change(branch: string, bytes: number, entries: 1 | 0 | -1): void {
    const changed = { bytes, entries }
    total = atLeastNothing(plus(total, changed))
    since?.set(branch, plus(since.get(branch) ?? nothing, changed))
  }

  async function recount(): Promise<void> {
    since = new Map()
    let sum = nothing
    for (const branch of await branchesIn(dir)) {
      since.delete(branch)
      sum = plus(sum, await countIn(join(dir, branch), closing.signal))
      if (closing.signal.aborted) return
    }
    for (const changed of since.values()) sum = plus(sum, changed)
    since = undefined
    total = atLeastNothing(sum)
  }

  const summarizing = setInterval(() => void writeSummary(dir, total), summaryEveryMs).unref()
  const recounted = recount()

  return {
    total: () => total,
    change,
    reset: () => {
      total = nothing
    },
    recounted,
    async close() {
      clearInterval(summarizing)
      closing.abort()
      await recounted
      await writeSummary(dir, total)
    },
  }
}

async function countIn(branch: string, signal: AbortSignal): Promise<Total> {
  let sum = nothing
  const names = await namesIn(branch)
  for (let at = 0; at < names.length; at += counted) {
    if (signal.aborted) return sum
    for (const { fileBytes } of await foundIn(branch, names.slice(at, at + counted)))
      sum = plus(sum, { bytes: occupied(fileBytes), entries: 1 })
    await rest(restMs, undefined, { ref: false, signal }).catch(() => {})
  }
  return sum
}

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

async function writeSummary(dir: string, total: Total): Promise<void> {
  const temporary = temporaryPath(dir)
  try {
    await writeFile(temporary, JSON.stringify(total))
    await rename(temporary, summaryPath(dir))
  } catch {
    // A full disk: the recount does without it.
  }
}
