// One HTTP cache, used three times: as the edge's memory, as the shield, and before the source servers.
import { asFailure } from '../errors.ts'
import { problemAnswer } from '../problem.ts'
import type { Answer, Ask, Tier } from '../tier.ts'
import { createFlights, type Trip } from './collapse.ts'
import type { Entry } from './entry.ts'
import { createForward, type Landing } from './forward.ts'
import { createHold } from './hold.ts'
import type { CacheObserver } from './outcome.ts'
import { type Defaults, decide, mayServeOnError } from './policy.ts'
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
    const decision = decide(entry, now())
    if (entry === undefined || decision === 'miss') return fetched(ask)
    if (decision === 'fresh') return stored(ask, entry, 'hit')
    if (decision === 'stale-while-revalidate') {
      if (!hold.isHeld(ask.path)) revalidate(ask)
      return stored(ask, entry, 'stale-while-revalidate')
    }
    if (hold.isHeld(ask.path) && mayServeOnError(entry, now())) return stored(ask, entry, 'stale-if-error')
    return fetched(ask)
  }

  function revalidate(ask: Ask): void {
    // Nobody waits for this: upstream may do it after everything else (RFC 9218 4.1).
    const unhurried = { path: ask.path, headers: { ...ask.headers, priority: 'u=6' } }
    flights.background(ask.path, (trip) => fly(unhurried, trip))
  }

  async function fetched(ask: Ask): Promise<Answer> {
    const start = (trip: Trip): Promise<Landing> => fly(ask, trip)
    const { value, collapsed } = await flights.join(ask.path, ask.signal, start)
    if (!collapsed || value.kind !== 'answered' || value.isShareable) return landed(ask, value, collapsed)
    // The answer was meant for one reader. No path has a blank in it, so this flight is nobody else's.
    const own = await flights.join(`${ask.path} ${++alone}`, ask.signal, start)
    return landed(ask, own.value, false)
  }

  async function fly({ path, headers }: Omit<Ask, 'signal'>, trip: Trip): Promise<Landing> {
    const landing = await forward({ path, headers }, trip)
    hold.note(path, landing)
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
