// One flight: look again, ask upstream, keep what may be kept. What lands is shared by all who waited.
import { Failure } from '../errors.ts'
import { parseRetryAfter } from '../http/dates.ts'
import { reportOf } from '../http/metering.ts'
import type { Defaults } from '../http/policy.ts'
import { minFresh } from '../http/request-directives.ts'
import { confirms, mayShare, validators } from '../http/stored-headers.ts'
import { failureHeader, mayPass, problemAnswer } from '../problem.ts'
import { latest, type Purged } from '../purging/index.ts'
import type { Answer, Ask, Headers, Tier } from '../tier.ts'
import type { Entry } from './entry.ts'
import { entryOf, type Kept, refreshed } from './keep.ts'
import type { Meter } from './meter.ts'
import type { CacheObserver } from './outcome.ts'
import { decide, mayServeStale } from './use.ts'
import type { Found, Variants } from './variants.ts'

export type Landing =
  /** Another flight had stored it between our look and our start. */
  | { readonly kind: 'found'; readonly entry: Entry }
  /** Upstream failed, and the entry may stand in. */
  | { readonly kind: 'stale-if-error'; readonly entry: Entry; readonly retryAfterSeconds: number }
  | Answered

export interface Answered {
  readonly kind: 'answered'
  readonly answer: Answer
  readonly fwd: 'uri-miss' | 'vary-miss' | 'stale'
  /** The headers of the ask that brought it. */
  readonly asked: Headers
  readonly isValidated: boolean
  readonly isStored: boolean
  readonly isShareable: boolean
  /** A copy that the next tier served stale while it revalidates: not just made, and past its freshness on arrival. */
  readonly isOld: boolean
}

export interface ForwardOptions {
  readonly variants: Variants
  readonly upstream: Tier
  readonly now: () => number
  readonly defaults: Defaults
  readonly observe: CacheObserver
  readonly meter: Meter
}

/** What a flight is about. */
export interface Errand {
  /** Aborted when nobody waits any more. */
  readonly ask: Ask
  /** The log's position at its start. */
  readonly epoch: number
  /** How what it is about was purged, by now; `answer` is what came, if it is known. */
  purged(answer?: Pick<Answer, 'headers'>): Purged
}

export type Forward = (errand: Errand) => Promise<Landing>

export function createForward({
  variants,
  upstream,
  now,
  defaults,
  observe,
  meter,
}: ForwardOptions): Forward {
  async function forward(errand: Errand): Promise<Landing> {
    const { ask } = errand
    // Looked up a second time: this ask may have missed while an earlier flight was in the air, and have come here
    // after that one had landed and stored. Without this look such a pair would cost two trips.
    const found = await variants.find(ask)
    const stored = found.entry
    const decision = decide(stored, {
      now: now(),
      purged: errand.purged(stored),
      minFresh: minFresh(ask.headers),
    })
    const entry = decision === 'miss' ? undefined : stored
    if (entry && decision === 'fresh') return { kind: 'found', entry }
    const answer = await askUpstream(ask, entry)
    if (entry && isPassing(answer) && mayStandIn(entry, errand))
      return { kind: 'stale-if-error', entry, retryAfterSeconds: retryAfterOf(answer.headers, now()) }
    return keep({ errand, found, entry, answer })
  }

  /** Not if it was purged while upstream was asked. */
  function mayStandIn(entry: Entry, errand: Errand): boolean {
    const purged = errand.purged(entry)
    return entry.epoch >= purged.hard && mayServeStale(entry, { now: now(), purged })
  }

  async function askUpstream(ask: Ask, entry: Entry | undefined): Promise<Answer> {
    // A report of the asker's is among these by now; where nothing is stored it goes on as it came.
    const uses = entry && meter.take(entry.key)
    const answer = await askOnce(
      ask,
      entry ? { ...validators(entry.headers), ...(uses && reportOf(uses)) } : {},
    )
    if (answer.status !== 304 || (entry && confirms(answer.headers, entry.headers))) return answer
    const whole = await askOnce(ask, {})
    return whole.status === 304 ? problemAnswer(new Failure('upstream-failed', unasked304)) : whole
  }

  async function askOnce(ask: Ask, conditions: Headers): Promise<Answer> {
    try {
      const answering = upstream({ ...ask, headers: { ...onward(ask), ...conditions } })
      return await orAborted(ask.signal, answering)
    } catch (thrown) {
      if (!ask.signal.aborted) observe('upstream-threw', thrown)
      return problemAnswer(ask.signal.aborted ? ask.signal.reason : upstreamFailure(thrown))
    }
  }

  function keep({ errand, found, entry, answer }: Home): Answered {
    const { epoch, ask } = errand
    const received = { key: found.key, answer, receivedAt: now(), epoch, asked: ask }
    const isValidated = entry !== undefined && answer.status === 304
    const kept: Kept = isValidated ? refreshed(entry, received, defaults) : entryOf(received, defaults)
    // What was on its way when it was purged goes to those who waited for it, and is not kept.
    const isStored = 'entry' in kept && epoch >= latest(errand.purged(kept.entry))
    if (isStored) variants.put(kept.entry, ask, found)
    else if (entry && 'why' in kept && supersedes(answer)) variants.remove(found)
    const isShareable = 'entry' in kept || mayShare(answer, kept.why === 'not-held' ? undefined : kept.why)
    const whole = isValidated ? validatedAnswer(entry, answer, kept) : answer
    return {
      kind: 'answered',
      answer: whole,
      fwd: forwardReason(entry, found),
      asked: ask.headers,
      isValidated,
      isStored,
      isShareable,
      isOld: 'entry' in kept && isOld(kept.entry, now()),
    }
  }

  return forward
}

