// The lasting memory of the API: uploads, results, usage, keys, and the work that was promised.
import { openDatabase, type Where } from './database.ts'
import { createDeliveries, type Deliveries } from './deliveries.ts'
import { createFiles, type Files } from './files.ts'
import { createGroups, type Groups } from './groups.ts'
import { createHooks, type Hooks } from './hooks.ts'
import { createJobs, type Jobs } from './jobs.ts'
import { createKeys, type Keys } from './keys.ts'
import { createResults, type Results } from './results.ts'
import type { Source } from './tables.ts'
import { createUsage, type Usage } from './usage.ts'

export { backoff } from './backoff.ts'
export type { Where } from './database.ts'
export type { DeliveryFilter, DeliveryRecord } from './deliveries.ts'
export type { FileChange, FileFilter, FileRecord, NewFile } from './files.ts'
export type { GroupRecord } from './groups.ts'
export type { HookRecord, NewHook } from './hooks.ts'
export { firstIdAt, newId, timeOf } from './ids.ts'
export type { Claim, Held, JobFilter, JobRecord, NewJob } from './jobs.ts'
export type { Json, JsonObject } from './json.ts'
export type { KeyRecord, NewKey } from './keys.ts'
export type { Page, Paged } from './pages.ts'
export type { NewResult, ResultRecord } from './results.ts'
export type { ResultFilter } from './search.ts'
export type { FileState, JobState, Kind } from './tables.ts'
export type { Counts, UsageOfDay } from './usage.ts'

export interface Tables {
  readonly files: Files
  readonly groups: Groups
  readonly results: Results
  readonly usage: Usage
  readonly keys: Keys
  readonly jobs: Jobs
  readonly deliveries: Deliveries
  readonly hooks: Hooks
}

export interface Records extends Tables {
  /**
   * All of it or nothing, and acknowledged only when it is on the disk. Await each call inside, and nothing but calls
   * on `t`: on the embedded database it holds up every other writer.
   */
  transaction<T>(work: (t: Tables) => Promise<T>): Promise<T>
  close(): Promise<void>
}

export async function openRecords(where: Where, now = Date.now()): Promise<Records> {
  const { db, kind, close } = await openDatabase(where, now)
  return {
    ...tablesOf({ db, kind }),
    transaction: (work) =>
      db.transaction().execute((transaction) => work(tablesOf({ db: transaction, kind }))),
    close,
  }
}

function tablesOf(source: Source): Tables {
  return {
    files: createFiles(source),
    groups: createGroups(source),
    results: createResults(source),
    usage: createUsage(source),
    keys: createKeys(source),
    jobs: createJobs(source),
    deliveries: createDeliveries(source),
    hooks: createHooks(source),
  }
}
