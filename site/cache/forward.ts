// A trip to the origin: what is asked, what of its answer is stored, and who may have it.
import { Failure } from '../../errors.ts'
import { latest, type Purged } from '../../purging/index.ts'
import type { ByteRange, Headers } from '../../tier.ts'
import type { OriginAnswer } from '../exchange.ts'
import { endToEnd, type Lines, valuesIn } from '../message-headers.ts'
import type { Asking } from './asking.ts'
import { fillBody, joinedBody, passingBody, type SiteBody, storedBody } from './body.ts'
import { mayStandIn } from './decide.ts'
import { headersOf, isHeldWhole, lengthIn, type SiteEntry } from './entry.ts'
import type { Fill } from './fill.ts'
import { createIntake, sameVersion, type Trip } from './intake.ts'
import { type Arrival, confirms, freshened, keep, strongTag } from './keep.ts'
import { contentRange } from './parts.ts'
import type { StoredHead } from './respond.ts'
import type { SiteStore } from './store.ts'
import type { Variants } from './variants.ts'

export type Landing =
  | Arrived
  /** The origin confirmed the stored answer. */
  | Validated
  /** The origin failed, and the stored answer stands in. */
  | { readonly kind: 'stale'; readonly entry: SiteEntry }

export interface Validated {
  readonly kind: 'validated'
  readonly entry: SiteEntry
  readonly isFresh: boolean
  /** The lines of Set-Cookie that came with it: for the one whose request it answered. */
  readonly cookies: Lines
}

export interface Arrived {
  readonly kind: 'arrived'
  readonly status: number
  readonly statusText: string
  readonly lines: Lines
  readonly headers: Headers
  readonly body: SiteBody
  readonly trailers: () => Lines
  /** Where it is being stored. */
  readonly fill: Fill | undefined
  readonly stored?: StoredHead
  /** Whether others who asked for the same at the same time may have it. */
  readonly isShareable: boolean
  /** The headers of the request that brought it. */
  readonly asked: Headers
  readonly epoch: number
}

export interface ForwardOptions {
  readonly store: SiteStore
  readonly variants: Variants
  readonly now: () => number
  readonly newId: () => string
  readonly position: () => number
  readonly purgedAs: (asking: Asking, headers?: Headers) => Purged
  /** A number that rises with each change of the address. */
  readonly changesOf: (asking: Asking) => number
}

export interface Forward {
  /** `entry`: what is stored and asked about. Rejects with a Failure where nothing can stand in. */
  fetch(asking: Asking, signal: AbortSignal, entry?: SiteEntry, isBackground?: boolean): Promise<Landing>
  /** The missing bytes of a stored answer; undefined where the origin has another version, or says nothing of the sort. */
  complete(asking: Asking, entry: SiteEntry, hole: ByteRange): Promise<SiteBody | Landing>
  idle(): Promise<void>
}

const conditions = new Set(['if-none-match', 'if-modified-since'])
const conditionsAndRange = new Set([...conditions, 'if-range', 'range'])

