// One member's way through the shared log: every order is applied here, by whichever way it comes, and none is missed.
import { LRUCache } from 'lru-cache'
import type { PurgeLog } from './log.ts'
import type { Purge } from './purge.ts'
import type { Appended, Place, SharedLog } from './shared-log.ts'

export interface FollowerOptions {
  readonly shared: SharedLog
  /** What the caches of this member compare their entries with. */
  readonly local: Pick<PurgeLog, 'append'>
  /** The place that this member knew when it ended; undefined where it never knew one. */
  readonly known: Place | undefined
  /** Whether it has entries from before its start, or has answered already. */
  readonly mayHaveEntries: boolean
  /** Remembers the place beyond the end of the process. */
  readonly remember: (place: Place) => Promise<void>
}

export interface Follower {
  /** Up to where this member knows the log; undefined before it was read. */
  place(): Place | undefined
  /**
   * Logs an order for all members; undefined where the log cannot be reached: then it is logged when it is there again. It
   * is not applied here by that.
   */
  append(purges: readonly Purge[]): Promise<Appended | undefined>
  /** Applies an order that was handed to this member, logged or not. */
  deliver(purges: readonly Purge[], logged: Appended | undefined): Promise<void>
  /** Applies what was logged and not delivered. Rejects where the log cannot be reached. */
  catchUp(): Promise<void>
  /** This member answers from now on, so it may have entries. */
  begin(): void
}

const everything: Purge = { target: { kind: 'everything' }, isSoft: false }

/** More than are ordered between two looks at the log. */
const mostDelivered = 10_000
const mostUnlogged = 1000

export function createFollower(options: FollowerOptions): Follower {
  const { shared, local, remember } = options
  let { known, mayHaveEntries } = options
  let last: Promise<unknown> = Promise.resolve()
  // Applied beyond the known place: they are not applied again when the log is read. A soft purge applied twice would cost a
  // second refresh.
  const delivered = new Set<Place>()
  const handing = new LRUCache<Place, Promise<void>>({ max: 1000 })
  // Ordered while the log could not be reached: for those who were away then.
  let unlogged: (readonly Purge[])[] = []

  async function know(place: Place): Promise<void> {
    known = place
    delivered.delete(place)
    await remember(place)
  }

  /** Where it cannot be applied it is read again. */
  async function applyAt(place: Place, purges: readonly Purge[]): Promise<void> {
    if (delivered.size >= mostDelivered) delivered.clear()
    delivered.add(place)
    try {
      await local.append(purges)
    } catch (thrown) {
      delivered.delete(place)
      handing.delete(place)
      throw thrown
    }
  }

  async function hand(purges: readonly Purge[], { place, after }: Appended): Promise<void> {
    // Also what the log has told already: a lower tier may have been filled again from one that was not told yet.
    await applyAt(place, purges)
    if (after === known) await know(place)
  }

  async function logLater(): Promise<void> {
    const orders = unlogged
    unlogged = []
    for (const [at, purges] of orders.entries())
      try {
        delivered.add((await shared.append(purges, known)).place)
      } catch (thrown) {
        unlogged = [...orders.slice(at), ...unlogged]
        throw thrown
      }
  }

  async function read(): Promise<void> {
    if (unlogged.length > 0) await logLater()
    const from = known
    const { orders, end, isWhole } = await shared.behind(from)
    if (!isWhole && (from !== undefined || mayHaveEntries)) await local.append([everything])
    else for (const { place, purges } of orders) if (!delivered.has(place)) await applyAt(place, purges)
    // Something was delivered meanwhile: the rest is looked at again, and found to be applied.
    if (known !== from) return
    for (const { place } of orders) delivered.delete(place)
    await know(end)
  }

  return {
    place: () => known,
    async append(purges) {
      try {
        return await shared.append(purges, known)
      } catch {
        if (unlogged.length < mostUnlogged) unlogged.push(purges)
        return undefined
      }
    },
    deliver(purges, logged) {
      if (!logged) return local.append(purges).then(() => {})
      // A member may be known under two addresses. What was purged once is not made stale twice.
      const handed = handing.get(logged.place) ?? hand(purges, logged)
      handing.set(logged.place, handed)
      return handed
    },
    catchUp() {
      const caughtUp = last.then(read)
      last = caughtUp.catch(() => {})
      return caughtUp
    },
    begin() {
      mayHaveEntries = true
    },
  }
}
