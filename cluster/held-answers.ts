// Answers that this member made lately, kept for the members that waited for them. Most are in a cache of this process as
// well, and share their bytes with it.
import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { type Answer, emptyBody, type HeldAnswer, requireHeld, type Tier } from '../tier.ts'

export interface HeldAnswers {
  put(key: string, answer: HeldAnswer): void
  /** Gives what is held to another member that asks at the path of its key. */
  readonly tier: Tier
}

export interface HeldOptions {
  readonly maxBytes: number
  /** How long each is held. */
  readonly holdMs: number
  readonly now: () => number
}

export const heldPath = '/held'

/** In an answer: the seconds for which it has been held. Without it the answer is nothing that was held. */
const heldHeader = 'halftone-held'

export const heldPathOf = (key: string): string =>
  `${heldPath}/${createHash('sha256').update(key).digest('base64url')}`

interface Held {
  readonly answer: HeldAnswer
  readonly since: number
}

/** Beside the body. */
const entryBytes = 1000

export function createHeldAnswers({ maxBytes, holdMs, now }: HeldOptions): HeldAnswers {
  const held = new LRUCache<string, Held>({
    maxSize: maxBytes,
    sizeCalculation: ({ answer }) => answer.body.length + entryBytes,
    ttl: holdMs,
  })
  return {
    put: (key, answer) => void held.set(heldPathOf(key), { answer, since: now() }),
    tier: async ({ path }) => {
      const found = held.get(path)
      if (found === undefined) return nothingHeld
      const seconds = Math.max(0, Math.floor((now() - found.since) / 1000))
      return { ...found.answer, headers: { ...found.answer.headers, [heldHeader]: String(seconds) } }
    },
  }
}

/** RFC 9111 5.2.1.7: a cache that is asked for nothing but what it has. */
const nothingHeld: Answer = {
  status: 504,
  headers: { 'cache-control': 'no-store', 'content-length': '0' },
  body: emptyBody,
}

/** What another member held, and for how long; undefined where it held nothing. */
export function heldIn(answer: Answer): { answer: HeldAnswer; heldSeconds: number } | undefined {
  const { [heldHeader]: seconds, ...headers } = answer.headers
  if (seconds === undefined) return undefined
  return { answer: { ...requireHeld(answer), headers }, heldSeconds: Number(seconds) }
}
