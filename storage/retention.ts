// Results live for a while: where they lie says until when, so removal never looks at one that may stay.
//
// results/<hour>/aa/bb/cc/<id>/<name>, where the hour (UTC) is the first at whose beginning all in it have expired.
// Nothing else is kept of what is to be removed and when: a process that dies in the middle leaves nothing undone
// that the next one does not find.
import type { Bucket, Sweep, Swept } from './bucket.ts'
import { keyFor } from './key.ts'

const under = 'results/'
const hourMs = 3_600_000

export interface Result {
  /** Begins with random hex characters, as `keyFor` wants it. */
  readonly id: string
  readonly name: string
  readonly expiresAt: number
}

export const resultKey = ({ id, name, expiresAt }: Result): string =>
  `${under}${hourAt(Math.ceil(expiresAt / hourMs) * hourMs)}/${keyFor(id, name)}`

/** Sorts as the hours follow each other: 2026-11-21T02. */
const hourAt = (at: number): string => new Date(at).toISOString().slice(0, 13)

export interface RetentionOptions {
  readonly bucket: Bucket
  readonly now?: () => number
  /** How long one tick may work: a process that is told to end waits no longer. */
  readonly maxMs?: number
}

export interface Retention {
  /** Removes what has expired, for a while. Ask again soon when it was not done. */
  tick(signal?: AbortSignal): Promise<Swept>
}

export function createRetention({ bucket, now = Date.now, maxMs = 10_000 }: RetentionOptions): Retention {
  return {
    tick(signal) {
      // The hour that has begun is over for all in its folder, so the folders before the next one may go.
      const before = hourAt(now() + hourMs)
      const sweep: Sweep = { under, before, maxMs, signal }
      return bucket.sweep ? bucket.sweep(sweep) : sweepByListing(bucket, sweep)
    },
  }
}

/** Keys come in order, so what has expired comes first and the first that may stay ends it. */
async function sweepByListing(bucket: Bucket, sweep: Sweep): Promise<Swept> {
  const endsAt = performance.now() + sweep.maxMs
  while (performance.now() < endsAt && !sweep.signal?.aborted) {
    const { files } = await bucket.list(sweep.under)
    const expired = files.map(({ key }) => key).filter((key) => key < sweep.under + sweep.before)
    await bucket.delete(expired)
    if (expired.length === 0 || expired.length < files.length) return { isDone: true }
  }
  return { isDone: false }
}
