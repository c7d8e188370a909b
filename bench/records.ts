// How long the search through results takes when there are many, and what loading and durable writes cost.
// By hand: node bench/records.ts [--rows 1000000] [--folder /tmp] [--postgres]
// Ten million rows take 5 to 10 minutes and 4 GB, on PostgreSQL 8.
import { readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { newId, openRecords, type Records, type ResultFilter } from '../records/index.ts'
import { machine } from './machine.ts'
import { postgres, sqlite } from './records-load.ts'
import { anyUser, aRow, day, end } from './records-rows.ts'

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    folder: { type: 'string', default: tmpdir() },
    postgres: { type: 'boolean', default: false },
  },
})
const rows = Number(values.rows)
const database = values.postgres ? 'postgres' : 'sqlite'

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
        await t.results.add(aRow(rows - 1, rows))
        await t.jobs.promise({ queue: 'webhook', payload: { i } }, end)
      })
  }
  const taken = await seconds(() => Promise.all(Array.from({ length: together }, one)))
  return Math.round(count / taken)
}

const filled = values.postgres ? await postgres() : sqlite(values.folder)
const { where } = filled
await (await openRecords(where)).close()
console.error(`loading ${rows} rows into ${database}`)
const loadSeconds = await seconds(() => filled.load(rows))
const bytes = await filled.bytes()

let reopened: Records | undefined
const reopenSeconds = await seconds(async () => {
  reopened = await openRecords(where)
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
  50_000 /
    (await seconds(() => open.results.add(...Array.from({ length: 50_000 }, () => aRow(rows - 1, rows))))),
)
const transactionsPerSecond = {
  1: await durable(open, 1),
  8: await durable(open, 8),
  64: await durable(open, 64),
}
await open.close()
await filled.remove()

const result = {
  database,
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
console.log({ database, rows, loadSeconds, bytes, reopenSeconds, addedPerSecond, transactionsPerSecond })

interface Kept {
  readonly database?: string
  readonly rows: number
}

/** One entry per database and number of rows: a run at a million does not take the place of one at ten million. */
function keep(measured: Required<Kept>): void {
  const place = join(import.meta.dirname, 'results', 'records.json')
  const nameOf = ({ database = 'sqlite', rows }: Kept) => `${database} ${String(rows).padStart(12, '0')}`
  const kept = readKept(place).filter((one) => nameOf(one) !== nameOf(measured))
  const all = [...kept, measured].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
  writeFileSync(place, `${JSON.stringify(all, null, 2)}\n`)
}

function readKept(place: string): Kept[] {
  try {
    return JSON.parse(readFileSync(place, 'utf8'))
  } catch {
    return []
  }
}
