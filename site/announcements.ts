// What unsafe requests have changed is told to the caches of other members, several addresses at a time.
import { setTimeout as pause } from 'node:timers/promises'

export interface Announcements {
  /** `//host/path` of each. Settles when the others know, or after a moment. Never rejects. */
  announce(paths: readonly string[]): Promise<void>
}

export interface AnnouncementOptions {
  /** Tells all others. */
  readonly tell: (paths: readonly string[]) => Promise<unknown>
  /** Told why, where some may not have heard of it. */
  readonly failed: (cause: unknown) => void
  /** The longest that an answer waits for the others to know. */
  readonly patienceMs?: number
}

/** Addresses that are told at once. Whoever sends more requests of this kind than that empties nobody's log of purges. */
const mostAtOnce = 200

export function createAnnouncements(options: AnnouncementOptions): Announcements {
  const { tell, failed, patienceMs = 1000 } = options
  let gathered = new Set<string>()
  let last: Promise<void> = Promise.resolve()
  let next: Promise<void> | undefined

  async function tellGathered(): Promise<void> {
    await last
    const paths = [...gathered]
    gathered = new Set()
    next = undefined
    last = Promise.resolve(tell(paths)).then(() => {}, failed)
    await last
  }

  return {
    async announce(paths) {
      for (const path of paths) if (gathered.size < mostAtOnce) gathered.add(path)
      next ??= tellGathered()
      const over = new AbortController()
      await Promise.race([next, pause(patienceMs, undefined, { signal: over.signal }).catch(() => {})])
      over.abort()
    },
  }
}
