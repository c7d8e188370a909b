// How long the search through results takes when there are many, and what loading and durable writes cost.
// By hand: node bench/records.ts [--rows 1000000] [--folder /tmp]      (ten million rows: 5 to 10 minutes, 4 GB)
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { parseArgs } from 'node:util'
import {
  type NewResult,
  newId,
  openRecords,
  type Records,
  type ResultFilter,
  timeOf,
} from '../records/index.ts'
import { machine } from './machine.ts'

const { values } = parseArgs({
  options: { rows: { type: 'string', default: '1000000' }, folder: { type: 'string', default: tmpdir() } },
})
const rows = Number(values.rows)
const dir = mkdtempSync(join(values.folder, 'halftone-records-bench-'))
const file = join(dir, 'records.db')
const day = 86_400_000
const end = Date.UTC(2026, 10, 21)
const days = 30
const batch = 100_000

// The same rows in every run (mulberry32).
let seed = 1
function random(): number {
  seed = (seed + 0x6d2b79f5) | 0
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
}

const oneOf = (weighted: Readonly<Record<string, number>>): string => {
  let left = random()
  for (const [name, share] of Object.entries(weighted)) {
    left -= share
    if (left < 0) return name
  }
  return Object.keys(weighted)[0] ?? ''
}
const formats = { jpeg: 0.6, png: 0.2, webp: 0.1, gif: 0.04, svg: 0.03, avif: 0.03 }
const modes = { lossless: 0.3, lossy: 0.5, quality: 0.15, 'max-bytes': 0.05 }
const upTo = (most: number): number => Math.round(10 ** (random() * Math.log10(most)))

/** A thousand users, of whom the largest has a tenth of everything. */
const anyUser = (): string => `user-${Math.floor(1000 * random() ** 3)}`

function aRow(i: number): NewResult {
  const sourceFormat = oneOf(formats)
  const sourceBytes = 1000 + upTo(30_000_000)
  const user = anyUser()
  const at = end - days * day + Math.floor((i / rows) * days * day)
  const hasIcc = random() < 0.4
  return {
    id: newId(at),
    keyId: `key-${user}`,
    user,
    sourceFormat,
    sourceBytes,
    format: sourceFormat,
    bytes: Math.round(sourceBytes * (0.3 + 0.6 * random())),
    mode: oneOf(modes),
    level: 'medium',
    hasIcc,
    iccName: hasIcc ? 'sRGB IEC61966-2.1' : null,
    uniqueColours: random() < 0.5 ? upTo(1_000_000) : null,
    score: 60 + 35 * random(),
    quality: Math.round(60 + 35 * random()),
    ms: upTo(2000),
    detail: { reason: 'curve', encodes: 2 },
    expires: at + 3_600_000,
    storageKey: at > end - day ? `ab/cd/ef/${i}` : null,
  }
}

/** Straight into the file and without its promises: only the rows are wanted here, not their safety. */
function load(): void {
  const database = new DatabaseSync(file)
  database.exec('pragma synchronous = off; pragma journal_mode = off; pragma cache_size = -4000000')
  const columns = ['id', 'created', ...Object.keys(aRow(0)).filter((name) => name !== 'id')]
  const named = columns.map(
    (name) => `"${name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}"`,
  )
  const add = database.prepare(
    `insert into results (${named.join(', ')}) values (${columns.map(() => '?').join(', ')})`,
  )
  for (let at = 0; at < rows; at++) {
    if (at % batch === 0) database.exec(at === 0 ? 'begin' : 'commit; begin')
    add.run(...valuesOf(aRow(at)))
    if (at > 0 && at % 1_000_000 === 0) console.error(`  ${at} rows`)
  }
  database.exec('commit')
  database.exec('pragma journal_mode = wal')
  database.close()
}

function valuesOf({ id, ...row }: NewResult): (string | number | null)[] {
  const rest = Object.values({ ...row, hasIcc: row.hasIcc ? 1 : 0, detail: JSON.stringify(row.detail) })
  return [id, timeOf(id), ...rest]
}

async function seconds(work: () => unknown): Promise<number> {
  const began = performance.now()
  await work()
  return Math.round(performance.now() - began) / 1000
}

const round = (ms: number): number => Math.round(ms * 100) / 100

async function measure(runs: number, work: (i: number) => Promise<number>) {
  const taken: number[] = []
  let found = 0
  for (let i = 0; i < runs; i++) {
    const began = performance.now()
    found += await work(i)
    taken.push(performance.now() - began)
  }
  const first = taken[0] ?? 0
  taken.sort((a, b) => a - b)
  const at = (share: number): number => round(taken[Math.min(runs - 1, Math.floor(runs * share))] ?? 0)
  return { runs, foundPerRun: found / runs, firstMs: round(first), p50: at(0.5), p99: at(0.99), max: at(1) }
}

