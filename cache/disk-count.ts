// How much a disk store holds, without an index: a running total, written down now and then, and counted anew at start.
import { readFileSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as rest } from 'node:timers/promises'
import { entriesIn, levelsIn, temporaryPath } from './disk-places.ts'

export interface Total {
  readonly bytes: number
  readonly entries: number
}

export interface Count {
  total(): Total
  /** Something came to a branch, or went. */
  change(branch: string, bytes: number, entries: 1 | -1): void
  /** There turned out to be nothing. */
  reset(): void
  /** Settles when the recount that begins with the store has ended. */
  readonly recounted: Promise<void>
  close(): Promise<void>
}

const summaryEveryMs = 30_000
/** Between two folders: 200,000 entries are counted in six minutes, at a tenth of one core (bench/disk-ready.ts). */
const restMs = 4

const block = 4096
/** What a file takes: whole blocks, and the block of the folder that it nearly always has to itself. */
export const occupied = (fileBytes: number): number => Math.ceil(fileBytes / block) * block + block

export function createCount(dir: string): Count {
  const closing = new AbortController()
  let total = readSummary(dir)
  /** While recounting: what changed in each branch since it was counted, or since the recount began. */
  let since: Map<string, Total> | undefined

  function change(branch: string, bytes: number, entries: 1 | -1): void {
    const changed = { bytes, entries }
    total = atLeastNothing(plus(total, changed))
    since?.set(branch, plus(since.get(branch) ?? nothing, changed))
  }

  async function recount(): Promise<void> {
    since = new Map()
    let sum = nothing
    for (const branch of await levelsIn(dir)) {
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
  for (const second of await levelsIn(branch)) {
    if (signal.aborted) return sum
    const found = await entriesIn(join(branch, second))
    for (const { fileBytes } of found) sum = plus(sum, { bytes: occupied(fileBytes), entries: 1 })
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
