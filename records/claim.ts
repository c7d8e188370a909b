// Claims jobs: one statement, so that two workers, threads or processes never get the same job within its lease.
import { type Selectable, sql } from 'kysely'
import type { Source, Tables } from './tables.ts'

type Row = Selectable<Tables['jobs']>
type Wanted = { queue: string; limit: number; leaseMs: number; now: number }

export async function claim(source: Source, wanted: Wanted): Promise<readonly Row[]> {
  const claimed = await take(source, wanted)
  // Its worker died in the last attempt: that was an attempt too, and one more is not owed.
  const spent = claimed.filter((job) => job.attempt > job.maxAttempts)
  if (spent.length > 0) await bury(source, spent, wanted.now)
  return claimed.filter((job) => job.attempt <= job.maxAttempts).sort((a, b) => (a.id < b.id ? -1 : 1))
}

/**
 * Waiting jobs whose time has come and running ones whose lease has ended are one thing here: `due` lies behind. On
 * PostgreSQL two claimants would wait for each other's rows; SKIP LOCKED lets the second take the next ones.
 * Materialised, because PostgreSQL may otherwise run the inner query again and lock more than the limit.
 */
function take({ db, kind }: Source, { queue, limit, leaseMs, now }: Wanted): Promise<Row[]> {
  return db
    .with(
      (name) => name('ready').materialized(),
      (inner) =>
        inner
          .selectFrom('jobs')
          .select('id')
          .where('queue', '=', queue)
          .where('due', '<=', now)
          .orderBy('due')
          .orderBy('id')
          .limit(limit)
          .$if(kind === 'postgres', (query) => query.forUpdate().skipLocked()),
    )
    .updateTable('jobs')
    .set({
      state: 'running',
      due: now + leaseMs,
      attempt: sql<number>`attempt + 1`,
      claims: sql<number>`claims + 1`,
    })
    .where('id', 'in', ({ selectFrom }) => selectFrom('ready').select('ready.id'))
    .returningAll()
    .execute()
}

async function bury({ db }: Source, spent: readonly Row[], now: number): Promise<void> {
  for (const { id, claims, maxAttempts } of spent)
    await db
      .updateTable('jobs')
      .set({
        state: 'dead',
        due: null,
        attempt: maxAttempts,
        error: 'its worker died during the last attempt',
        finished: now,
      })
      .where('id', '=', id)
      .where('claims', '=', claims)
      .execute()
}
