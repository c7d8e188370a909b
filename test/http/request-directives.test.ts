import { describe, expect, test } from 'vitest'
import {
  accepts,
  type RequestDirectives,
  requestDirectives,
  type StoredFreshness,
} from '../../http/request-directives.ts'
import type { Headers } from '../../tier.ts'

const control = (field: string): Headers => ({ 'cache-control': field })
const nothing: RequestDirectives = { noCache: false, noStore: false, onlyIfCached: false }

test.each<[Headers, Partial<RequestDirectives>]>([
  [{}, {}],
  [control(''), {}],
  [control('max-age=5'), { maxAge: 5 }],
  [control('max-age=x'), { maxAge: 0 }],
  [control('Max-Stale'), { maxStale: Number.POSITIVE_INFINITY }],
  [control('max-stale=7, min-fresh="3"'), { maxStale: 7, minFresh: 3 }],
  [control('no-cache, no-store, only-if-cached'), { noCache: true, noStore: true, onlyIfCached: true }],
  [{ pragma: 'no-cache' }, { noCache: true }],
  [{ pragma: 'no-store, only-if-cached' }, {}],
  [{ ...control('max-age=5'), pragma: 'no-cache' }, { maxAge: 5 }],
])('%j says %j', (headers, said) => expect(requestDirectives(headers)).toEqual({ ...nothing, ...said }))

describe('whether the asker takes what is stored', () => {
  const fresh: StoredFreshness = { ageSeconds: 10, ttlSeconds: 50, mustRevalidate: false }
  const stale: StoredFreshness = { ageSeconds: 100, ttlSeconds: -40, mustRevalidate: false }

  test.each<[string, string, StoredFreshness, boolean]>([
    ['nothing said: what is fresh', '', fresh, true],
    ['nothing said: not what is stale', '', stale, false],
    ['5.2.1.1: not what is older', 'max-age=9', fresh, false],
    ['5.2.1.1: what is as old', 'max-age=10', fresh, true],
    ['5.2.1.1: not what is stale, though it is young enough', 'max-age=200', stale, false],
    ['5.2.1.2: stale for any time', 'max-stale', stale, true],
    ['5.2.1.2: stale for so long', 'max-stale=40', stale, true],
    ['5.2.1.2: not stale for longer', 'max-stale=39', stale, false],
    ['5.2.2.2: not against the word of the server', 'max-stale', { ...stale, mustRevalidate: true }, false],
    ['5.2.1.3: what stays fresh for so long', 'min-fresh=50', fresh, true],
    ['5.2.1.3: not what is fresh for less', 'min-fresh=51', fresh, false],
    ['5.2.1.3: nothing stale', 'min-fresh=0, max-stale', stale, false],
    ['5.2.1.4: nothing unasked', 'no-cache', fresh, false],
    ['5.2.1.4: not even where stale would do', 'no-cache, max-stale', stale, false],
  ])('RFC 9111 %s', (_, field, stored, isEnough) =>
    expect(accepts(requestDirectives(control(field)), stored)).toBe(isEnough),
  )
})
