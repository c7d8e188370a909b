// A worker that does what the order's edit says, in place of making pictures: for tests of what is round it.
import { existsSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import type { WorkerAnswer, WorkerJob } from '../../../processing/worker.ts'

const report = {
  sourceBytes: 2,
  bytes: 1,
  saved: 1,
  mode: 'lossy',
  tried: [],
  chosen: 'scripted',
  reason: 'it was told to',
  dropped: [],
} as const

const identified = {
  format: 'png',
  width: 1,
  height: 1,
  progressive: false,
  animated: false,
  alpha: false,
  depth: 8,
  space: 'rgb',
  orientation: 1,
  icc: null,
  exif: false,
  sampling: null,
  sourceQuality: null,
  extras: null,
} as const

/** 'die', 'throw', 'grow', 'until' a file is there, or how many milliseconds it takes. */
export default async function work({ order, budgetMs }: WorkerJob): Promise<WorkerAnswer> {
  if (order.edit === 'die') process.exit(7)
  if (order.edit === 'throw') throw new Error('a mistake of ours')
  if (order.edit === 'grow') grow()
  if (order.edit.startsWith('until ')) while (!existsSync(order.edit.slice(6))) await wait(5)
  else await wait(Number(order.edit))
  const figures = {
    source: { ...identified, bytes: 2, uniqueColours: null },
    result: identified,
    format: 'png' as const,
    type: 'image/png',
    width: 1,
    height: Math.max(1, Math.round(budgetMs)),
    report,
  }
  return { made: { figures, body: new Uint8Array(new ArrayBuffer(1)) }, ms: 1 }
}

/** More and more of JavaScript's heap. */
function grow(): void {
  const kept: object[] = []
  for (;;) kept.push({ more: kept.length })
}
