// What the rest of the program holds: the tables, and a way to write to several of them at once.
import type { DeliveryTable } from './deliveries.ts'
import type { FetchedUrlTable } from './fetched-urls.ts'
import type { FileTable } from './files.ts'
import type { GroupTable } from './groups.ts'
import type { HookTable } from './hooks.ts'
import type { NextId } from './ids.ts'
import type { JobTable } from './jobs.ts'
import type { KeyTable } from './keys.ts'
import type { PurgeTable } from './purges.ts'
import type { QueueCalls } from './queue-calls.ts'
import type { ReservationTable } from './reservations.ts'
import type { ResultTable } from './results.ts'
import type { UsageTable } from './usage.ts'

export interface Tables {
  readonly files: FileTable
  readonly groups: GroupTable
  readonly fetched: FetchedUrlTable
  readonly results: ResultTable
  readonly usage: UsageTable
  readonly reservations: ReservationTable
  readonly keys: KeyTable
  readonly jobs: JobTable
  readonly deliveries: DeliveryTable
  readonly hooks: HookTable
  readonly purges: PurgeTable
}

export interface Records extends Tables {
  /**
   * All of it or nothing, and acknowledged only when it is on the disk. Await each call inside, and nothing but calls
   * on `t`: on the embedded database it holds up every other writer.
   */
  transaction<T>(work: (t: Tables) => Promise<T>): Promise<T>
  /** For rows of this process, in the order in which they were asked for. */
  readonly nextId: NextId
  readonly calls?: QueueCalls | undefined
  /** An open database keeps its process alive. */
  close(): Promise<void>
}
