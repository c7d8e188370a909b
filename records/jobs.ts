// Work that was promised: kept in the same transaction as what it is about, done at least once, by whoever claims it.
import { type Insertable, type Selectable, sql } from 'kysely'
import { backoff, usualAttempts } from './backoff.ts'
import { type Claim, claim } from './claim.ts'
import type { Lane } from './fair-lanes.ts'
import { firstIdAt, type NextId, timeOf } from './ids.ts'
import { type JsonObject, readJson, writeJson } from './json.ts'
import { limitOf, type Page, type Paged, toPage } from './pages.ts'
import type { DatabaseHandle, DatabaseSchema, JobState } from './tables.ts'

export interface JobRecord {
  readonly id: string
  readonly queue: string
  readonly project: string
  readonly payload: JsonObject
  readonly state: JobState
  /** The start while waiting, the end of the lease while running, null afterwards. */
  readonly due: number | null
  /** Of the present sending: 1 is the first. */
  readonly attempt: number
  readonly maxAttempts: number
  /** Attempts of the sendings before: with `attempt` how many there were in all. */
  readonly earlier: number
  /** Whose turn it takes. */
  readonly lane: Lane
  /** Proves to `done`, `failed` and `extend` that the lease is still the caller's. */
  readonly claims: number
  readonly error: string | null
  readonly created: number
  readonly finished: number | null
}

export interface NewJob {
  /** When something else must know it before, the answer of an API for one; from `nextId`, or `newId`. */
  readonly id?: string
  readonly queue: string
  readonly project?: string
  readonly payload: JsonObject
  readonly delayMs?: number
  readonly maxAttempts?: number
  readonly lane?: Lane
}

export interface JobFilter {
  readonly queue: string
  readonly project?: string
  readonly states?: readonly JobState[]
  readonly created?: { readonly from?: number; readonly below?: number }
  readonly page?: Page
}

/** What a worker holds: enough to know whether it still holds it. */
export type JobLease = Pick<JobRecord, 'id' | 'claims' | 'attempt' | 'maxAttempts'>
export type JobTable = ReturnType<typeof createJobs>

export const createJobs = (handle: DatabaseHandle, nextId: NextId) => ({
  ...jobPromises(handle, nextId),
  ...jobLeases(handle),
  ...jobReads(handle),
})

/** What whoever promises work does. */
function jobPromises({ db }: DatabaseHandle, nextId: NextId) {
  return {
    /** In a transaction: the promise is kept if and only if the rest of it is. */
    promise: async (job: NewJob, now: number): Promise<string> => {
      const row = rowOf({ ...job, id: job.id ?? nextId(now) }, now)
      await db.insertInto('jobs').values(row).execute()
      return row.id
    },

    /** At once and with all attempts, whether it waits for another or is over. False while it is being sent. */
    resend: async (id: string, now: number): Promise<boolean> =>
      isOne(
        await db
          .updateTable('jobs')
          .set({
            state: 'waiting',
            due: now,
            earlier: sql<number>`earlier + attempt`,
            attempt: 0,
            error: null,
            finished: null,
          })
          .where('id', '=', id)
          .where('state', '!=', 'running')
          .executeTakeFirst(),
      ),

    /** Done without a worker: by whoever promised them, and only where nobody has begun. How many there were. */
    withdraw: async (ids: readonly string[], now: number): Promise<number> => {
      if (ids.length === 0) return 0
      const { numUpdatedRows } = await db
        .updateTable('jobs')
        .set({ state: 'done', due: null, error: null, finished: now })
        .where('id', 'in', ids)
        .where('state', '=', 'waiting')
        .executeTakeFirst()
      return Number(numUpdatedRows)
    },

    /** Removes up to `limit` that finished before `before`; how many there were. */
    forget: async ({ before, limit }: { before: number; limit: number }): Promise<number> => {
      const old = db.selectFrom('jobs').select('id').where('finished', '<', before).limit(limit)
      const { numDeletedRows } = await db.deleteFrom('jobs').where('id', 'in', old).executeTakeFirst()
      return Number(numDeletedRows)
    },
  }
}

