// What becomes of rows from before a migration.
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { webhooks } from '../../api/services/hooks/deliverer.ts'
import { openDatabase } from '../../records/database.ts'
import { type DatabaseLocation, laneOf, openRecords } from '../../records/index.ts'
import { noon } from '../records/rows.ts'

/** A database as it was before the fourth step. */
async function beforeLanes(where: DatabaseLocation) {
  const { db, close } = await openDatabase(where)
  await sql`drop index jobs_by_lane`.execute(db)
  for (const column of ['lane', 'earlier'])
    await sql`alter table jobs drop column ${sql.ref(column)}`.execute(db)
  await sql`alter table hooks drop column sealed`.execute(db)
  await sql`delete from migrations where name = '004-lanes'`.execute(db)
  const promise = (id: string, queue: string, payload: object) =>
    sql`insert into jobs (id, queue, project, payload, state, due, attempt, max_attempts, claims, created)
      values (${id}, ${queue}, 'shop', ${JSON.stringify(payload)}, 'waiting', ${noon}, 3, 20, 3, ${noon})`.execute(
      db,
    )
  return { promise, close }
}

export function migrationsContract(open: () => Promise<DatabaseLocation>): void {
  test('a key from before there were plans has none', async () => {
    const where = await open()
    const records = await openRecords(where)
    await records.keys.add({ id: 'k1', project: 'shop', user: 'ann' }, noon)
    await records.close()
    const { db, close } = await openDatabase(where)
    await sql`alter table keys drop column plan`.execute(db)
    await sql`delete from migrations where name = '007-plans'`.execute(db)
    await close()
    const again = await openRecords(where)
    expect(await again.keys.get('k1')).toMatchObject({ plan: '' })
    await again.close()
  })

  test('webhooks that wait since before there were lanes have theirs, and are delivered', async () => {
    const where = await open()
    const old = await beforeLanes(where)
    const url = 'https://a.example/hook'
    await old.promise('one', webhooks, { url, event: 'e', body: '{}', secret: 'plain' })
    await old.promise('two', webhooks, { url: 'https://b.example/', event: 'e', body: '{}' })
    await old.promise('three', 'optimise', { sealed: 'in wax' })
    await old.close()
    const records = await openRecords(where)
    const lanes = { most: 1, mostOfProject: 2, held: [], random: 0 }
    const claimed = await records.jobs.claim({ queue: webhooks, limit: 9, leaseMs: 1, now: noon, lanes })
    expect(claimed.map(({ id, lane, attempt, earlier }) => [id, lane, attempt, earlier])).toEqual([
      ['one', laneOf('shop', url), 4, 0],
      ['two', laneOf('shop', 'https://b.example/'), 4, 0],
    ])
    expect(claimed[0]?.payload).toMatchObject({ secret: 'plain' })
    expect(await records.jobs.get('three')).toMatchObject({ lane: '' })
    await records.close()
  })
}