export function createForward(options: ForwardOptions): Forward {
  const { store, variants, now, position, purgedAs, changesOf } = options
  const intake = createIntake({ ...options, isCurrent })

  const tripOf = (asking: Asking, entry?: SiteEntry): Trip => ({
    ...{ asking, entry },
    epoch: position(),
    changes: changesOf(asking),
  })

  async function fetch(
    asking: Asking,
    signal: AbortSignal,
    entry?: SiteEntry,
    isBackground = false,
  ): Promise<Landing> {
    const trip = tripOf(asking, entry)
    const moment = () => ({ now: now(), purged: purgedAs(asking, entry?.headers) })
    const how = { ...askedWith(entry, isBackground), signal, isBackground }
    const answer = await asking.ask(how).catch((thrown: unknown) => {
      if (entry && !signal.aborted && mayStandIn(entry, 'unreachable', moment())) return undefined
      throw thrown
    })
    if (entry && (answer === undefined || isFailing(answer))) {
      if (answer === undefined) return { kind: 'stale', entry }
      if (mayStandIn(entry, 'said', moment())) {
        letGo(answer)
        return { kind: 'stale', entry }
      }
    }
    if (answer === undefined) throw new Failure('source-failed', 'The site could not be asked.')
    if (answer.status !== 304 || !entry) return land(trip, answer)
    letGo(answer)
    if (confirms(headersOf(answer.lines), entry.headers)) return validate(trip, entry, answer)
    return land(trip, await asking.ask({ ...how, ...unconditional(how.without) }))
  }

  function validate(trip: Trip, entry: SiteEntry, answer: OriginAnswer): Landing {
    const kept = freshened(entry, arrivalOf(trip, answer))
    const cookies = cookiesIn(answer.lines)
    if ('why' in kept) {
      variants.remove(entry)
      const lines = endToEnd(answer.lines)
      return { kind: 'validated', entry: { ...entry, headers: headersOf(lines) }, isFresh: false, cookies }
    }
    const fresh: SiteEntry = { ...entry, ...kept.head }
    if (isCurrent(trip, fresh.headers)) void variants.put(trip.asking.address, fresh, trip.asking.headers)
    return { kind: 'validated', entry: fresh, isFresh: fresh.freshUntil > now(), cookies }
  }

  const arrivalOf = ({ asking, epoch }: Trip, answer: OriginAnswer): Arrival => ({
    ...{ status: answer.status, statusText: answer.statusText, lines: answer.lines },
    ...{ receivedAt: now(), epoch, asked: asking.headers },
  })

  /** Neither purged nor changed since it was asked for. */
  function isCurrent({ asking, epoch, changes }: Trip, headers: Headers): boolean {
    return epoch >= latest(purgedAs(asking, headers)) && changes === changesOf(asking)
  }

  function land(trip: Trip, answer: OriginAnswer): Arrived {
    const { asking, entry, epoch } = trip
    const kept = asking.method === 'GET' ? keep(arrivalOf(trip, answer)) : ({ why: 'method' } as const)
    const lines = endToEnd(answer.lines)
    const headers = headersOf(lines)
    const isStorable = 'head' in kept && isCurrent(trip, headers)
    if (!isStorable && entry && supersedes(answer)) variants.remove(entry)
    const arrived = {
      ...({
        kind: 'arrived',
        status: answer.status,
        statusText: answer.statusText,
        lines,
        headers,
        epoch,
      } as const),
      trailers: answer.trailers,
      asked: asking.headers,
    }
    const length = lengthIn(headers, answer.status)
    const begun = isStorable ? intake.begin(trip, answer, kept.head, length) : undefined
    if (begun === undefined)
      return { ...arrived, fill: undefined, body: passingBody(answer, length), isShareable: false }
    const isFresh = 'head' in kept && kept.head.freshUntil > now()
    return {
      ...arrived,
      ...begun,
      body: fillBody(begun.fill, length),
      isShareable: isFresh && cookiesIn(answer.lines).length === 0 && answer.status !== 206,
    }
  }

  async function complete(asking: Asking, entry: SiteEntry, hole: ByteRange): Promise<SiteBody | Landing> {
    const trip = tripOf(asking, entry)
    const last = hole.end === entry.total - 1 ? '' : hole.end
    const answer = await asking.ask({
      without: conditionsAndRange,
      and: ['Range', `bytes=${hole.start}-${last}`, 'If-Range', strongTag(entry.headers) ?? ''],
      signal: asking.signal,
    })
    const range = contentRange(headersOf(answer.lines)['content-range'])
    const isIt = answer.status === 206 && range?.start === hole.start && range.end === hole.end
    const kept = isIt ? keep(arrivalOf(trip, answer)) : undefined
    const isSame = range && kept && 'head' in kept && sameVersion(entry, kept.head, range.total)
    if (!isSame || !kept || !('head' in kept)) {
      if (answer.status === 200) return land(trip, answer)
      // Of another version, or not what was asked for: from the beginning, and with the client's own words.
      letGo(answer)
      variants.remove(entry)
      return fetch(asking, asking.signal)
    }
    const begun = intake.begin(trip, answer, kept.head, hole.end - hole.start + 1)
    const missing = begun?.fill ?? unshared(answer)
    return joinedBody(storedBody({ store, entry, lost: () => variants.remove(entry) }), missing, hole)
  }

  return { fetch, complete, idle: intake.idle }
}

/** About what is stored: only whether it is still right. A long answer is asked for in the part that the client wants. */
function askedWith(entry: SiteEntry | undefined, isBackground: boolean) {
  if (entry === undefined) return {}
  const { etag, 'last-modified': modified } = entry.headers
  const without = isHeldWhole(entry) || isBackground ? conditionsAndRange : conditions
  const and = [
    ...(etag === undefined ? [] : ['If-None-Match', etag]),
    ...(modified === undefined ? [] : ['If-Modified-Since', modified]),
  ]
  return { without, and }
}

const unconditional = (without: ReadonlySet<string> | undefined) => ({
  without: without ?? conditions,
  and: [],
})

const cookiesIn = (lines: Lines): Lines =>
  valuesIn(lines, 'set-cookie').flatMap((value) => ['Set-Cookie', value])

/** To be read once, and not stored. */
const unshared = ({ body }: OriginAnswer) => ({
  open: () => body,
  claim: () => {},
  release: () => void body.destroy(),
})

/** What counts as an error of the origin (RFC 5861 4). */
const isFailing = ({ status }: OriginAnswer): boolean => [500, 502, 503, 504].includes(status)

/** What was stored is not to be used again after these, even though the new answer is not kept. */
const supersedes = ({ status }: OriginAnswer): boolean => status < 400 || status === 404 || status === 410

/** A short body is read to its end, so that the connection can be used again. */
function letGo({ body, lines }: OriginAnswer): void {
  const length = headersOf(lines)['content-length']
  body.on('error', () => {})
  if (length !== undefined && Number(length) > 65_536) body.destroy()
  else body.resume()
}
