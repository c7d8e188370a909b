// One HTTP cache, used three times: as the edge's memory, as the shield, and before the source servers.
import { asFailure, Failure } from '../errors.ts'
import { cacheKey } from '../http/cache-key.ts'
import type { Defaults } from '../http/policy.ts'
import { minFresh, onlyIfCached } from '../http/request-directives.ts'
import { matches } from '../http/vary.ts'
import { problemAnswer } from '../problem.ts'
import { type Epochs, latest, neverPurged, noEpochs, type Purged, type Subject } from '../purging/index.ts'
import type { Answer, Ask, Headers, Tier } from '../tier.ts'
import { createFlights, type Trip } from './collapse.ts'
import type { Entry } from './entry.ts'
import { type Answered, createForward, type Landing } from './forward.ts'
import { createHold } from './hold.ts'
import { type Meter, noMeter } from './meter.ts'
import type { CacheObserver } from './outcome.ts'
import { fromEntry, fromFlight, type HitOutcome, outcomeOf } from './respond.ts'
import { safely } from './safe-store.ts'
import type { Store } from './store.ts'
import { decide, mayServeStale } from './use.ts'
import { createVariants } from './variants.ts'

export type { Defaults } from '../http/policy.ts'
export type { CacheObserver, Outcome } from './outcome.ts'

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
  /** What was purged; nothing where it is not given. */
  readonly epochs?: Epochs
  /** Upstream is told how often its answers were used, where it asks for it. */
  readonly meter?: Meter
}

export interface Cache {
  /** `about`: what decides whether it was purged, where the ask's path does not say. */
  answer(ask: Ask, about?: Subject): Promise<Answer>
  /** Removes what is stored for an address of a site, after a request that changed it (RFC 9111 4.4). */
  invalidate(address: Pick<Ask, 'host' | 'path'>): void
  /** Settles when no flight is in the air and nothing is being stored. */
  idle(): Promise<void>
}

/**
 * Nobody waits for a revalidation in the background: upstream may do it after everything else (RFC 9218 4.1). And it can
 * wait for a fresh answer (RFC 9111 5.2.1.3): if every tier answered it with its own stale copy, each would add a round.
 */
const forLater: Headers = { priority: 'u=6', 'cache-control': 'min-fresh=0' }

const wantsFresh = ({ headers }: Ask): boolean => minFresh(headers) !== undefined

/** An ask, and what it is about. */
interface Asking extends Ask {
  readonly about: Subject
}

type Unhurried = Omit<Asking, 'signal'>

