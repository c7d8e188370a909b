// What all functions of the uploads work with.
import type { Log } from '../../../log.ts'
import type { Records } from '../../../records/index.ts'
import type { Bucket } from '../../../storage/index.ts'
import type { Intake } from '../../intake/intake.ts'
import type { AnnounceFileEvents } from './events.ts'

export interface UploadsContext {
  readonly records: Records
  readonly bucket: Bucket
  readonly intake: Pick<Intake, 'fetch'>
  /** Promises the webhooks of an event, in the transaction of the event. */
  readonly announce: AnnounceFileEvents
  /** Wakes the webhooks; to be called after a transaction that may have promised some. */
  readonly poke: () => void
  /** Purges all that was made from these files. */
  readonly purge: (ids: readonly string[]) => Promise<void>
  readonly maxBytes: number
  /** How long an upload may take from its start to its last byte. */
  readonly comingMs: number
  /** How long the sender of a part may send nothing. */
  readonly stallMs: number
  readonly log: Pick<Log, 'warn' | 'error'>
  readonly now: () => number
}
