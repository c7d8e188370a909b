// Results by content: the key is the canonical text and the source's version, so a kept result is right for ever and
// has no freshness. A new source is a new key; the old result is forgotten when its room is needed.
import { createHash } from 'node:crypto'
import { createFlights } from '../cache/collapse.ts'
import { safely } from '../cache/safe-store.ts'
import type { Store } from '../cache/store.ts'
import type { Share } from '../cluster/share.ts'
import { latest, type Purged } from '../purging/index.ts'
import { type Answer, type Headers, type HeldAnswer, isHeld } from '../tier.ts'

/** What was made, and how long each part of it took. */
export interface MadeAnswer {
  readonly answer: Answer
  readonly spent: Spent
}

export interface Spent {
  readonly readMs: number
  readonly waitMs: number
  readonly renderMs: number
}

export interface ObtainedResult {
  readonly answer: Answer
  readonly outcome: 'hit' | 'made' | 'collapsed'
  /** Only where something was made just now. */
  readonly spent?: Spent
}

export interface ResultRequest {
  readonly key: string
  readonly priority: 'foreground' | 'background'
  /**
   * False for a result that no shared cache may keep. Requests that wait for it at the same time still share it.
   */
  readonly keep: boolean
  /** How what is wanted was purged when the ask came, and the log's position then. */
  readonly purged: Purged
  readonly epoch: number
  readonly signal: AbortSignal
  /** Undefined when the source changed meanwhile. */
  make(signal: AbortSignal): Promise<MadeAnswer | undefined>
}

export interface ResultCache {
  /** The kept result alone. */
  find(wanted: Pick<ResultRequest, 'key' | 'purged'>): Promise<ObtainedResult | undefined>
  /** What is kept under the key is not wanted any more. */
  forget(key: string): void
  /** The kept result, or a new one that is made once for all simultaneous requests. */
  obtain(wanted: ResultRequest): Promise<ObtainedResult | undefined>
  idle(): Promise<void>
}

export interface ResultsOptions {
  readonly store: Store
  readonly flightMs: number
  readonly now: () => number
  readonly onFault: (cause: unknown) => void
  /** Renders are shared with other members, where there are any. */
  readonly share?: Share | undefined
}

/** The largest moment a Date can hold, and a number in every disk format. */
const forEver = 8.64e15

export function createResults({ store: given, flightMs, now, onFault, share }: ResultsOptions): ResultCache {
  const store = safely(given, (_, cause) => onFault(cause))
  const flights = createFlights<ObtainedResult | undefined>(flightMs)

  /** Soft purges are about the source: a result whose source is found to be the same is right for ever. */
  async function find({
    key,
    purged,
  }: Pick<ResultRequest, 'key' | 'purged'>): Promise<ObtainedResult | undefined> {
    const kept = await store.get(key)
    return kept && kept.epoch >= purged.hard ? { answer: kept, outcome: 'hit' } : undefined
  }

  async function make(wanted: ResultRequest, signal: AbortSignal): Promise<ObtainedResult | undefined> {
    // Looked up again: an earlier flight may have landed between the first look and this start.
    const kept = await find(wanted)
    if (kept) return kept
    const { key, keep, epoch } = wanted
    const made = await (keep && share ? makeOnce(wanted, share, signal) : makeHere(wanted, signal))
    if (made && keep && isHeld(made.answer)) store.put({ ...made.answer, key, epoch, ...timesFrom(now()) })
    return made
  }

  async function makeHere(wanted: ResultRequest, signal: AbortSignal): Promise<ObtainedResult | undefined> {
    const made = await wanted.make(signal)
    return made && { ...made, outcome: 'made' }
  }

  /** By one member for all. */
  async function makeOnce(
    wanted: ResultRequest,
    share: Share,
    signal: AbortSignal,
  ): Promise<ObtainedResult | undefined> {
    let here: ObtainedResult | undefined
    const { answer, heldSeconds } = await share({
      key: `result ${wanted.priority} ${wanted.key}`,
      signal,
      async fly() {
        here = await makeHere(wanted, signal)
        return here?.answer
      },
      keepMs: () => Number.POSITIVE_INFINITY,
    })
    return answer && heldSeconds !== undefined ? { answer, outcome: 'collapsed' } : here
  }

  return {
    find,
    forget: store.delete,
    async obtain(wanted) {
      const kept = wanted.keep ? await find(wanted) : undefined
      if (kept) return kept
      // A lane each: somebody who waits for a picture must not wait for its making at leisure. And nobody joins what
      // began before a purge.
      const flight = `${wanted.priority} ${latest(wanted.purged)} ${wanted.key}`
      const { value, collapsed } = await flights.join(flight, wanted.signal, ({ signal }) =>
        make(wanted, signal),
      )
      return value && collapsed && value.outcome === 'made' ? { ...value, outcome: 'collapsed' } : value
    },
    async idle() {
      await flights.idle()
      await store.idle()
    },
  }
}

const timesFrom = (storedAt: number) => ({
  storedAt,
  ageOnArrival: 0,
  freshUntil: forEver,
  staleWhileRevalidateUntil: forEver,
  staleIfErrorUntil: forEver,
})

/** One picture: the versions of what it is made from, and what is made of it. */
export const resultKey = (versions: readonly string[], options: string): string =>
  `${versions.join(' ')} ${options}`

/** A result with the headers that are true of its bytes alone, hashed once, when it is made. */
export function resultAnswer(body: Buffer, headers: Headers): HeldAnswer {
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`
  return { status: 200, headers: { ...headers, 'content-length': String(body.length), etag }, body }
}
