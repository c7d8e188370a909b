// Remembers orders that ended their process, by key.

const minute = 60_000

export interface Culprits {
  /** One more process has ended with this order. An order without a key is not remembered. */
  add(key: string | undefined): void
  /** Whether the order is refused for now. */
  has(key: string | undefined): boolean
}

/** Twice may be chance, as when the system ran out of memory; a third time is not tried for ten minutes. */
export function createCulprits(now: () => number): Culprits {
  const ends = new Map<string, { times: number; until: number }>()
  return {
    add(key: string | undefined): void {
      if (key === undefined) return
      // Few are ever in here; the oldest go first.
      if (ends.size >= 1000) ends.delete(ends.keys().next().value ?? '')
      ends.set(key, { times: (ends.get(key)?.times ?? 0) + 1, until: now() + 10 * minute })
    },
    has(key: string | undefined): boolean {
      const known = key === undefined ? undefined : ends.get(key)
      if (known === undefined || key === undefined) return false
      if (now() >= known.until) ends.delete(key)
      return known.times >= 2 && now() < known.until
    },
  }
}
