// One HTTP cache, used three times: as the edge's memory, as the shield, and before the source servers.
import { asFailure } from '../errors.ts'
import { problemAnswer } from '../problem.ts'
import type { Answer, Ask, Headers, Tier } from '../tier.ts'
import { createFlights, type Trip } from './collapse.ts'
import { minFresh } from './directives.ts'
import type { Entry } from './entry.ts'
import { createForward, type Landing } from './forward.ts'
import { createHold } from './hold.ts'
import type { CacheObserver } from './outcome.ts'
import { type Defaults, decide, mayServeStale } from './policy.ts'
import { fromEntry, fromFlight, type HitOutcome, outcomeOf } from './respond.ts'
import { safely } from './safe-store.ts'
import type { Store } from './store.ts'

export type { CacheObserver, Outcome } from './outcome.ts'
export type { Defaults } from './policy.ts'

export interface CacheOptions {
  /** How this cache calls itself in Cache-Status. */
  readonly name: string
  readonly store: Store
  readonly upstream: Tier
  /** The longest a flight upstream may take. */
  readonly flightMs: number
  readonly defaults?: Defaults
  readonly now?: () => number
  readonly observe?: CacheObserver
}

export interface Cache {
  readonly answer: Tier
  /** Forgets a key now; what is on its way from upstream for it will not be kept. True when something was stored. */
  purge(key: string): Promise<boolean>
  /** Settles when no flight is in the air and nothing is being stored. */
  idle(): Promise<void>
}

/**
 * Nobody waits for a revalidation in the background: upstream may do it after everything else (RFC 9218 4.1). And it can
 * wait for a fresh answer (RFC 9111 5.2.1.3): if every tier answered it with its own stale copy, each would add a round.
 */
const forLater: Headers = { priority: 'u=6', 'cache-control': 'min-fresh=0' }

const wantsFresh = ({ headers }: Ask): boolean => minFresh(headers) !== undefined

export function createCache(options: CacheOptions): Cache {
  const { name, upstream, flightMs, defaults = {}, now = Date.now, observe = () => {} } = options
  const store = safely(options.store, observe)
  const flights = createFlights<Landing>(flightMs)
  const forward = createForward({ store, upstream, now, defaults, observe })
  const hold = createHold(now)
  let alone = 0

  async function answer(ask: Ask): Promise<Answer> {
    try {
      return await lookUp(ask)
    } catch (thrown) {
      observe(asFailure(thrown).kind === 'abandoned' ? 'abandoned' : 'failed', thrown)
      return problemAnswer(thrown)
    }
  }

  async function lookUp(ask: Ask): Promise<Answer> {
    const entry = await store.get(ask.path)
    const decision = decide(entry, now(), minFresh(ask.headers))
    if (entry === undefined || decision === 'miss') return fetched(ask)
    if (decision === 'fresh') return stored(ask, entry, 'hit')
    if (decision === 'stale-while-revalidate') {
      revalidate(ask)
      return stored(ask, entry, 'stale-while-revalidate')
    }
    if (hold.isHeld(ask.path) && mayServeStale(entry, now())) return stored(ask, entry, 'stale-if-error')
    return fetched(ask)
  }

  function revalidate({ path, headers }: Pick<Ask, 'path' | 'headers'>): void {
    if (hold.isHeld(path)) return
    const unhurried = { path, headers: { ...headers, ...forLater } }
    flights.background(path, (trip) => fly(unhurried, trip))
  }

  async function fetched(ask: Ask): Promise<Answer> {
    const start = (trip: Trip): Promise<Landing> => fly(ask, trip)
    const { value, collapsed } = await flights.join(ask.path, ask.signal, start)
    if (!collapsed) return arrived(ask, value)
    if (value.kind !== 'answered') return landed(ask, value, true)
    // The flight was started by somebody whom a stale answer suits.
    if (value.isOld && wantsFresh(ask)) return landed(ask, await joined(ask, ask.path, start), true)
    if (value.isShareable) return landed(ask, value, true)
    // The answer was meant for one reader. No path has a blank in it, so this flight is nobody else's.
    return landed(ask, await joined(ask, `${ask.path} ${++alone}`, start), false)
  }

  const joined = async ({ signal }: Ask, key: string, start: (trip: Trip) => Promise<Landing>) =>
    (await flights.join(key, signal, start)).value

  /** What came may have been stale in the next tier: then the newer one is asked for at once, not by the next visitor. */
  function arrived(ask: Ask, landing: Landing): Answer {
    if (landing.kind === 'answered' && landing.isOld && landing.isStored && !wantsFresh(ask)) revalidate(ask)
    return landed(ask, landing, false)
  }

  async function fly({ path, headers }: Omit<Ask, 'signal'>, trip: Trip): Promise<Landing> {
    const landing = await forward({ path, headers }, trip)
    hold.note(path, landing, minFresh(headers) !== undefined)
    return landing
  }

  function landed({ headers }: Ask, landing: Landing, collapsed: boolean): Answer {
    if (landing.kind === 'found') return stored({ headers }, landing.entry, 'hit')
    if (landing.kind === 'stale-if-error') return stored({ headers }, landing.entry, 'stale-if-error')
    observe(outcomeOf(landing, collapsed))
    return fromFlight({ name, headers }, landing, collapsed)
  }

  function stored({ headers }: Pick<Ask, 'headers'>, entry: Entry, outcome: HitOutcome): Answer {
    observe(outcome)
    return fromEntry({ name, headers }, entry, { outcome, now: now() })
  }

  return {
    answer,
    async purge(key) {
      flights.forget(key)
      hold.release(key)
      return options.store.delete(key)
    },
    async idle() {
      await flights.idle()
      await store.idle()
    },
  }
}
