// The lasting memory of the API: uploads, results, usage, keys, and the work that was promised.
import { type DatabaseLocation, openDatabase } from './database.ts'
import { createDeliveries } from './deliveries.ts'
import { createFetchedUrls } from './fetched-urls.ts'
import { createFiles } from './files.ts'
import { createGroups } from './groups.ts'
import { createHooks, sealHooks } from './hooks.ts'
import { createIds, type NextId } from './ids.ts'
import { createJobs } from './jobs.ts'
import { createKeys } from './keys.ts'
import { createPurges } from './purges.ts'
import type { Records, Tables } from './records.ts'
import { createReservations } from './reservations.ts'
import { createResults } from './results.ts'
import type { Seal } from './sealing.ts'
import type { DatabaseHandle } from './tables.ts'
import { createUsage } from './usage.ts'

export { backoff } from './backoff.ts'
export type { Claim } from './claim.ts'
export { type DatabaseLocation, tryDatabase } from './database.ts'
export type { DeliveryFilter, DeliveryRecord } from './deliveries.ts'
export { type LaneLimits, laneOf } from './fair-lanes.ts'
export type { FileChange, FileFilter, FileRecord, NewFile } from './files.ts'
export type { GroupRecord } from './groups.ts'
export type { HookRecord, NewHook } from './hooks.ts'
export { firstIdAt, type NextId, newId, timeOf } from './ids.ts'
export type { JobFilter, JobRecord, NewJob } from './jobs.ts'
export type { Json, JsonObject } from './json.ts'
export type { KeyRecord, NewKey } from './keys.ts'
export type { Page, Paged, TimePage, TimePaged } from './pages.ts'
export type { QueueCalls } from './queue-calls.ts'
export {
  createQueueWorker,
  type LeaseSignal,
  type QueueWorker,
  type QueueWorkerOptions,
} from './queue-worker.ts'
export type { Records, Tables } from './records.ts'
export type { Allowance, Reservation } from './reservations.ts'
export type { NewResult, ResultRecord } from './results.ts'
export type { Seal } from './sealing.ts'
export type { ResultFilter } from './search.ts'
export type { DatabaseKind, FileState, JobState } from './tables.ts'
export type { Counts, UsageOfDay } from './usage.ts'

export async function openRecords(where: DatabaseLocation, now = Date.now(), seal?: Seal): Promise<Records> {
  const { db, kind, close } = await openDatabase(where, now)
  if (seal) await sealHooks({ db, kind, seal })
  const nextId = createIds()
  return {
    ...tablesOf({ db, kind, seal }, nextId),
    transaction: (work) =>
      db.transaction().execute((transaction) => work(tablesOf({ db: transaction, kind, seal }, nextId))),
    nextId,
    close,
  }
}

function tablesOf(source: DatabaseHandle, nextId: NextId): Tables {
  return {
    files: createFiles(source),
    groups: createGroups(source),
    fetched: createFetchedUrls(source),
    results: createResults(source),
    usage: createUsage(source),
    reservations: createReservations(source),
    keys: createKeys(source),
    jobs: createJobs(source, nextId),
    deliveries: createDeliveries(source),
    hooks: createHooks(source),
    purges: createPurges(source),
  }
}
