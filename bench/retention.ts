// How long the expired tenth of a million result folders takes to go, and what readers notice of it.
// By hand: node bench/retention.ts [results] [folder]
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import { createFolderBucket } from '../storage/folder.ts'
import { encodeFooter } from '../storage/folder-file.ts'
import { createRetention, resultKey } from '../storage/retention.ts'
import { keep, print } from './report.ts'

const results = Number(process.argv[2] ?? 1_000_000)
const dir = mkdtempSync(join(process.argv[3] ?? tmpdir(), 'halftone-retention-'))
const hour = 3_600_000
const start = Date.UTC(2026, 10, 21, 12)
const readsPerSecond = 400

/** A tenth for each of ten hours; what is read lies in the nine that stay. */
function fill(): string[] {
  const body = randomBytes(500)
  const footer = encodeFooter({ bytes: 500, etag: '"bench"', type: 'image/webp', metadata: {} })
  const file = Buffer.concat([body, footer])
  const readable: string[] = []
  for (let i = 0; i < results; i++) {
    const id = randomBytes(16).toString('hex')
    const key = resultKey({ id, name: 'r.webp', expiresAt: start + (i % 10) * hour })
    const path = join(dir, 'files', key)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, file)
    if (i % 10 > 0 && readable.length < 100_000) readable.push(key)
    if (i % 100_000 === 0) console.log(`made ${i}`)
  }
  return readable
}

interface Reads {
  readonly latencies: number[]
  stop(): Promise<void>
}

/** At a steady rate, whether the earlier are answered or not: a server does not choose when it is asked. */
function startReads(one: () => Promise<void>): Reads {
  const latencies: number[] = []
  const under = new Set<Promise<void>>()
  const began = performance.now()
  let asked = 0
  const timer = setInterval(() => {
    for (; asked < ((performance.now() - began) / 1000) * readsPerSecond; asked++) {
      const due = began + (asked * 1000) / readsPerSecond
      const read = one().then(() => {
        latencies.push(performance.now() - due)
        under.delete(read)
      })
      under.add(read)
    }
  }, 1)
  return {
    latencies,
    async stop() {
      clearInterval(timer)
      await Promise.all(under)
    },
  }
}

function figures({ latencies }: Reads): Record<string, number> {
  const sorted = latencies.toSorted((a, b) => a - b)
  const at = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? 0
  return {
    reads: sorted.length,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    p999Ms: at(0.999),
    maxMs: sorted.at(-1) ?? 0,
  }
}

try {
  const fillBegan = performance.now()
  const readable = fill()
  const fillSeconds = (performance.now() - fillBegan) / 1000
  const bucket = createFolderBucket({ dir })
  const readOne = async () => {
    const found = await bucket.get(readable[Math.floor(Math.random() * readable.length)] ?? '')
    if (!found || (await buffer(found.body)).length !== 500)
      throw new Error('a result that stays was not read')
  }
  const readFor = async (ms: number): Promise<Reads> => {
    const reads = startReads(readOne)
    await pause(ms)
    await reads.stop()
    return reads
  }
  console.log(`filled in ${fillSeconds.toFixed(0)} s`)
  await readFor(5_000)
  const before = await readFor(15_000)

  const retention = createRetention({ bucket, now: () => start })
  const during = startReads(readOne)
  const ticks: number[] = []
  const sweepBegan = performance.now()
  for (let isDone = false; !isDone; ) {
    const began = performance.now()
    isDone = (await retention.tick()).isDone
    ticks.push(performance.now() - began)
  }
  const sweepSeconds = (performance.now() - sweepBegan) / 1000
  await during.stop()
  const after = await readFor(10_000)
  const again = performance.now()
  await retention.tick()
  const nothingToDoMs = performance.now() - again

  const rows = { before: figures(before), during: figures(during), after: figures(after) }
  const report = {
    about: `${results} result folders, the expired tenth removed while ${readsPerSecond} reads a second go on, in one process`,
    rows,
    ratios: {
      sweepSeconds,
      removedPerSecond: results / 10 / sweepSeconds,
      nothingToDoMs,
      fillSeconds,
      'p99 during / before': (rows.during.p99Ms ?? 0) / (rows.before.p99Ms ?? 1),
    },
    raw: { ticks },
  }
  print('retention', report)
  keep('retention', report)
  const rest = createRetention({ bucket, now: () => start + 20 * hour })
  while (!(await rest.tick()).isDone);
} finally {
  rmSync(dir, { recursive: true, force: true })
}
