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
}

export interface Effects {
  passed(asking: Asking, fwd: ForwardReason): Promise<SiteAnswer>
  changed(asking: Asking, fwd: ForwardReason): Promise<SiteAnswer>
  /** `entry`: what is stored and is not to be used as it is. */
  headed(asking: Asking, entry: SiteEntry | undefined): Promise<SiteAnswer>
}

export function createEffects(options: EffectsOptions): Effects {
  const { variants, now, observe, position } = options

  /** What a request changes is out of date from the moment its answer is known (RFC 9111 4.4). */
  async function changed(asking: Asking, fwd: ForwardReason): Promise<SiteAnswer> {
    const passing = await passed(asking, fwd)
    if (isSafe(asking.method)) return passing
    const url = URL.parse(asking.address.slice(asking.address.indexOf(' ') + 1))
    const answer = { status: passing.status, headers: headersOf(passing.lines) }
    if (url)
      for (const each of invalidated({ method: asking.method, url, answer }))
        forget(`${asking.site} ${each.origin}${each.pathname}${each.search}`)
    forget(asking.address, passing.status)
    return passing
  }

  function forget(address: string, status = 200): void {
    if (status >= 400) return
    options.changed(address)
    variants.removeAll(address)
  }

  async function passed(asking: Asking, fwd: ForwardReason): Promise<SiteAnswer> {
    const answer = await asking.ask({ signal: asking.signal })
    observe('passed')
    const { status, statusText, body, trailers } = answer
    const lines = [...endToEnd(answer.lines), ...['Cache-Status', `halftone; fwd=${fwd}`]]
    return { status, statusText, lines, body: passingBody(body, undefined), trailers }
  }

  /** HEAD is never stored, but what it tells of the stored answer counts (RFC 9111 4.3.5). */
  async function headed(asking: Asking, entry: SiteEntry | undefined): Promise<SiteAnswer> {
    const epoch = position()
    const answer = await asking.ask({ signal: asking.signal })
    observe('passed')
    const { status, statusText, lines, body, trailers } = answer
    const headers = headersOf(lines)
    const arrival = { status, statusText, lines, receivedAt: now(), epoch, asked: asking.headers }
    if (entry && status === 200) {
      const kept = describesSame(headers, entry) ? freshened(entry, arrival) : undefined
      if (kept && 'head' in kept)
        await variants.put(asking.address, { ...entry, ...kept.head }, asking.headers)
      else variants.remove(entry)
    }
    const told = ['Cache-Status', `halftone; fwd=${entry ? 'stale' : 'uri-miss'}`]
    return { status, statusText, lines: [...endToEnd(lines), ...told], body: passingBody(body, 0), trailers }
  }

  return { passed, changed, headed }
}
