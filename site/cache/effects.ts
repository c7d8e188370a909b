// Requests that are not answered from the store, and what their answers do to it: those that change something, those that
// pass by, and HEAD.
import type { ForwardReason } from '../../http/cache-status.ts'
import { invalidated, isSafe } from '../../http/invalidation.ts'
import { endToEnd } from '../message-headers.ts'
import type { Asking } from './asking.ts'
import { passingBody } from './body.ts'
import { headersOf, type SiteEntry } from './entry.ts'
import { describesSame, freshened } from './keep.ts'
import type { Outcome } from './outcome.ts'
import type { SiteAnswer } from './respond.ts'
import type { Variants } from './variants.ts'

export interface EffectsOptions {
  readonly variants: Variants
  readonly now: () => number
  readonly observe: (outcome: Outcome) => void
  /** Position of the log of purges. */
  readonly position: () => number
  /** What is on its way to the address is old by now. */
  readonly changed: (address: string) => void
  /** Tells the caches of others what was changed, `//host/path` of each. Never rejects. */
  readonly announce: (paths: readonly string[]) => Promise<void>
}

export interface Effects {
  passed(asking: Asking, fwd: ForwardReason): Promise<SiteAnswer>
  changed(asking: Asking, fwd: ForwardReason): Promise<SiteAnswer>
  /** `entry`: what is stored and is not to be used as it is. */
  headed(asking: Asking, entry: SiteEntry | undefined): Promise<SiteAnswer>
}

/** By which an address is purged. */
const pathOf = ({ hostname, pathname, search }: URL): string => `//${hostname}${pathname}${search}`

export function createEffects(options: EffectsOptions): Effects {
  const { variants, now, observe, position, announce } = options

  /** What a request changes is out of date from the moment its answer is known (RFC 9111 4.4). */
  async function changed(asking: Asking, fwd: ForwardReason): Promise<SiteAnswer> {
    const passing = await passed(asking, fwd)
    if (isSafe(asking.method)) return passing
    const { status, lines } = passing
    if (status >= 400) return passing
    const url = URL.parse(asking.address.slice(asking.address.indexOf(' ') + 1))
    const answer = { status, headers: headersOf(lines) }
    const named = url === null ? [] : invalidated({ method: asking.method, url, answer })
    for (const { origin, pathname, search } of named) forget(`${asking.site} ${origin}${pathname}${search}`)
    forget(asking.address)
    // Who asks another member after this answer is not to be told what was before it.
    await announce([...new Set([asking.path, ...named.map(pathOf)])])
    return passing
  }

  function forget(address: string): void {
    options.changed(address)
    variants.removeAll(address)
  }

  async function passed(asking: Asking, fwd: ForwardReason): Promise<SiteAnswer> {
    const answer = await asking.ask({ signal: asking.signal })
    observe('passed')
    const { status, statusText, trailers } = answer
    const lines = [...endToEnd(answer.lines), ...['Cache-Status', `halftone; fwd=${fwd}`]]
    return { status, statusText, lines, body: passingBody(answer, undefined), trailers }
  }

  /** HEAD is never stored, but what it tells of the stored answer counts (RFC 9111 4.3.5). */
  async function headed(asking: Asking, entry: SiteEntry | undefined): Promise<SiteAnswer> {
    const epoch = position()
    const answer = await asking.ask({ signal: asking.signal })
    observe('passed')
    const { status, statusText, lines, trailers } = answer
    const headers = headersOf(lines)
    const arrival = { status, statusText, lines, receivedAt: now(), epoch, asked: asking.headers }
    if (entry && status === 200) {
      const kept = describesSame(headers, entry) ? freshened(entry, arrival) : undefined
      if (kept && 'head' in kept)
        await variants.put(asking.address, { ...entry, ...kept.head }, asking.headers)
      else variants.remove(entry)
    }
    const told = ['Cache-Status', `halftone; fwd=${entry ? 'stale' : 'uri-miss'}`]
    return {
      status,
      statusText,
      lines: [...endToEnd(lines), ...told],
      body: passingBody(answer, 0),
      trailers,
    }
  }

  return { passed, changed, headed }
}
