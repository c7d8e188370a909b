// Which keys' upstream failed a moment ago: while it is down, only one ask in a while is made to find out how it is.
import { LRUCache } from 'lru-cache'
import type { Landing } from './forward.ts'

export interface Hold {
  isHeld(key: string): boolean
  note(key: string, landing: Landing): void
  release(key: string): void
}

/** Some 100 bytes each, and forgetting one only costs a try. */
const maxHeld = 10_000

export function createHold(now: () => number): Hold {
  const heldUntil = new LRUCache<string, number>({ max: maxHeld })
  return {
    isHeld: (key) => now() < (heldUntil.get(key) ?? 0),
    note(key, landing) {
      if (landing.kind === 'stale-if-error') heldUntil.set(key, now() + landing.retryAfterSeconds * 1000)
      else heldUntil.delete(key)
    },
    release: (key) => void heldUntil.delete(key),
  }
}
