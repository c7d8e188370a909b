// A request of a site's client as the cache sees it, and how the site's origin is asked in its name.
import type { Headers } from '../../tier.ts'
import type { OriginAnswer } from '../exchange.ts'
import type { Lines } from '../message-headers.ts'

export interface Asking {
  readonly site: string
  /** Site, scheme, host and path: the first half of the cache key. */
  readonly address: string
  /** `//host/path`, by which it is purged. */
  readonly path: string
  readonly method: string
  readonly headers: Headers
  /** Aborted when the client has gone. */
  readonly signal: AbortSignal
  /** Rejects with a Failure when there is no answer. */
  ask(how: How): Promise<OriginAnswer>
}

export interface How {
  /** Fields of the client's request that do not go along; names in lower case. */
  readonly without?: ReadonlySet<string>
  readonly and?: Lines
  readonly signal: AbortSignal
  /** Nobody waits for it: informational answers are for nobody. */
  readonly isBackground?: boolean
}

const selecting = ['if-none-match', 'if-modified-since', 'if-range', 'range']

/** The same request for the whole of the answer: for whoever makes something else of it, and selects by itself. */
export function unconditional(asking: Asking): Asking {
  const headers = Object.fromEntries(
    Object.entries(asking.headers).filter(([name]) => !selecting.includes(name)),
  )
  return {
    ...asking,
    headers,
    ask: (how) => asking.ask({ ...how, without: new Set([...(how.without ?? []), ...selecting]) }),
  }
}
