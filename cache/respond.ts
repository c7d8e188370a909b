// What an ask gets of an entry or of what a flight brought, with our member of Cache-Status on it. Pure.

import { member, type Told, withMember } from '../http/cache-status.ts'
import { answerTo } from '../http/conditional.ts'
import type { Answer, Headers } from '../tier.ts'
import type { Entry } from './entry.ts'
import type { Answered } from './forward.ts'
import type { Outcome } from './outcome.ts'
import { ageSeconds, type Moment, ttlSeconds } from './use.ts'

export interface Asked {
  /** This cache's name in Cache-Status. */
  readonly name: string
  /** Conditions and ranges are answered from the whole (RFC 9110 13 and 14). */
  readonly headers: Headers
}

export type HitOutcome = 'hit' | 'stale-while-revalidate' | 'stale-if-error'

export function fromEntry(
  asked: Asked,
  entry: Entry,
  { outcome, ...moment }: Moment & { readonly outcome: HitOutcome },
): Answer {
  const headers = {
    ...entry.headers,
    ...retryAfter(entry, moment.now),
    age: String(ageSeconds(entry, moment)),
  }
  const detail = outcome === 'stale-if-error' ? { detail: outcome } : {}
  return send(
    asked,
    { status: entry.status, headers, body: entry.body },
    { ttl: ttlSeconds(entry, moment), ...detail },
  )
}

/** Seconds run on while an error is kept; a date needs no counting. */
function retryAfter({ headers: { 'retry-after': field }, storedAt }: Entry, now: number): Headers {
  if (!/^\d+$/.test(field ?? '')) return {}
  return { 'retry-after': String(Math.max(0, Number(field) - Math.floor((now - storedAt) / 1000))) }
}

export function fromFlight(
  asked: Asked,
  { answer, fwd, isValidated, isStored }: Answered,
  collapsed: boolean,
): Answer {
  const validated = isValidated ? { fwdStatus: 304 } : {}
  return send(asked, collapsed ? withoutCookies(answer) : answer, {
    fwd,
    ...validated,
    stored: isStored && !isValidated,
    collapsed,
  })
}

/** A cookie is for the one whose ask it answered. */
function withoutCookies({ setCookie: _, ...answer }: Answer): Answer {
  return answer
}

function send({ name, headers }: Asked, whole: Answer, told: Told): Answer {
  return answerTo({ ...whole, headers: withMember(whole.headers, member(name, told)) }, headers)
}

export function outcomeOf({ answer, fwd, isValidated }: Answered, collapsed: boolean): Outcome {
  if (collapsed) return 'collapsed'
  if (isValidated) return 'revalidated'
  return answer.status >= 500 ? 'failed' : fwd
}