const isOld = (entry: Entry, now: number): boolean =>
  entry.ageOnArrival > 0 && decide(entry, { now }) === 'stale-while-revalidate'

function forwardReason(entry: Entry | undefined, { signpost }: Found): Answered['fwd'] {
  if (entry !== undefined) return 'stale'
  return signpost === undefined ? 'uri-miss' : 'vary-miss'
}

interface Home {
  readonly errand: Errand
  readonly found: Found
  readonly entry: Entry | undefined
  readonly answer: Answer
}

/** Upstream may not listen to the signal; the flight ends all the same. */
function orAborted<T>(signal: AbortSignal, answering: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const give = (): void => reject(signal.reason)
    if (signal.aborted) give()
    signal.addEventListener('abort', give, { once: true })
    answering.then(resolve, reject).finally(() => signal.removeEventListener('abort', give))
  })
}

const unasked304 = 'The next tier answered 304 to a request without conditions.'

const upstreamFailure = (thrown: unknown): Failure =>
  thrown instanceof Failure
    ? thrown
    : new Failure('upstream-failed', 'The next tier failed.', { cause: thrown })

/** Conditions and ranges are answered here, from the whole. */
const answeredHere = ['if-none-match', 'if-modified-since', 'if-range', 'range']

/** Of an ask for a picture only these speak to the tiers behind. */
const onwardNames = ['request-id', 'traceparent', 'priority', 'cache-control', 'meter']

const onward = ({ host, headers }: Ask): Headers =>
  Object.fromEntries(
    Object.entries(headers).filter(([name]) =>
      host === undefined ? onwardNames.includes(name) : !answeredHere.includes(name),
    ),
  )

/** The entry's picture, with what the 304 tells about this exchange. */
function validatedAnswer(entry: Entry, answer: Answer, kept: Kept): Answer {
  const { headers } = 'entry' in kept ? kept.entry : entry
  const told: Record<string, string> = {}
  for (const name of ['age', 'cache-status', 'server-timing']) {
    if (answer.headers[name] !== undefined) told[name] = answer.headers[name]
  }
  const { setCookie } = answer
  const whole = { status: entry.status, headers: { ...headers, ...told }, body: entry.body }
  return setCookie === undefined ? whole : { ...whole, setCookie }
}

/**
 * What counts as an error (RFC 5861 section 4); 429, with which our origin says 503 about a single source; and what the
 * next tier calls a failure that may pass, whatever status the client gets for it.
 */
const isPassing = ({ status, headers }: Answer): boolean =>
  [429, 500, 502, 503, 504].includes(status) || mayPass(headers[failureHeader])

/** The old entry is not to be used again after these, even though the new answer is not kept. */
const supersedes = ({ status }: Answer): boolean => status < 400 || status === 404 || status === 410

/** Seconds for which upstream wants to be left alone: one where it does not say, never more than an hour. */
function retryAfterOf({ 'retry-after': field }: Headers, now: number): number {
  return Math.min(Math.max(1, parseRetryAfter(field, now) ?? 1), 3600)
}
