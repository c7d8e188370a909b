// Revalidations that nobody waits for: few at once, one for each answer, each with an end.

export interface Background {
  /** Does nothing while the same is under way, or too much is. */
  run(key: string, site: string, work: (signal: AbortSignal) => Promise<void>): void
  /** The site's origin cannot be reached: for a moment it is left alone by those who have something that can stand in. */
  hold(site: string): void
  isHeld(site: string): boolean
  idle(): Promise<void>
}

const most = 64
const mostOfSite = 16
const longestMs = 60_000
const holdMs = 1000

export function createBackground(now: () => number = Date.now): Background {
  const running = new Map<string, { readonly site: string; readonly done: Promise<void> }>()
  const heldUntil = new Map<string, number>()

  const ofSite = (site: string): number => [...running.values()].filter((each) => each.site === site).length

  return {
    run(key, site, work) {
      if (running.has(key) || running.size >= most || ofSite(site) >= mostOfSite) return
      // What fails is asked for again by the next who wants it.
      const done = work(AbortSignal.timeout(longestMs)).then(
        () => void running.delete(key),
        () => void running.delete(key),
      )
      running.set(key, { site, done })
    },
    hold: (site) => void heldUntil.set(site, now() + holdMs),
    isHeld: (site) => now() < (heldUntil.get(site) ?? 0),
    async idle() {
      while (running.size > 0) await Promise.allSettled([...running.values()].map(({ done }) => done))
    },
  }
}
