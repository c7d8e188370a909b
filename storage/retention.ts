// Results live for a while: where they lie says until when, so removal never looks at one that may stay.
//
// results/aa/bb/cc/dd/<id>/<name>: aabbcc is the hour (counted from 1970, in hex) at whose beginning all in it have
// expired, dd spreads them. Fewer folders than a spread over three levels within the hour would take, because folders
// are what removal spends its time on. Nothing else is kept of what is to be removed and when: a process that dies in
// the middle leaves nothing undone that the next one does not find.
import type { Bucket, Sweep, SweepResult } from './bucket.ts'
import { checkKey } from './key.ts'

const under = 'results/'
const hourMs = 3_600_000

export interface ResultAddress {
  /** Begins with two random characters. */
  readonly id: string
  readonly name: string
  readonly expiresAt: number
}

export const resultKey = ({ id, name, expiresAt }: ResultAddress): string =>
  checkKey(`${under}${hourFolder(Math.ceil(expiresAt / hourMs))}/${id.slice(0, 2)}/${id}/${name}`)

/** Sorts as the hours follow each other; six characters last until the year 3883. */
const hourFolder = (hour: number): string =>
  hour
    .toString(16)
    .padStart(6, '0')
    .replace(/(..)(..)(..)/, '$1/$2/$3')

export interface RetentionOptions {
  readonly bucket: Bucket
  readonly now?: () => number
  /** How long one tick may work: a process that is told to end waits no longer. */
  readonly maxMs?: number
}

export interface Retention {
  /** Removes what has expired, for a while. Ask again soon when it was not done. */
  tick(signal?: AbortSignal): Promise<SweepResult>
}

export function createRetention({ bucket, now = Date.now, maxMs = 10_000 }: RetentionOptions): Retention {
  return {
    tick(signal) {
      // The hour that has begun is over for all in its folder, so the folders before the next one may go.
      const before = hourFolder(Math.floor(now() / hourMs) + 1)
      const sweep: Sweep = { under, before, maxMs, signal }
      return bucket.sweep ? bucket.sweep(sweep) : sweepByListing(bucket, sweep)
    },
  }
}

/** Keys come in order, so what has expired comes first and the first that may stay ends it. */
async function sweepByListing(bucket: Bucket, sweep: Sweep): Promise<SweepResult> {
  const endsAt = performance.now() + sweep.maxMs
  while (performance.now() < endsAt && !sweep.signal?.aborted) {
    const { files } = await bucket.list(sweep.under)
    const expired = files.map(({ key }) => key).filter((key) => key < sweep.under + sweep.before)
    await bucket.delete(expired)
    if (expired.length === 0 || expired.length < files.length) return { isDone: true }
  }
  return { isDone: false }
}
