// Jobs get a lane, so that none waits behind a receiver that stalls; attempts are counted on when a job is sent again;
// the secrets of webhooks are sealed.
import { createHash } from 'node:crypto'
import { sql, type Transaction } from 'kysely'
import type { DatabaseKind } from '../tables.ts'

export async function fourth(db: Transaction<unknown>, kind: DatabaseKind): Promise<void> {
  const lane = kind === 'postgres' ? sql`text collate "C"` : ('text' as const)
  await db.schema
    .alterTable('jobs')
    .addColumn('lane', lane, (column) => column.notNull().defaultTo(''))
    .execute()
  await db.schema
    .alterTable('jobs')
    .addColumn('earlier', 'integer', (column) => column.notNull().defaultTo(0))
    .execute()
  await db.schema.alterTable('hooks').addColumn('sealed', 'text').execute()
  await sortWaiting(db as unknown as Transaction<TablesThen>)
  // The claim, when one receiver has so much that nobody is seen behind it: the next receiver, and its longest due.
  await sql`create index jobs_by_lane on jobs (queue, lane, due, id) where due is not null`.execute(db)
}

interface TablesThen {
  jobs: { id: string; queue: string; project: string; payload: string; lane: string; due: number | null }
}

/** What was promised before gets its lane too: it may be what is in everybody's way. */
async function sortWaiting(db: Transaction<TablesThen>): Promise<void> {
  for (let after = ''; ; ) {
    const rows = await db
      .selectFrom('jobs')
      .select(['id', 'project', 'payload'])
      .where('queue', '=', 'webhook')
      .where('due', 'is not', null)
      .where('id', '>', after)
      .orderBy('id')
      .limit(1000)
      .execute()
    const lanes = Map.groupBy(rows, ({ project, payload }) => laneOf(project, JSON.parse(payload).url))
    for (const [lane, ofLane] of lanes)
      await db
        .updateTable('jobs')
        .set({ lane })
        .where(
          'id',
          'in',
          ofLane.map(({ id }) => id),
        )
        .execute()
    const last = rows.at(-1)
    if (!last) return
    after = last.id
  }
}

const laneOf = (project: string, url: string): string =>
  URL.canParse(url) ? digest(project) + digest(new URL(url).origin) : ''

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12)