/** What a worker does with the jobs that it holds. */
function jobLeases({ db, kind }: DatabaseHandle) {
  const updateHeld = ({ id, claims }: Pick<JobLease, 'id' | 'claims'>) =>
    db.updateTable('jobs').where('id', '=', id).where('claims', '=', claims).where('state', '=', 'running')

  return {
    /** Those that are due, each to one claimant until its lease ends; longest promised first. */
    claim: async (wanted: Claim): Promise<readonly JobRecord[]> =>
      (await claim({ db, kind }, wanted)).map(jobOf),

    /** Heartbeat. False when the lease ended before and somebody else may be at it: stop. */
    extend: async (job: JobLease, leaseMs: number, now: number): Promise<boolean> =>
      isOne(
        await updateHeld(job)
          .set({ due: now + leaseMs })
          .executeTakeFirst(),
      ),

    finish: async (job: JobLease, now: number): Promise<boolean> =>
      isOne(
        await updateHeld(job)
          .set({ state: 'done', due: null, error: null, finished: now })
          .executeTakeFirst(),
      ),

    /** Tried again after a backoff, or dead after the last attempt. `random` is from 0 to 1. */
    retry: async (
      job: JobLease,
      error: string,
      { now, random, waitMs }: { now: number; random: number; waitMs?: number },
    ): Promise<boolean> => {
      const isDead = job.attempt >= job.maxAttempts
      const due = now + Math.max(waitMs ?? 0, backoff(job.attempt, random))
      const next = isDead
        ? ({ state: 'dead', due: null, finished: now } as const)
        : ({ state: 'waiting', due, finished: null } as const)
      return isOne(
        await updateHeld(job)
          .set({ ...next, error })
          .executeTakeFirst(),
      )
    },

    /** Dead at once: another attempt would end the same way. */
    giveUp: async (job: JobLease, error: string, now: number): Promise<boolean> =>
      isOne(await updateHeld(job).set({ state: 'dead', due: null, error, finished: now }).executeTakeFirst()),
  }
}

function jobReads({ db }: DatabaseHandle) {
  return {
    get: async (id: string): Promise<JobRecord | undefined> => {
      const row = await db.selectFrom('jobs').selectAll().where('id', '=', id).executeTakeFirst()
      return row && jobOf(row)
    },

    /** Newest first. */
    find: async (filter: JobFilter): Promise<Paged<JobRecord>> => {
      const limit = limitOf(filter.page?.limit)
      return toPage((await selectJobs(db, filter, limit).execute()).map(jobOf), limit)
    },

    /** When the next job of the queue is due; undefined when none is. A worker need not ask before. */
    nextDue: async (queue: string): Promise<number | undefined> => {
      const row = await db
        .selectFrom('jobs')
        .select('due')
        .where('queue', '=', queue)
        .where('due', 'is not', null)
        .orderBy('due')
        .limit(1)
        .executeTakeFirst()
      return row?.due ?? undefined
    },
  }
}

const isOne = ({ numUpdatedRows }: { numUpdatedRows: bigint }): boolean => numUpdatedRows === 1n

function selectJobs(db: DatabaseHandle['db'], filter: JobFilter, limit: number) {
  const { project, states, created = {}, page = {} } = filter
  return db
    .selectFrom('jobs')
    .selectAll()
    .where('queue', '=', filter.queue)
    .$if(project !== undefined, (query) => query.where('project', '=', project ?? ''))
    .$if(states !== undefined, (query) => query.where('state', 'in', states ?? []))
    .$if(created.from !== undefined, (query) => query.where('id', '>=', firstIdAt(created.from ?? 0)))
    .$if(created.below !== undefined, (query) => query.where('id', '<', firstIdAt(created.below ?? 0)))
    .$if(page.after !== undefined, (query) => query.where('id', '<', page.after ?? ''))
    .orderBy('id', 'desc')
    .limit(limit + 1)
}

function rowOf(job: NewJob & { readonly id: string }, now: number): Insertable<DatabaseSchema['jobs']> {
  return {
    id: job.id,
    queue: job.queue,
    project: job.project ?? '',
    payload: writeJson(job.payload),
    state: 'waiting',
    due: now + (job.delayMs ?? 0),
    attempt: 0,
    maxAttempts: job.maxAttempts ?? usualAttempts,
    earlier: 0,
    lane: job.lane ?? '',
    claims: 0,
    error: null,
    created: timeOf(job.id),
    finished: null,
  }
}

const jobOf = (row: Selectable<DatabaseSchema['jobs']>): JobRecord => ({
  ...row,
  payload: readJson<JsonObject>(row.payload),
})