export function createCache(options: CacheOptions): Cache {
  const { name, upstream, flightMs, defaults = {}, now = Date.now, observe = () => {} } = options
  const { epochs = noEpochs, meter = noMeter } = options
  const store = safely(options.store, observe)
  const flights = createFlights<Landing>(flightMs)
  const variants = createVariants(store, now)
  const forward = createForward({ variants, upstream, now, defaults, observe, meter })
  const hold = createHold(now)
  let alone = 0

  async function answer(ask: Ask, about: Subject = { path: cacheKey(ask) }): Promise<Answer> {
    try {
      return await lookUp({ ...ask, about })
    } catch (thrown) {
      observe(asFailure(thrown).kind === 'abandoned' ? 'abandoned' : 'failed', thrown)
      return problemAnswer(thrown)
    }
  }

  async function lookUp(asking: Asking): Promise<Answer> {
    const { entry } = await variants.find(asking)
    if (entry) meter.report(entry, asking.headers)
    const moment = { now: now(), purged: purgedSince(asking.about, entry) }
    const decision = decide(entry, { ...moment, minFresh: minFresh(asking.headers) })
    if (entry && decision === 'fresh') return stored(asking, entry, 'hit')
    if (onlyIfCached(asking.headers)) return nothingStored()
    if (entry === undefined || decision === 'miss') return fetched(asking)
    if (decision === 'stale-while-revalidate') {
      revalidate(asking)
      return stored(asking, entry, 'stale-while-revalidate')
    }
    if (hold.isHeld(flightOf(asking)) && mayServeStale(entry, moment))
      return stored(asking, entry, 'stale-if-error')
    return fetched(asking)
  }

  /** RFC 9111 5.2.1.7. */
  function nothingStored(): Answer {
    observe('not-stored')
    return problemAnswer(new Failure('not-stored', 'Nothing fresh is stored for this request.'))
  }

  /** Nothing that was made after the newest purge of all needs a closer look. */
  function purgedSince(about: Subject, entry: Entry | undefined): Purged {
    if (entry === undefined || entry.epoch >= epochs.position) return neverPurged
    return purgedAs(about, entry)
  }

  const purgedAs = (about: Subject, answer?: Pick<Answer, 'headers'>): Purged =>
    epochs.of({ path: about.path, keys: about.keys ?? (answer && (answer.headers['surrogate-key'] ?? '')) })

  /** Nobody joins a flight that began before a purge. No path has a blank in it. */
  function flightOf(asking: Unhurried): string {
    const key = asking.method === 'HEAD' ? `HEAD ${cacheKey(asking)}` : cacheKey(asking)
    const purgedAt = latest(epochs.of(asking.about))
    return purgedAt === 0 ? key : `${key} ${purgedAt}`
  }

  function revalidate(asking: Unhurried): void {
    const unhurried = { ...asking, headers: { ...asking.headers, ...forLater } }
    const flight = flightOf(unhurried)
    if (!hold.isHeld(flight)) flights.background(flight, (trip) => fly(unhurried, trip))
  }

  async function fetched(asking: Asking): Promise<Answer> {
    const start = (trip: Trip): Promise<Landing> => fly(asking, trip)
    const flight = flightOf(asking)
    const { value, collapsed } = await flights.join(flight, asking.signal, start)
    if (!collapsed) return arrived(asking, value)
    if (value.kind !== 'answered') return landed(asking, value, true)
    // The flight was started by somebody whom a stale answer suits.
    if (value.isOld && wantsFresh(asking)) return landed(asking, await joined(asking, flight, start), true)
    if (value.isShareable && isFor(value, asking)) return landed(asking, value, true)
    // The answer was meant for one reader, so this flight is nobody else's.
    return landed(asking, await joined(asking, `${flight} alone ${++alone}`, start), false)
  }

  const joined = async ({ signal }: Ask, key: string, start: (trip: Trip) => Promise<Landing>) =>
    (await flights.join(key, signal, start)).value

  /** What came may have been stale in the next tier: then the newer one is asked for at once, not by the next visitor. */
  function arrived(asking: Asking, landing: Landing): Answer {
    if (landing.kind === 'answered' && landing.isOld && landing.isStored && !wantsFresh(asking))
      revalidate(asking)
    return landed(asking, landing, false)
  }

  async function fly({ about, ...asked }: Unhurried, { signal }: Trip): Promise<Landing> {
    const flight = flightOf({ about, ...asked })
    const landing = await forward({
      ask: { ...asked, signal },
      epoch: epochs.position,
      purged: (answer) => purgedAs(about, answer),
    })
    hold.note(flight, landing, minFresh(asked.headers) !== undefined)
    return landing
  }

  function landed(asking: Asking, landing: Landing, collapsed: boolean): Answer {
    if (landing.kind === 'found') return stored(asking, landing.entry, 'hit')
    if (landing.kind === 'stale-if-error') return stored(asking, landing.entry, 'stale-if-error')
    observe(outcomeOf(landing, collapsed))
    return fromFlight({ name, headers: asking.headers }, landing, collapsed)
  }

  function stored({ headers, about }: Unhurried, entry: Entry, outcome: HitOutcome): Answer {
    observe(outcome)
    const answer = fromEntry({ name, headers }, entry, {
      outcome,
      now: now(),
      purged: purgedSince(about, entry),
    })
    meter.use(entry, headers, answer.status)
    return answer
  }

  return {
    answer,
    invalidate: variants.removeAll,
    async idle() {
      await flights.idle()
      await store.idle()
    },
  }
}

/** Whoever waited may have sent other headers, of which the answer depends (RFC 9111 4.1). */
const isFor = ({ answer, asked }: Answered, { headers }: Ask): boolean =>
  answer.headers.vary === undefined || matches(answer.headers.vary, asked, headers)
