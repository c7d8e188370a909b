// The better picture of one original: asked of the tiers, once for all who want the same at the same time.
import { type HeldAnswer, isHeld, type Tier } from '../../tier.ts'
import type { Originals, ReadOriginal } from './originals.ts'

export interface Wanted {
  /** By which the tiers know it. */
  readonly path: string
  readonly digest: string
  /** Bytes of the original. */
  readonly length: number
  /** Wanted in whatever length it has. */
  readonly isOrdered: boolean
  readonly read: ReadOriginal
}

export interface Making {
  /** Undefined where there is none, or none in fewer bytes. */
  make(wanted: Wanted): Promise<HeldAnswer | undefined>
  /** What is there already; nothing is made. */
  find(path: string): Promise<HeldAnswer | undefined>
  idle(): Promise<void>
}

/** Originals that are waited for at once: what comes beyond them goes out as it is. */
const mostAtOnce = 256

/** Nobody's leaving ends it: it is for whoever comes next. The tiers have deadlines of their own. */
const patient = new AbortController().signal

export function createMaking(upstream: Tier, originals: Originals): Making {
  const flights = new Map<string, Promise<HeldAnswer | undefined>>()

  async function ask(path: string, headers: Record<string, string>): Promise<HeldAnswer | undefined> {
    const answer = await upstream({ path, headers, signal: patient })
    return answer.status === 200 && isHeld(answer) ? answer : undefined
  }

  async function fly({ path, digest, length, read, isOrdered }: Wanted): Promise<HeldAnswer | undefined> {
    const giveBack = originals.lend(digest, length, read)
    if (giveBack === undefined) return undefined
    try {
      const answer = await ask(path, {})
      return answer && (isOrdered || answer.body.length < length) ? answer : undefined
    } finally {
      giveBack()
    }
  }

  return {
    async make(wanted) {
      const flight = flights.get(wanted.path)
      if (flight) return flight
      if (flights.size >= mostAtOnce) return undefined
      const started = fly(wanted).finally(() => flights.delete(wanted.path))
      flights.set(wanted.path, started)
      return started
    },
    find: (path) => ask(path, { 'cache-control': 'only-if-cached' }),
    async idle() {
      while (flights.size > 0) await Promise.allSettled(flights.values())
    },
  }
}
