// The origin: makes the one picture that an exact address asks for, from the one source it names.
import type { Store } from '../cache/store.ts'
import type { Share } from '../cluster/share.ts'
import { asFailure, Failure } from '../errors.ts'
import { problemAnswer } from '../problem.ts'
import { type Epochs, noEpochs } from '../purging/index.ts'
import type { Answer, Ask, Headers, Tier } from '../tier.ts'
import { furtherSources, isUnmade, type Limits, parseExactPath, type Spec } from '../transforms/index.ts'
import type { Processor } from '../transforms/processor.ts'
import type { Handover } from '../work/handover.ts'
import type { Caching } from './caching.ts'
import { cacheHeaders, type Freshness, fleetingHeaders } from './freshness.ts'
import {
  allowsHaste,
  candidateIn,
  hastyHeaders,
  improveKept,
  isHasty,
  type MakeOf,
  mayImprove,
  obtainSoon,
  waitedMs,
} from './hasty.ts'
import { createImprover, type Improved, type ImproverEvent, type ImproverOptions } from './improving/index.ts'
import { type Loaded, loadFor } from './loaded.ts'
import type { Loader } from './loader.ts'
import { make } from './make.ts'
import { createOpener } from './opened-sources.ts'
import { keysOf, respond } from './respond.ts'
import { createResults, type MadeAnswer, type ObtainedResult } from './result.ts'

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
  /** Pictures that take long are answered by others first, and made later. Absent, whoever asks first waits. */
  readonly improving?: Improving
  readonly share?: Share | undefined
  readonly log?: { error(fields: object, message: string): void }
}

export interface Improving extends Pick<ImproverOptions, 'isQuiet' | 'share' | 'cores'> {
  /** Makes pictures in the time that nothing else needs. */
  readonly processor: Processor
}

export type OriginEvent =
  /** `outcome` is how the result came, or the failure's kind. */
  | { readonly kind: 'answered'; readonly outcome: string }
  | { readonly kind: 'rendered'; readonly type: string; readonly renderMs: number; readonly waitMs: number }
  /** A better picture than the first, or none. */
  | ({ readonly kind: 'improved' } & ImproverEvent)

export interface Origin {
  readonly answer: Tier
  /** First answers that wait for a better one. */
  waitingToImprove(): number
  /** Settles when nothing is being made or written. */
  idle(): Promise<void>
  /** Begins no better pictures any more, and gives up the one that is being made. */
  close(): Promise<void>
}

/** Far above the deadlines of the processor and the loader, because their failures say more. */
const defaultFlightMs = 600_000

export function createOrigin(options: OriginOptions): Origin {
  const { now = Date.now, observe = () => {}, flightMs = defaultFlightMs, epochs = noEpochs } = options
  const onFault = (cause: unknown) => options.log?.error({ err: cause }, 'a result could not be kept or read')
  const results = createResults({ store: options.results, flightMs, now, onFault, share: options.share })
  const open = createOpener(options.handover)
  const { processor: foreground, improving, limits } = options
  const processors = { foreground, background: improving?.processor ?? foreground }
  const workshop = { open, processors, limits, now }
  const improver = improving && createImprover({ ...improving, improve, now, observe: tellOf(observe) })

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
    // Twice, because a source may be replaced between being found and being read.
    for (let tries = 0; tries < 2; tries++) {
      const loaded = await loadFor(ask, { ...options, epochs, now })
      const { place, caching, wanted } = loaded
      const isSoon = options.improving && mayImproveLater(loaded)
      const result = isSoon
        ? await obtainSoon(results, wanted, makeOf(loaded, ask))
        : await results.obtain({ ...wanted, make: makeOf(loaded, ask)('only') })
      if (!result) continue
      for (const event of eventsOf(result, place.spec)) observe(event)
      const noted = isSoon && candidateIn(result, ask)
      if (noted) improver?.note(noted.candidate, noted.uses)
      const age = waitedMs(result, now())
      const freshness = freshnessOf(result, { caching, isCurrent: place.isCurrent, age }, options.freshness)
      return respond(result, { ...loaded, ask, freshness })
    }
    throw new Failure('source-failed', 'The source keeps changing while it is read.')
  }

  function makeOf({ place, sources: [source, ...further], wanted }: Loaded, ask: Ask): MakeOf {
    const { spec, source: owner } = place
    const { traceparent } = ask.headers
    const work = { source, further, spec, owner, priority: wanted.priority, traceparent }
    return (making) => async (signal) => {
      const made = await make({ ...work, making }, workshop, signal)
      if (made && making === 'better') observe(rendered(made))
      return made
    }
  }

  async function improve(path: string, signal: AbortSignal): Promise<Improved> {
    const ask = { path, headers: { priority: 'u=6' }, signal }
    const loaded = await loadFor(ask, { ...options, epochs, now })
    return mayImproveLater(loaded)
      ? improveKept(results, loaded.wanted, makeOf(loaded, ask))
      : { outcome: 'gone' }
  }

  return {
    answer,
    waitingToImprove: () => improver?.waiting() ?? 0,
    async idle() {
      await improver?.idle()
      await results.idle()
    },
    async close() {
      await improver?.close()
      await results.idle()
    },
  }
}

const mayImproveLater = ({ place, caching, isKept }: Loaded): boolean =>
  isKept && place.isCurrent && mayImprove(place.spec) && allowsHaste(caching)

const tellOf =
  (observe: (event: OriginEvent) => void) =>
  (event: ImproverEvent): void =>
    observe({ kind: 'improved', ...event })

interface Kept {
  readonly caching: Caching
  /** Milliseconds since it was kept. */
  readonly age: number
  /** Whether it is a picture of this revision. */
  readonly isCurrent: boolean
}

function freshnessOf(result: ObtainedResult, { caching, isCurrent, age }: Kept, bounds: Freshness): Headers {
  if (!isCurrent) return fleetingHeaders(caching)
  return isHasty(result) ? hastyHeaders(caching, bounds, age) : cacheHeaders(caching, bounds)
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
  return [answered, rendered({ answer, spent })]
}

const rendered = ({ answer: { headers }, spent }: MadeAnswer): OriginEvent => ({
  kind: 'rendered',
  type: headers['content-type'] ?? '',
  ...spent,
})

const lineOf = ({ headers, path }: Ask, { details }: Failure) => ({
  requestId: headers['request-id'],
  path,
  err: details.cause,
})