const threeDaysAgo = { from: end - 3 * day, below: end - 2 * day }
const asked: ResultFilter = {
  sourceFormat: 'jpeg',
  sourceBytes: { below: 800 * 1024 },
  hasIcc: true,
  uniqueColours: { from: 10_001 },
  mode: 'lossless',
}

const questions: Readonly<Record<string, (i: number) => ResultFilter>> = {
  'the question of the issue, any user': () => ({ ...asked, user: anyUser(), created: threeDaysAgo }),
  'the question of the issue, the largest user': () => ({ ...asked, user: 'user-0', created: threeDaysAgo }),
  'the same over all 30 days, the largest user': () => ({ ...asked, user: 'user-0' }),
  'the same day, all users': () => ({ ...asked, created: threeDaysAgo }),
  'all days, all users': () => asked,
  'all of a user, newest': () => ({ user: anyUser() }),
  'all of a key, newest': () => ({ keyId: `key-${anyUser()}` }),
  'newest of all': () => ({}),
  'nothing found: the largest user, all days': () => ({
    ...asked,
    user: 'user-0',
    uniqueColours: { from: 1e9 },
  }),
  'nothing found: one kind, all users, all days': () => ({ ...asked, uniqueColours: { from: 1e9 } }),
  'nothing found: one day, all users, by score': () => ({ created: threeDaysAgo, score: { from: 1000 } }),
}

async function deepPage(records: Records): Promise<number> {
  const page = { limit: 50, after: newId(end - 20 * day) }
  return (await records.results.find({ user: 'user-0', page })).rows.length
}

/** Promises of a result and its webhook, each acknowledged when it is on the disk. */
async function durable(records: Records, together: number): Promise<number> {
  const count = 2000
  const one = async (): Promise<void> => {
    for (let i = 0; i < count / together; i++)
      await records.transaction(async (t) => {
        await t.results.add(aRow(rows - 1))
        await t.jobs.promise({ queue: 'webhook', payload: { i } }, end)
      })
  }
  const taken = await seconds(() => Promise.all(Array.from({ length: together }, one)))
  return Math.round(count / taken)
}

await (await openRecords({ file })).close()
console.error(`loading ${rows} rows into ${file}`)
const loadSeconds = await seconds(load)
const bytes = statSync(file).size

let reopened: Records | undefined
const reopenSeconds = await seconds(async () => {
  reopened = await openRecords({ file })
  await reopened.results.get('nothing')
})
if (!reopened) throw new Error('not opened')
const open = reopened
const queries: Record<string, unknown> = {}
for (const [name, filterOf] of Object.entries(questions)) {
  const runs = name.startsWith('nothing') ? 20 : 200
  queries[name] = await measure(runs, async (i) => (await open.results.find(filterOf(i))).rows.length)
}
queries['a page deep inside, the largest user'] = await measure(200, () => deepPage(open))
queries['what has expired, 1000 rows'] = await measure(
  50,
  async () => (await open.results.findExpired({ before: end, limit: 1000 })).length,
)
const addedPerSecond = Math.round(
  50_000 / (await seconds(() => open.results.add(...Array.from({ length: 50_000 }, () => aRow(rows - 1))))),
)
const transactionsPerSecond = {
  1: await durable(open, 1),
  8: await durable(open, 8),
  64: await durable(open, 64),
}
await open.close()
rmSync(dir, { recursive: true, force: true })

const result = {
  rows,
  loadSeconds,
  rowsPerSecond: Math.round(rows / loadSeconds),
  bytes,
  reopenSeconds,
  queriesMs: queries,
  addedPerSecond,
  transactionsPerSecond,
  machine: machine(),
}
keep(result)
console.table(queries)
console.log({ rows, loadSeconds, bytes, reopenSeconds, addedPerSecond, transactionsPerSecond })

/** One entry per number of rows: a run at a million does not take the place of one at ten million. */
function keep(measured: { rows: number }): void {
  const place = join(import.meta.dirname, 'results', 'records.json')
  const kept = readKept(place).filter((one) => one.rows !== measured.rows)
  const all = [...kept, measured].sort((a, b) => a.rows - b.rows)
  writeFileSync(place, `${JSON.stringify(all, null, 2)}\n`)
}

function readKept(place: string): { rows: number }[] {
  try {
    return JSON.parse(readFileSync(place, 'utf8'))
  } catch {
    return []
  }
}
