// How long the expired tenth of a million result folders takes to go, and what readers notice of it: reads with and
// without removal take turns, because on a machine that others use too each minute is another.
// By hand: node bench/retention.ts [results] [tenths] [folder]
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import type { Bucket } from '../storage/bucket.ts'
import { encodeFooter } from '../storage/folder/file-format.ts'
import { createFolderBucket } from '../storage/folder/index.ts'
import { createRetention, resultKey } from '../storage/retention.ts'
import { keep, print } from './report.ts'

const results = Number(process.argv[2] ?? 1_000_000)
/** How many tenths of them expire. */
const tenths = Number(process.argv[3] ?? 1)
const dir = mkdtempSync(join(process.argv[4] ?? tmpdir(), 'halftone-retention-'))
const hour = 3_600_000
const start = Date.UTC(2026, 10, 21, 12)
const readsPerSecond = 400
const restMs = 2_000
const turnMs = 6_000

/** A tenth for each of ten hours; what is read lies in those that stay. */
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
    if (i % 10 >= tenths && readable.length < 100_000) readable.push(key)
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

function figures(latencies: readonly number[]) {
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

interface Turns {
  readonly without: Reads[]
  readonly with: Reads[]
  /** Milliseconds of removal in each turn. */
  readonly removing: number[]
}

/** Removes what has expired until `now`, in turns with as long a time of nothing but reads. */
async function takeTurns(bucket: Bucket, readOne: () => Promise<void>, now: number): Promise<Turns> {
  const retention = createRetention({ bucket, now: () => now, maxMs: turnMs })
  const turns: Turns = { without: [], with: [], removing: [] }
  for (let isDone = false; !isDone; ) {
    turns.without.push(await readsDuring(readOne, () => pause(restMs)))
    const began = performance.now()
    const removal = async () => {
      isDone = (await retention.tick()).isDone
    }
    turns.with.push(await readsDuring(readOne, removal))
    turns.removing.push(performance.now() - began)
  }
  return turns
}

async function readsDuring(readOne: () => Promise<void>, work: () => Promise<unknown>): Promise<Reads> {
  const reads = startReads(readOne)
  await work()
  await reads.stop()
  return reads
}

const together = (all: readonly Reads[]): number[] => all.flatMap(({ latencies }) => latencies)

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
  console.log(`filled in ${fillSeconds.toFixed(0)} s`)
  await readsDuring(readOne, () => pause(5_000))
  const turns = await takeTurns(bucket, readOne, start + (tenths - 1) * hour)
  const again = performance.now()
  await createRetention({ bucket, now: () => start + (tenths - 1) * hour }).tick()
  const nothingToDoMs = performance.now() - again

  const seconds = turns.removing.reduce((sum, ms) => sum + ms, 0) / 1000
  const rows = { without: figures(together(turns.without)), with: figures(together(turns.with)) }
  const report = {
    about: `${results} result folders, ${tenths} expired tenths removed while ${readsPerSecond} reads a second go on, in one process; ${turnMs / 1000} s of removal and ${restMs / 1000} s of rest take turns`,
    rows,
    ratios: {
      'seconds of removal for a tenth': seconds / tenths,
      removedPerSecond: ((results / 10) * tenths) / seconds,
      'p50 with / without': rows.with.p50Ms / rows.without.p50Ms,
      'p99 with / without': rows.with.p99Ms / rows.without.p99Ms,
      'p99.9 with / without': rows.with.p999Ms / rows.without.p999Ms,
      nothingToDoMs,
      fillSeconds,
    },
    raw: {
      load: loadavg(),
      turns: turns.removing.map((removingMs, turn) => ({
        removingMs,
        without: figures(turns.without[turn]?.latencies ?? []),
        with: figures(turns.with[turn]?.latencies ?? []),
      })),
    },
  }
  print('retention', report)
  keep('retention', report)
} finally {
  rmSync(dir, { recursive: true, force: true })
}
