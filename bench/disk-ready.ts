// How soon a disk store with many entries answers, and what its background count costs.
// By hand: node bench/disk-ready.ts [entries] [folder]
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDiskStore } from '../cache/disk.ts'
import { encode } from '../cache/disk-format.ts'
import { placeOf } from '../cache/disk-places.ts'
import type { Entry } from '../cache/entry.ts'

const [entries = 200_000, parent = tmpdir()] = [
  Number(process.argv[2] ?? 200_000),
  process.argv[3] ?? tmpdir(),
]
const dir = mkdtempSync(join(parent, 'halftone-disk-ready-'))
const keyOf = (i: number): string => `/bench/${i}.jpg?w=640`

function entryOf(i: number): Entry {
  const times = {
    epoch: 0,
    storedAt: 0,
    ageOnArrival: 0,
    freshUntil: 1e15,
    staleWhileRevalidateUntil: 1e15,
    staleIfErrorUntil: 1e15,
  }
  return { key: keyOf(i), status: 200, headers: { etag: `"${i}"` }, body: Buffer.alloc(2000, i), ...times }
}

function fill(): void {
  for (let i = 0; i < entries; i++) {
    const { folder, path } = placeOf(dir, keyOf(i))
    mkdirSync(folder, { recursive: true })
    writeFileSync(path, Buffer.concat(encode(entryOf(i))))
  }
}

async function timed<T>(work: () => T | Promise<T>): Promise<[ms: number, value: T]> {
  const began = performance.now()
  const value = await work()
  return [Math.round((performance.now() - began) * 100) / 100, value]
}

async function oneByOne(count: number, work: (i: number) => Promise<unknown>): Promise<number> {
  const [ms] = await timed(async () => {
    for (let i = 0; i < count; i++) await work(i)
  })
  return Math.round((ms * 1000) / count)
}

const anyIndex = (): number => Math.floor(Math.random() * entries)

// The count rests on a timer that keeps no process alive.
const alive = setInterval(() => {}, 1000)
try {
  const [fillMs] = await timed(fill)
  const heapBefore = process.memoryUsage().heapUsed
  const [openMs, disk] = await timed(() => createDiskStore({ dir, maxBytes: 1e11 }))
  const [firstHitMs, hit] = await timed(() => disk.get(keyOf(anyIndex())))
  const [firstMissMs] = await timed(() => disk.get('/nothing'))
  const [firstPutMs] = await timed(() => disk.put({ ...entryOf(0), key: '/new' }))
  const hitMicrosWhileCounting = await oneByOne(2000, () => disk.get(keyOf(anyIndex())))
  const cpuBefore = process.cpuUsage()
  const [recountMs] = await timed(() => disk.recounted)
  const { user, system } = process.cpuUsage(cpuBefore)
  const heapGrowth = process.memoryUsage().heapUsed - heapBefore
  const hitMicros = await oneByOne(2000, () => disk.get(keyOf(anyIndex())))
  const missMicros = await oneByOne(2000, (i) => disk.get(`/nothing/${i}`))
  const putMicros = await oneByOne(1000, (i) => disk.put({ ...entryOf(i), key: `/put/${i}` }))
  const size = disk.size()
  await disk.close()
  const full = createDiskStore({ dir, maxBytes: size.bytes })
  const evictedPutMicros = await oneByOne(1000, (i) => full.put({ ...entryOf(i), key: `/evict/${i}` }))
  await full.close()
  const isHit = hit !== undefined
  const recountCpuMs = Math.round((user + system) / 1000)
  console.log({ node: process.version, entries, fillMs, openMs, firstHitMs, isHit, firstMissMs, firstPutMs })
  console.log({ recountMs, recountCpuMs, heapGrowth, size })
  console.log({ hitMicrosWhileCounting, hitMicros, missMicros, putMicros, evictedPutMicros })
} finally {
  clearInterval(alive)
  rmSync(dir, { recursive: true, force: true })
}
