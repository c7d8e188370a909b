// A cache with a clock that is turned by hand and an upstream that does as told.
import { createCache, type Defaults, type Outcome } from '../../cache/index.ts'
import { createMemoryStore } from '../../cache/memory.ts'
import type { Store } from '../../cache/store.ts'
import type { Epochs } from '../../purging/index.ts'
import { type Answer, type Ask, type Headers, type HeldAnswer, requireHeld, type Tier } from '../../tier.ts'
import { anAnswer, anAsk, start } from './entries.ts'

export interface Setting {
  readonly upstream?: Tier
  readonly store?: Store
  readonly defaults?: Defaults
  readonly flightMs?: number
  readonly epochs?: Epochs
}

export function aCache({ upstream, store, defaults = {}, flightMs = 10_000, epochs }: Setting = {}) {
  let moment = start
  let answers: Tier = upstream ?? (async () => anAnswer({ 'cache-control': 'max-age=60' }))
  const asked: Ask[] = []
  const outcomes: Outcome[] = []
  const { answer, invalidate, idle } = createCache({
    name: 'cache',
    store: store ?? createMemoryStore({ maxBytes: 1e7 }),
    upstream: (ask) => {
      asked.push(ask)
      return answers(ask)
    },
    flightMs,
    defaults,
    ...(epochs && { epochs }),
    now: () => moment,
    observe: (outcome) => outcomes.push(outcome),
  })
  return {
    asked,
    outcomes,
    invalidate,
    idle,
    get: async (headers: Headers = {}, changes: Partial<Ask> = {}): Promise<HeldAnswer> =>
      requireHeld(await answer(anAsk(headers, changes))),
    upstream: (next: Tier) => {
      answers = next
    },
    forward: (seconds: number) => {
      moment += seconds * 1000
    },
  }
}

export const told = (answer: Answer): string | undefined => answer.headers['cache-status']
export const bodyOf = (answer: Answer): string => answer.body.toString()
export const answering =
  (answer: Answer): Tier =>
  async () =>
    answer

/** Upstream that answers when told to. */
export function heldBack(answer: Answer): { tier: Tier; release: () => void } {
  const gate = Promise.withResolvers<void>()
  const tier: Tier = async () => {
    await gate.promise
    return answer
  }
  return { tier, release: gate.resolve }
}
