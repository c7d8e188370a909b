// Counts how often entries are used whose server wants to know it, until the next revalidation reports it.
import { LRUCache } from 'lru-cache'
import { reportIn, type Uses, wantsReport } from '../http/metering.ts'
import type { Headers } from '../tier.ts'
import type { Entry } from './entry.ts'

/** Counted up in place: the hit path has time for no more. */
export interface Count {
  sent: number
  confirmed: number
}

export interface Meter {
  /** The count of what lies under the entry's key; undefined where nobody wants to know it. */
  of(entry: Entry): Count | undefined
  /** What the next cache reports with its ask. */
  report(entry: Entry, asked: Headers): void
  /** The entry was sent, or confirmed (304). Not where a cache asked to report its own uses: that is none by itself. */
  use(entry: Entry, asked: Headers, status: number): void
  /** What was counted under the key, which begins anew. */
  take(key: string): Uses | undefined
}

/** A count that is forgotten is that of the key that was used the longest ago. */
const mostCounts = 20_000

export function createMeter(): Meter {
  const counts = new LRUCache<string, Count>({ max: mostCounts })

  function of(entry: Entry): Count | undefined {
    if (!wantsReport(entry.headers)) return undefined
    const known = counts.get(entry.key)
    if (known) return known
    const count = { sent: 0, confirmed: 0 }
    counts.set(entry.key, count)
    return count
  }

  return {
    of,
    report(entry, asked) {
      const reported = reportIn(asked)
      const count = reported && of(entry)
      if (count) add(count, reported)
    },
    use(entry, asked, status) {
      const count = of(entry)
      if (count && !reportIn(asked)) add(count, status === 304 ? oneConfirmed : oneSent)
    },
    take(key) {
      const count = counts.get(key)
      const taken = count && { ...count }
      if (count) add(count, { sent: -count.sent, confirmed: -count.confirmed })
      return taken
    },
  }
}

const oneSent: Uses = { sent: 1, confirmed: 0 }
const oneConfirmed: Uses = { sent: 0, confirmed: 1 }

function add(count: Count, { sent, confirmed }: Uses): void {
  count.sent += sent
  count.confirmed += confirmed
}

/** Where nobody is ever told. */
export const noMeter: Meter = {
  of: () => undefined,
  report: () => {},
  use: () => {},
  take: () => undefined,
}
