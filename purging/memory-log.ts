// The log of a process that keeps nothing on disk: a restart forgets the purges, and all that they were about.
import { type Bounds, createKeptPurges } from './kept.ts'
import type { PurgeLog } from './log.ts'
import type { LoggedPurge } from './purge.ts'

export interface LogOptions extends Bounds {
  readonly now?: () => number
}

export function createMemoryLog({ now = Date.now, ...bounds }: LogOptions = {}): PurgeLog {
  const kept = createKeptPurges(bounds)
  const followers: ((purge: LoggedPurge) => void)[] = []
  return {
    async append(purges) {
      const logged = kept.numbered(purges, now())
      for (const purge of logged) {
        kept.add(purge)
        for (const told of followers) told(purge)
      }
      return logged
    },
    since: async (position) => kept.since(position),
    follow: (told) => void followers.push(told),
    close: async () => {},
  }
}
