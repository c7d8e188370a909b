import { mkdirSync, readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { Failure } from '../../errors.ts'
import { openDatabase } from '../../records/database.ts'
import { openRecords } from '../../records/index.ts'
import { searchQuery } from '../../records/search.ts'
import { aFile } from './folder.ts'
import { aResult, noon, times } from './rows.ts'

test('the database is for its own user only, with all the files beside it', async () => {
  const file = aFile()
  const records = await openRecords({ file })
  await records.usage.count('k', { calls: 1 }, noon)
  const files = readdirSync(dirname(file))
  expect(files.length).toBeGreaterThan(1)
  for (const name of files) expect(statSync(join(dirname(file), name)).mode & 0o077).toBe(0)
  await records.close()
})

test('every commit reaches the disk, and the file is in WAL mode', async () => {
  const file = aFile()
  const { db, close } = await openDatabase({ file })
  const pragma = async (name: string) => {
    return Object.values(
      (await sql<Record<string, unknown>>`${sql.raw(`pragma ${name}`)}`.execute(db)).rows[0] ?? {},
    )
  }
  expect(await pragma('synchronous')).toEqual([2])
  expect(await pragma('journal_mode')).toEqual(['wal'])
  await close()
})

test('a long search keeps nobody else waiting who only reads', async () => {
  const { db, close } = await openDatabase({ file: aFile() })
  const order: string[] = []
  const counted = sql<{ n: number }>`(with recursive c(n) as
    (select 1 union all select n + 1 from c where n < 5000000) select count(*) as n from c)`
  const long = db.selectFrom(counted.as('long')).selectAll().execute()
  const short = db.selectFrom('keys').selectAll().execute()
  await Promise.all([long.then(() => order.push('long')), short.then(() => order.push('short'))])
  expect(order).toEqual(['short', 'long'])
  await close()
})

test('an unreachable PostgreSQL is a failure that says to come back, not a hung start', async () => {
  const opening = openRecords({ url: 'postgres://nobody@localhost/none?host=/nonexistent' })
  await expect(opening).rejects.toMatchObject({ name: 'Failure', kind: 'records-unavailable' })
  await expect(opening).rejects.toBeInstanceOf(Failure)
})

test('closing ends what is under way, and folds the log into the file', async () => {
  const file = aFile()
  const records = await openRecords({ file })
  const adds = times(50, () => records.results.add(aResult()))
  await Promise.all([...adds, records.close()])
  const database = new DatabaseSync(file)
  expect(database.prepare('select count(*) as rows from results').get()).toEqual({ rows: 50 })
  database.close()
})

test('a file that is no database is an error, and nothing is left hanging', async () => {
  const folder = join(dirname(aFile()), 'a-folder')
  mkdirSync(folder)
  await expect(openRecords({ file: folder })).rejects.toThrow()
})

test('the search is served by the index of its user, or of its kind, or of its key', async () => {
  const file = aFile()
  await (await openDatabase({ file })).close()
  const { db, close } = await openDatabase({ file })
  const plan = async (filter: Parameters<typeof searchQuery>[1]) => {
    const rows = await searchQuery(db, filter).explain(undefined, sql`query plan`)
    return rows.map((row) => String((row as { detail: string }).detail)).join('; ')
  }
  const kind = { sourceFormat: 'jpeg', mode: 'lossless', hasIcc: true }
  const created = { from: noon, below: noon + 1 }
  expect(await plan({ ...kind, user: 'x', created })).toMatch(
    /COVERING INDEX results_by_user \(user=\? AND id>\? AND id<\?\)/,
  )
  expect(await plan({ user: 'x' })).toMatch(/COVERING INDEX results_by_user \(user=\?\)/)
  expect(await plan({ ...kind, created })).toMatch(
    /COVERING INDEX results_by_kind \(source_format=\? AND mode=\? AND has_icc=\? AND id>\? AND id<\?\)/,
  )
  expect(await plan({ keyId: 'k' })).toMatch(/COVERING INDEX results_by_key \(key_id=\?\)/)
  expect(await plan({ created })).toMatch(/PRIMARY KEY \(id>\? AND id<\?\)/)
  await close()
})
