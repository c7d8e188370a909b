// The origin: makes the one picture that an exact address asks for, from the one source it names.
import type { Store } from '../cache/store.ts'
import type { Share } from '../cluster/share.ts'
import { asFailure, Failure } from '../errors.ts'
import { problemAnswer } from '../problem.ts'
import { type Epochs, noEpochs } from '../purging/index.ts'
import type { Answer, Ask, Headers, Tier } from '../tier.ts'
import {
  canonical,
  furtherSources,
  isUnmade,
  type Limits,
  parseExactPath,
  type Spec,
} from '../transforms/index.ts'
import type { Processor } from '../transforms/processor.ts'
import type { Handover } from '../work/handover.ts'
import { type Caching, mayBeKept, together } from './caching.ts'
import { cacheHeaders, type Freshness, fleetingHeaders } from './freshness.ts'
import { allowsHaste, hastyHeaders, isHasty, type MakeOf, maySearch, obtainSoon } from './hasty.ts'
import type { Loader, Source, Wish } from './loader.ts'
import { make } from './make.ts'
import { createOpener } from './opened-sources.ts'
import { keysOf, respond } from './respond.ts'
import { createResults, type ObtainedResult, resultKey } from './result.ts'

export type { Freshness } from './freshness.ts'
export type { Loader, Source } from './loader.ts'

export interface OriginOptions {
  /** By the source's name, the first part of every path. */
  readonly loaders: ReadonlyMap<string, Loader>
  readonly processor: Processor
  /** Where sources lie while the processor reads them. */
  readonly handover: Handover
  /** Where results are kept. */
  readonly results: Store
  readonly limits: Limits
  /** The longest times that are given out. */
  readonly freshness: Freshness
  /** The longest one picture may take, its source included. */
  readonly flightMs?: number
  readonly now?: () => number
  readonly observe?: (event: OriginEvent) => void
  readonly epochs?: Epochs
  /** Whether a quality that takes a search is answered by the usual one first. */
  readonly hastens?: boolean
  readonly share?: Share | undefined
  readonly log?: { error(fields: object, message: string): void }
}

export type OriginEvent =
  /** `outcome` is how the result came, or the failure's kind. */
  | { readonly kind: 'answered'; readonly outcome: string }
  | { readonly kind: 'rendered'; readonly type: string; readonly renderMs: number; readonly waitMs: number }

export interface Origin {
  readonly answer: Tier
  /** Settles when nothing is being made or written. */
  idle(): Promise<void>
}

/** Far above the deadlines of the processor and the loader, because their failures say more. */
const defaultFlightMs = 600_000

export function createOrigin(options: OriginOptions): Origin {
  const { now = Date.now, observe = () => {}, flightMs = defaultFlightMs, epochs = noEpochs } = options
  const onFault = (cause: unknown) => options.log?.error({ err: cause }, 'a result could not be kept or read')
  const results = createResults({ store: options.results, flightMs, now, onFault, share: options.share })
  const open = createOpener(options.handover)
  const workshop = { open, processor: options.processor, limits: options.limits, now }

  async function answer(ask: Ask): Promise<Answer> {
    try {
      return await pictureFor(ask)
    } catch (thrown) {
      const failure = asFailure(thrown)
      observe({ kind: 'answered', outcome: failure.kind })
      if (failure.kind === 'internal') options.log?.error(lineOf(ask, failure), 'a picture failed')
      return withKeys(problemAnswer(failure), ask.path)
    }
  }

  async function pictureFor(ask: Ask): Promise<Answer> {
    const place = parseExactPath(ask.path)
    const places = [place, ...furtherSources(place.spec)]
    const loads = places.map(({ source, path }) => {
      const loader = options.loaders.get(source)
      if (!loader) throw new Failure('unknown-source', 'There is no source of this name.')
      return (wish: Wish) => loader.load(path, ask.signal, wish)
    })
    const about = { path: ask.path, keys: keysOf(places) }
    const { position: epoch } = epochs
    const purged = epochs.of(about)
    const wish = { headers: wishOf(ask), about, since: purged.hard, epoch }
    // Twice, because a source may be replaced between being found and being read.
    for (let tries = 0; tries < 2; tries++) {
      const began = now()
      const sources = (await Promise.all(loads.map((load) => load(wish)))) as [Source, ...Source[]]
      const [source, ...further] = sources
      const caching = together([source.caching, ...further.map((each) => each.caching)])
      const loadMs = now() - began
      const priority = priorityOf(ask)
      const { traceparent } = ask.headers
      // The source's own bytes are kept where sources are.
      const isKept = mayBeKept(caching.shared) && place.spec.format !== 'original'
      const versions = sources.map((each) => each.version)
      const key = resultKey(versions, canonical(place.spec))
      const wanted = { key, priority, keep: isKept, purged, epoch, signal: ask.signal }
      const { spec, source: owner } = place
      const makeOf: MakeOf = (isHasty) => (signal) =>
        make({ source, further, spec, owner, priority, traceparent, isHasty }, workshop, signal)
      const isSoon = options.hastens && isKept && place.isCurrent && maySearch(spec) && allowsHaste(caching)
      const result = isSoon
        ? await obtainSoon(results, wanted, makeOf)
        : await results.obtain({ ...wanted, make: makeOf(false) })
      if (!result) continue
      for (const event of eventsOf(result, place.spec)) observe(event)
      return respond(result, {
        ask,
        places,
        sources,
        loadMs,
        isKept,
        freshness: freshnessOf(result, { caching, isCurrent: place.isCurrent }, options.freshness),
      })
    }
    throw new Failure('source-failed', 'The source keeps changing while it is read.')
  }

  return { answer, idle: () => results.idle() }
}

interface Kept {
  readonly caching: Caching
  /** Whether it is a picture of this revision. */
  readonly isCurrent: boolean
}

function freshnessOf(result: ObtainedResult, { caching, isCurrent }: Kept, bounds: Freshness): Headers {
  if (!isCurrent) return fleetingHeaders(caching)
  return isHasty(result) ? hastyHeaders(caching, bounds) : cacheHeaders(caching, bounds)
}

/** A failure that caches keep is purged with the picture that it stands for. */
function withKeys(problem: Answer, path: string): Answer {
  try {
    const place = parseExactPath(path)
    const keys = keysOf([place, ...furtherSources(place.spec)])
    return { ...problem, headers: { ...problem.headers, 'surrogate-key': keys } }
  } catch {
    // The address itself is at fault: it names no picture.
    return problem
  }
}

function eventsOf({ outcome, spent, answer }: ObtainedResult, { format }: Spec): OriginEvent[] {
  const answered: OriginEvent = { kind: 'answered', outcome }
  if (outcome !== 'made' || !spent || isUnmade(format)) return [answered]
  return [answered, { kind: 'rendered', type: answer.headers['content-type'] ?? '', ...spent }]
}

const lineOf = ({ headers, path }: Ask, { details }: Failure) => ({
  requestId: headers['request-id'],
  path,
  err: details.cause,
})

/** What it says to caches is for the one before the source servers too. */
const wishOf = ({ headers: { 'cache-control': wish } }: Ask): Headers =>
  wish === undefined ? {} : { 'cache-control': wish }

/** Urgency runs from 0 to 7, and its default is 3 (RFC 9218 4.1). A request of lower urgency can wait. */
function priorityOf({ headers }: Ask): 'foreground' | 'background' {
  const urgency = /(?:^|[\s,])u=([0-7])/.exec(headers.priority ?? '')?.[1] ?? '3'
  return Number(urgency) > 3 ? 'background' : 'foreground'
}
