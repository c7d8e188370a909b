// What the cache of sites is made of, and what it does.
import type { Epochs } from '../../purging/index.ts'
import type { Headers } from '../../tier.ts'
import type { Asking } from './asking.ts'
import type { SiteBody } from './body.ts'
import type { Outcome } from './outcome.ts'
import type { Ready } from './ready.ts'
import type { SiteAnswer } from './respond.ts'
import type { SiteStore } from './store.ts'

export interface SiteCacheOptions {
  readonly store: SiteStore
  readonly epochs: Epochs
  readonly now?: () => number
  readonly observe?: (outcome: Outcome) => void
  readonly failed?: (cause: unknown) => void
  /** Tells the caches of other members what a request has changed, `//host/path` of each. Never rejects. */
  readonly announce?: (paths: readonly string[]) => Promise<void>
}

export interface Seen {
  /** No other version of any answer has it. */
  readonly id: string
  readonly status: number
  readonly headers: Headers
  readonly body: SiteBody
}

export interface SiteCache {
  /** Rejects with a Failure where the origin has no answer and nothing can stand in. */
  answer(asking: Asking): Promise<SiteAnswer>
  /** Past the cache: a request with a body. */
  pass(asking: Asking): Promise<SiteAnswer>
  /** What is in memory and may be used as it is, without waiting. */
  answerNow(asking: Pick<Asking, 'site' | 'address' | 'path' | 'method' | 'headers'>): SiteAnswer | undefined
  /** The same for a plain GET or HEAD, ready to be written. */
  readyNow(asked: Pick<Asking, 'site' | 'address' | 'path' | 'headers'>): Ready | undefined
  /** What is stored for an address, however old it is: for whoever wants to know of it, and sends nothing of it. */
  seen(asked: Pick<Asking, 'site' | 'address' | 'path' | 'headers'>): Promise<Seen | undefined>
  /** The same, if it is in memory. */
  seenNow(asked: Pick<Asking, 'site' | 'address' | 'path' | 'headers'>): Seen | undefined
  /** Settles when nothing is being stored and no revalidation is under way. */
  idle(): Promise<void>
}
