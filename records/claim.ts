// Claims jobs: in one transaction, so that two workers, threads or processes never get the same job within its lease.
import { type Selectable, type SelectQueryBuilder, sql } from 'kysely'
import { dueLanes } from './due-lanes.ts'
import { type Candidate, fullLanes, type LaneUsage, pick } from './fair-lanes.ts'
import type { DatabaseHandle, DatabaseSchema } from './tables.ts'

type JobRow = Selectable<DatabaseSchema['jobs']>
type ClaimableJobs = SelectQueryBuilder<DatabaseSchema, 'jobs', { id: string }>

export interface Claim {
  readonly queue: string
  readonly limit: number
  /** How long nobody else gets these jobs; `extend` it for work that takes longer. */
  readonly leaseMs: number
  readonly now: number
  /** Where jobs are shared out by lane: how many of each lane and project the claimant may hold at once. */
  readonly lanes?: LaneUsage & {
    /** From 0 to 1: the lane at which the search begins, when jobs of full lanes are in front of all others. */
    readonly random: number
  }
}

export async function claim(source: DatabaseHandle, wanted: Claim): Promise<readonly JobRow[]> {
  const { lanes, ...all } = wanted
  const claimed = lanes
    ? await takeFairly(source, { ...all, lanes })
    : await take(source, all, longestDue(source, all, all.limit))
  // The worker died during the last attempt. That was an attempt too, so there is none left.
  const spent = claimed.filter((job) => job.attempt > job.maxAttempts)
  if (spent.length > 0) await bury(source, spent, wanted.now)
  return claimed.filter((job) => job.attempt <= job.maxAttempts).sort((a, b) => (a.id < b.id ? -1 : 1))
}

/** Rows read beyond the limit. When all of them are of full lanes, the search goes on by lanes and not by rows. */
const glimpse = 64

type FairClaim = Claim & Required<Pick<Claim, 'lanes'>>

/**
 * Claims the jobs that are longest due and whose lanes are not full. One receiver may have a million jobs in front of
 * all others: when the first rows are all of full lanes, the first jobs of each free lane are read instead.
 */
function takeFairly({ db, kind }: DatabaseHandle, wanted: FairClaim): Promise<JobRow[]> {
  const { limit, lanes } = wanted
  const within = async (t: DatabaseHandle['db']): Promise<JobRow[]> => {
    const source = { db: t, kind }
    const view = limit + glimpse
    const front: Candidate[] = await longestDue(source, wanted, view).select('lane').execute()
    const picked = pick(front, lanes, limit)
    if (picked.length < limit && front.length === view) {
      const taken = { ...lanes, held: [...lanes.held, ...picked.map(({ lane }) => lane)] }
      const behind = await jobsBehindFullLanes(source, wanted, taken)
      const known = new Set(picked.map(({ id }) => id))
      picked.push(
        ...pick(
          behind.filter(({ id }) => !known.has(id)),
          taken,
          limit - picked.length,
        ),
      )
    }
    if (picked.length === 0) return []
    return take(source, wanted, pickedJobs(source, wanted, picked))
  }
  return db.isTransaction ? within(db) : db.transaction().execute(within)
}

/** The first due jobs of each lane that is not full, longest due first. */
async function jobsBehindFullLanes(
  source: DatabaseHandle,
  wanted: FairClaim,
  taken: LaneUsage,
): Promise<Candidate[]> {
  const { queue, limit, now, lanes } = wanted
  const free = await dueLanes(source, { queue, limit, now, random: lanes.random, ...fullLanes(taken) })
  const [first, ...rest] = free.map((lane) =>
    source.db
      .selectFrom(
        source.db
          .selectFrom('jobs')
          .select(['id', 'lane', 'due'])
          .where('queue', '=', queue)
          .where('lane', '=', lane)
          .where('due', '<=', now)
          .orderBy('due')
          .orderBy('id')
          .limit(Math.min(limit, taken.most))
          .as('of_lane'),
      )
      .selectAll(),
  )
  if (!first) return []
  const rows = await rest.reduce((all, one) => all.unionAll(one), first).execute()
  return rows.sort((a, b) => (a.due ?? 0) - (b.due ?? 0) || (a.id < b.id ? -1 : 1))
}

/**
 * A waiting job whose time has come and a running job whose lease has ended look the same: their `due` has passed. On
 * PostgreSQL two claimants would wait for each other's rows; SKIP LOCKED lets the second take the next rows.
 */
const longestDue = (
  { db, kind }: DatabaseHandle,
  { queue, now }: Pick<Claim, 'queue' | 'now'>,
  limit: number,
): ClaimableJobs =>
  db
    .selectFrom('jobs')
    .select('id')
    .where('queue', '=', queue)
    .where('due', '<=', now)
    .orderBy('due')
    .orderBy('id')
    .limit(limit)
    .$if(kind === 'postgres', (query) => query.forUpdate().skipLocked())

/** Selected by their ids alone, so that the database does not read through the index by time. */
const pickedJobs = (
  { db, kind }: DatabaseHandle,
  { now }: Pick<Claim, 'now'>,
  picked: readonly Candidate[],
): ClaimableJobs =>
  db
    .selectFrom('jobs')
    .select('id')
    .where(
      'id',
      'in',
      picked.map(({ id }) => id),
    )
    .where('due', '<=', now)
    .$if(kind === 'postgres', (query) => query.forUpdate().skipLocked())

/** Materialised, because PostgreSQL may otherwise run the inner query again and lock more than the limit. */
function take(
  { db }: DatabaseHandle,
  { leaseMs, now }: Pick<Claim, 'leaseMs' | 'now'>,
  ready: ClaimableJobs,
): Promise<JobRow[]> {
  return db
    .with(
      (name) => name('ready').materialized(),
      () => ready,
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

async function bury({ db }: DatabaseHandle, spent: readonly JobRow[], now: number): Promise<void> {
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
