// Which keys' upstream failed a moment ago: while it is down, only one ask in a while is made to find out how it is.
import { LRUCache } from 'lru-cache'
import type { Landing } from './forward.ts'

export interface Hold {
  isHeld(key: string): boolean
  /** `wantedFresh`: whether a stale answer from upstream means that nobody there has a newer one. */
  note(key: string, landing: Landing, wantedFresh: boolean): void
}

/** Some 100 bytes each, and forgetting one only costs a try. */
const maxHeld = 10_000

/** Where a tier further up has only a stale copy, its source is failing; how long that lasts is known there. */
const pauseSeconds = 1

function pauseAfter(landing: Landing, wantedFresh: boolean): number {
  if (landing.kind === 'stale-if-error') return landing.retryAfterSeconds
  return landing.kind === 'answered' && landing.isOld && wantedFresh ? pauseSeconds : 0
}

export function createHold(now: () => number): Hold {
  const heldUntil = new LRUCache<string, number>({ max: maxHeld })
  return {
    isHeld: (key) => now() < (heldUntil.get(key) ?? 0),
    note(key, landing, wantedFresh) {
      const seconds = pauseAfter(landing, wantedFresh)
      if (seconds > 0) heldUntil.set(key, now() + seconds * 1000)
      else heldUntil.delete(key)
    },
  }
}
