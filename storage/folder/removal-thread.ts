// A thread that removes the files of a given folder at a given rate, and reports their number or the failure.
import { readdirSync, rmSync } from 'node:fs'
import { setPriority } from 'node:os'
import { join } from 'node:path'
import { parentPort } from 'node:worker_threads'

export interface Removal {
  readonly path: string
  /** How many things in it, with all that is in them, are removed in a second at most. */
  readonly perSecond: number
}

export interface Removed {
  readonly things: number
  /** Still in it; none when the folder is gone as well. */
  readonly left: number
  /** Without the rests it meant to take: what a busy machine made of them counts as work. */
  readonly busyMs: number
}

/** After so many it says how far it is: the pace may have changed meanwhile. */
const most = 64
/** A rest for each single thing would be shorter than a sleep can be. */
const atOnce = 16
/** A rest after each few, as a share of the time they took: a busy disk gets to what others asked of it. */
const restShare = 0.1
const leastRestMs = 5

yieldToOthers()

parentPort?.on('message', (removal: Removal) => {
  try {
    parentPort?.postMessage(remove(removal))
  } catch (thrown) {
    parentPort?.postMessage(thrown)
  }
})

function remove({ path, perSecond }: Removal): Removed {
  const all = namesIn(path)
  const names = all.slice(0, most)
  const left = all.length - names.length
  const began = performance.now()
  let workedMs = 0
  let meantMs = 0
  for (let at = 0; at < names.length; at += atOnce) {
    const fewBegan = performance.now()
    const few = names.slice(at, at + atOnce)
    for (const name of few) rmSync(join(path, name), { recursive: true, force: true })
    const ended = performance.now()
    workedMs += ended - fewBegan
    // Since the beginning, not since the last few: who slept too long, on a busy machine, has rested already.
    const aheadMs = ((at + few.length) * 1000) / perSecond - (ended - began)
    const owedMs = workedMs * (1 + restShare) - (ended - began)
    const restMs = Math.max(aheadMs, owedMs)
    if (restMs < leastRestMs) continue
    sleep(restMs)
    meantMs += restMs
  }
  if (left === 0) rmSync(path, { recursive: true, force: true })
  return { things: names.length, left, busyMs: performance.now() - began - meantMs }
}

/** None for a file, and for what another process removed meanwhile. */
function namesIn(path: string): string[] {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}

/** This thread has nothing else to do, and nobody waits for it but its own schedule. */
function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

/** On Linux a thread has a priority of its own: answers to clients come first, removal takes what is left. */
function yieldToOthers(): void {
  if (process.platform !== 'linux') return
  try {
    setPriority(10)
  } catch {
    // The process has a lower one already, and none may be raised.
  }
}
