// Leases among the members of one process.
import type { Lease, Leases, LeaseTimes, Outcome, Taken } from './lease.ts'
import { createWaiting, overtaking, type Waiting } from './waiting.ts'

/** A piece of work that is being done, or was done lately. */
type Work =
  | { readonly kind: 'held'; readonly holder: Waiting; readonly token: object; readonly since: number }
  | { readonly kind: 'done'; readonly at: string; readonly until: number }

export interface MemoryLeases {
  member(): Leases
}

export function createMemoryLeases({
  hedgeMs,
  now = Date.now,
}: LeaseTimes & { readonly now?: () => number }): MemoryLeases {
  const works = new Map<string, Work>()
  const members = new Set<Waiting>()

  /** A member that has gone took its leases along: in one process no silence has to prove it. */
  function current(key: string): Work | undefined {
    const work = works.get(key)
    if (work?.kind === 'held' ? members.has(work.holder) : (work?.until ?? 0) > now()) return work
    works.delete(key)
    return undefined
  }

  function grant(key: string, holder: Waiting): Lease {
    const token = {}
    works.set(key, { kind: 'held', holder, token, since: now() })
    const { overtaken, leave } = overtaking(holder, key)
    return {
      overtaken,
      release(outcome, keepMs) {
        leave()
        release(key, token, { ...outcome, keepMs })
      },
    }
  }

  function release(key: string, token: object, { at, keepMs }: Outcome & { readonly keepMs: number }): void {
    const work = works.get(key)
    const isOurs = work?.kind === 'held' && work.token === token
    if (at === undefined && !isOurs) return
    if (at !== undefined && keepMs > 0) works.set(key, { kind: 'done', at, until: now() + keepMs })
    else if (isOurs) works.delete(key)
    for (const waiting of members) waiting.tell(key, at === undefined ? {} : { at })
  }

  return {
    member() {
      const waiting = createWaiting()
      members.add(waiting)
      return {
        async take(key): Promise<Taken> {
          const work = current(key)
          if (work?.kind === 'done') return { kind: 'done', at: work.at }
          const leftMs = work ? work.since + hedgeMs - now() : 0
          if (leftMs <= 0) return { kind: 'granted', lease: grant(key, waiting) }
          const waiter = waiting.join(key)
          return { kind: 'held', wait: (signal) => waiter.wait(leftMs, signal) }
        },
        async close() {
          members.delete(waiting)
          for (const others of members) others.tellAll('look-again')
        },
      }
    },
  }
}
