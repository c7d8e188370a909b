// What the rest of the program holds: the tables, and a way to write to several of them at once.
import type { Deliveries } from './deliveries.ts'
import type { FetchedFiles } from './fetched-urls.ts'
import type { Files } from './files.ts'
import type { Groups } from './groups.ts'
import type { Hooks } from './hooks.ts'
import type { NextId } from './ids.ts'
import type { Jobs } from './jobs.ts'
import type { Keys } from './keys.ts'
import type { Reservations } from './reservations.ts'
import type { Results } from './results.ts'
import type { Usage } from './usage.ts'

export interface Tables {
  readonly files: Files
  readonly groups: Groups
  readonly fetched: FetchedFiles
  readonly results: Results
  readonly usage: Usage
  readonly reservations: Reservations
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
  /** For rows of this process, in the order in which they were asked for. */
  readonly nextId: NextId
  /** An open database keeps its process alive. */
  close(): Promise<void>
}
