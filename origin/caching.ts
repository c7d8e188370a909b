// How long a source stays as it is, in the words of its server, to the two who ask: browsers and caches like ours. Pure.
import { directives } from '../http/directives.ts'
import { ageOf } from '../http/policy.ts'
import { browserTerms, sharedTerms, type Terms } from '../http/terms.ts'
import { variesByAnything } from '../http/vary.ts'
import type { Headers } from '../tier.ts'

export interface Caching {
  readonly browsers: Lifetime
  readonly shared: Lifetime
  /** Seconds since the source's server made this answer or confirmed it (RFC 9111 4.2.3). */
  readonly ageSeconds: number
  /** The server speaks to shared caches in a field of their own (RFC 9213), and in Cache-Control to browsers alone. */
  readonly isApart: boolean
}

/** Terms whose freshness is known: said by the server, or assumed where it said nothing. */
export type Lifetime = Terms & { readonly freshSeconds: number }

/** What a server said with its picture; `assumedSeconds` is the freshness where it said none. */
export function cachingOf(headers: Headers, receivedAt: number, assumedSeconds: number): Caching {
  const variesByAll = variesByAnything(headers)
  const lifetime = (terms: Terms): Lifetime => withFreshness(terms, assumedSeconds)
  const browsers = lifetime(browserTerms(headers, receivedAt))
  const shared = lifetime(sharedTerms(headers, receivedAt))
  return {
    // No later request is ever known to match (RFC 9111 4.1): we keep nothing, a browser asks every time.
    browsers: variesByAll ? { ...browsers, noCache: true } : browsers,
    shared: variesByAll ? { ...shared, noStore: true } : shared,
    ageSeconds: ageOf(headers, receivedAt),
    isApart: directives(headers).isTargeted,
  }
}

/** A file says nothing of its future: it was looked at just now, and is taken as unchanged for so many seconds. */
export const assumedFor = (seconds: number): Caching => cachingOf({}, 0, seconds)

/** Whether caches like ours may keep what is made from the source. */
export const mayBeKept = ({ noStore, private: isForOne }: Caching['shared']): boolean => !noStore && !isForOne

function withFreshness(terms: Terms, assumedSeconds: number): Lifetime {
  const { freshSeconds, staleWhileRevalidateSeconds: window } = terms
  if (freshSeconds === undefined) return { ...terms, freshSeconds: assumedSeconds }
  // Who gives no freshness at all wants to be asked before every use: there is nothing to prolong.
  return { ...terms, freshSeconds, staleWhileRevalidateSeconds: window ?? (freshSeconds > 0 ? undefined : 0) }
}

/** Of what is made from several sources: as short as the shortest, and as forbidding as any of them. */
export function together(each: readonly [Caching, ...Caching[]]): Caching {
  if (each.length === 1) return each[0]
  const ageSeconds = Math.max(...each.map(({ ageSeconds }) => ageSeconds))
  const of = (whose: 'browsers' | 'shared'): Lifetime => strictest(each, whose, ageSeconds)
  const isApart = each.some(({ isApart }) => isApart)
  return { browsers: of('browsers'), shared: of('shared'), ageSeconds, isApart }
}

/** Counted from the oldest answer, as lifetimes are. */
function strictest(each: readonly Caching[], whose: 'browsers' | 'shared', ageSeconds: number): Lifetime {
  const terms = each.map((caching) => caching[whose])
  const any = (word: 'noStore' | 'private' | 'noCache' | 'mustRevalidate') => terms.some((each) => each[word])
  const least = (word: 'staleWhileRevalidateSeconds' | 'staleIfErrorSeconds'): number | undefined => {
    const told = terms.map((each) => each[word]).filter((seconds) => seconds !== undefined)
    return told.length > 0 ? Math.min(...told) : undefined
  }
  const left = each.map((caching) => caching[whose].freshSeconds - caching.ageSeconds)
  return {
    noStore: any('noStore'),
    private: any('private'),
    noCache: any('noCache'),
    mustRevalidate: any('mustRevalidate'),
    freshSeconds: Math.max(0, Math.min(...left) + ageSeconds),
    staleWhileRevalidateSeconds: least('staleWhileRevalidateSeconds'),
    staleIfErrorSeconds: least('staleIfErrorSeconds'),
  }
}
