// Results expire. The key of a result contains its expiry, so removal finds expired results by names alone, and never
// opens a folder with valid ones.
//
// A key is results/aa/bb/cc/dd/<id>/<name>. aabbcc is an hour, counted from 1970 in hex: when it begins, all results in
// the folder have expired. dd spreads the results of an hour. Two more levels of spreading would mean more folders, and
// removal spends its time on folders.
//
// There is no other list of results to remove: if a process dies in the middle, the next one finds the rest.
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
      return removeBefore(bucket, { under, before, maxMs, signal })
    },
  }
}

/** Removes the folders below `under` that sort before a name, for a while. */
export const removeBefore = (
  bucket: Pick<Bucket, 'sweep' | 'list' | 'delete'>,
  sweep: Sweep,
): Promise<SweepResult> => (bucket.sweep ? bucket.sweep(sweep) : sweepByListing(bucket, sweep))

/** Keys come in order: expired ones first, and the first valid one ends the search. */
async function sweepByListing(bucket: Pick<Bucket, 'list' | 'delete'>, sweep: Sweep): Promise<SweepResult> {
  const endsAt = performance.now() + sweep.maxMs
  while (performance.now() < endsAt && !sweep.signal?.aborted) {
    const { files } = await bucket.list(sweep.under)
    const expired = files.map(({ key }) => key).filter((key) => key < sweep.under + sweep.before)
    await bucket.delete(expired)
    if (expired.length === 0 || expired.length < files.length) return { isDone: true }
  }
  return { isDone: false }
}
