// Buckets in this process's memory: for one process alone, and while Redis is away.
import { LRUCache } from 'lru-cache'
import { hasRoom, type Level, levelAfter, usedAt } from './bucket.ts'
import type { Decision, Limiter } from './limiter.ts'
import type { Claim } from './rules.ts'

export interface MemoryLimiter extends Limiter {
  take(claims: readonly Claim[]): Decision
  /** What another limiter counted, so that this one can go on from there. */
  note(claims: readonly Claim[], decision: Decision): void
}

export interface MemoryLimiterOptions {
  /** Microseconds. */
  readonly now?: () => number
  /** Beyond it the bucket that was asked for longest ago is forgotten, which makes it full: some 30 MB at 100,000. */
  readonly most?: number
}

export const microseconds = (): number => Math.round((performance.timeOrigin + performance.now()) * 1000)

export function createMemoryLimiter({
  now = microseconds,
  most = 100_000,
}: MemoryLimiterOptions = {}): MemoryLimiter {
  const levels = new LRUCache<string, Level>({ max: most })
  return {
    take(claims) {
      const at = now()
      const used = claims.map((claim) => usedAt(levels.get(claim.bucket), claim, at))
      const isAdmitted = claims.every((claim, i) => hasRoom(used[i] ?? 0, claim))
      if (!isAdmitted) return { isAdmitted, used }
      const after = claims.map(({ bucket }, i) => {
        const level = levelAfter(used[i] ?? 0, levels.get(bucket), at)
        levels.set(bucket, level)
        return level.used
      })
      return { isAdmitted, used: after }
    },
    note(claims, { used }) {
      const at = now()
      claims.forEach(({ bucket }, i) => {
        levels.set(bucket, { used: used[i] ?? 0, at })
      })
    },
  }
}
