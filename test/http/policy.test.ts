import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { httpDate } from '../../http/dates.ts'
import { type Asked, type Defaults, lifetimes, type NotStorable } from '../../http/policy.ts'
import type { Headers } from '../../tier.ts'
import { start } from '../cache/entries.ts'

const ok = (headers: Headers, defaults?: Defaults) => lifetimes({ status: 200, headers }, start, defaults)

/** Fresh, stale-while-revalidate, stale-if-error: seconds from now. */
function spans(headers: Headers, defaults?: Defaults, status = 200): number[] | NotStorable {
  const life = lifetimes({ status, headers }, start, defaults)
  if (!life.storable) return life.why
  const { freshUntil, staleWhileRevalidateUntil, staleIfErrorUntil } = life.times
  return [freshUntil, staleWhileRevalidateUntil, staleIfErrorUntil].map((moment) => (moment - start) / 1000)
}

const ago = (seconds: number): string => httpDate(start - seconds * 1000)

describe('how long an answer lives', () => {
  test.each<[string, Headers, number[] | NotStorable]>([
    ['RFC 9111 5.2.2.1: max-age', { 'cache-control': 'max-age=60' }, [60, 60, 60]],
    ['RFC 9111 4.2.1: s-maxage before max-age', { 'cache-control': 'max-age=60, s-maxage=90' }, [90, 90, 90]],
    [
      'RFC 9111 4.2.1: max-age before Expires',
      { 'cache-control': 'max-age=60', expires: ago(-9) },
      [60, 60, 60],
    ],
    ['RFC 9111 5.3: Expires against Date', { expires: ago(-60), date: ago(0) }, [60, 60, 60]],
    ['RFC 9111 5.3: Expires without Date, against the clock', { expires: ago(-60) }, [60, 60, 60]],
    ['RFC 9111 5.3: an Expires that is no date is past', { expires: '0' }, [0, 0, 0]],
    ['RFC 9110 5.6.7: the form of RFC 850', { expires: 'Sunday, 01-Mar-26 12:01:00 GMT' }, [60, 60, 60]],
    [
      'RFC 9110 5.6.7: two digits of a year less than 50 years ahead',
      { expires: 'Thursday, 18-Aug-50 02:01:18 GMT', date: 'Thu, 18 Aug 2050 02:00:18 GMT' },
      [60, 60, 60],
    ],
    [
      'RFC 9110 5.6.7: two digits of a year more than 50 years ahead are past',
      { expires: 'Friday, 18-Aug-99 02:01:18 GMT' },
      [0, 0, 0],
    ],
    ['RFC 9110 5.6.7: the form of asctime', { expires: 'Sun Mar  1 12:01:00 2026' }, [60, 60, 60]],
    [
      'RFC 9213: CDN-Cache-Control alone counts',
      { 'cdn-cache-control': 'max-age=9', expires: ago(-60) },
      [9, 9, 9],
    ],
    ['RFC 9111 4.2.3: Age is taken off', { 'cache-control': 'max-age=60', age: '20' }, [40, 40, 40]],
    [
      'RFC 9111 4.2.3: so is the apparent age',
      { 'cache-control': 'max-age=60', date: ago(25), age: '20' },
      [35, 35, 35],
    ],
    [
      'RFC 9111 4.2.3: a clock ahead of ours adds nothing',
      { 'cache-control': 'max-age=60', date: ago(-25) },
      [60, 60, 60],
    ],
    [
      'RFC 9111 5.1: an unreadable Age is ignored',
      { 'cache-control': 'max-age=60', age: '-3' },
      [60, 60, 60],
    ],
    [
      'RFC 9111 5.1: of several Ages the first',
      { 'cache-control': 'max-age=60', age: '10, 50' },
      [50, 50, 50],
    ],
    ['older than its freshness: stale on arrival', { 'cache-control': 'max-age=60', age: '90' }, [0, 0, 0]],
    [
      'RFC 5861 3 and 4',
      { 'cache-control': 'max-age=60, stale-while-revalidate=30, stale-if-error=600' },
      [60, 90, 660],
    ],
    [
      'windows begin where freshness ended',
      { 'cache-control': 'max-age=60, stale-while-revalidate=50', age: '90' },
      [0, 20, 0],
    ],
    [
      'RFC 9111 5.2.2.2: must-revalidate, no stale service',
      { 'cache-control': 'max-age=60, must-revalidate, stale-if-error=9' },
      [60, 60, 60],
    ],
    [
      'RFC 9111 5.2.2.8: proxy-revalidate neither',
      { 'cache-control': 'max-age=60, proxy-revalidate, stale-while-revalidate=9' },
      [60, 60, 60],
    ],
    [
      's-maxage with a window is granted it',
      { 'cache-control': 's-maxage=60, stale-while-revalidate=9' },
      [60, 69, 60],
    ],
    [
      'RFC 9111 5.2.2.4: no-cache is stored and always stale',
      { 'cache-control': 'no-cache, max-age=60, stale-if-error=9' },
      [0, 0, 0],
    ],
    ['RFC 9111 5.2.2.5: no-store', { 'cache-control': 'no-store, max-age=60' }, 'no-store'],
    ['RFC 9111 5.2.2.7: private', { 'cache-control': 'private, max-age=60' }, 'private'],
    ['RFC 9111 4.1: Vary: *', { 'cache-control': 'max-age=60', vary: 'accept, *' }, 'vary-any'],
    ['nothing said, nothing assumed', { etag: '"a"' }, 'no-explicit-freshness'],
  ])('%s', (_, headers, expected) => expect(spans(headers)).toEqual(expected))

  test.each([206, 304])('RFC 9111 3: a %i is not a whole answer', (status) => {
    expect(spans({ 'cache-control': 'max-age=60' }, {}, status)).toBe('not-whole')
  })

  const assumed: Defaults = {
    defaultFreshSeconds: 5,
    defaultStaleWhileRevalidateSeconds: 2,
    defaultStaleIfErrorSeconds: 50,
  }

  test.each<[string, Headers, number, number[] | NotStorable]>([
    ['are used where the answer says nothing', {}, 200, [5, 7, 55]],
    ['give way to what it says', { 'cache-control': 'max-age=60, stale-if-error=0' }, 200, [60, 62, 60]],
    ['do not soften must-revalidate', { 'cache-control': 'must-revalidate' }, 200, [5, 5, 5]],
    ['do not soften s-maxage (RFC 9111 5.2.2.10)', { 'cache-control': 's-maxage=60' }, 200, [60, 60, 60]],
    ['are not for errors', {}, 404, 'no-explicit-freshness'],
    ['are not for errors that say how long', { 'cache-control': 'max-age=60' }, 502, [60, 60, 60]],
  ])('defaults %s', (_, headers, status, expected) =>
    expect(spans(headers, assumed, status)).toEqual(expected),
  )
})

describe('what the request says (RFC 9111 3)', () => {
  const fresh = { 'cache-control': 'max-age=60' }
  const signedIn = { authorization: 'Basic eA==' }
  test.each<[string, Asked, Headers, NotStorable | 'stored']>([
    ['GET', { method: 'GET', headers: {} }, fresh, 'stored'],
    ['HEAD', { method: 'HEAD', headers: {} }, fresh, 'method'],
    ['POST', { method: 'POST', headers: {} }, fresh, 'method'],
    ['5.2.1.5: no-store', { headers: { 'cache-control': 'no-store' } }, fresh, 'no-store'],
    [
      'other directives do not matter',
      { headers: { 'cache-control': 'no-cache, max-age=0' } },
      fresh,
      'stored',
    ],
    ['3.5: credentials', { headers: signedIn }, fresh, 'authorization'],
    ['3.5: max-age and private of others', { headers: signedIn }, { expires: ago(-60) }, 'authorization'],
    ['3.5: public', { headers: signedIn }, { 'cache-control': 'public, max-age=60' }, 'stored'],
    ['3.5: s-maxage', { headers: signedIn }, { 'cache-control': 's-maxage=60' }, 'stored'],
    [
      '3.5: must-revalidate',
      { headers: signedIn },
      { 'cache-control': 'must-revalidate, max-age=60' },
      'stored',
    ],
    [
      '3.5: not proxy-revalidate',
      { headers: signedIn },
      { 'cache-control': 'proxy-revalidate, max-age=60' },
      'authorization',
    ],
  ])('%s', (_, asked, headers, expected) => {
    const life = lifetimes({ status: 200, headers }, start, {}, asked)
    expect(life.storable ? 'stored' : life.why).toBe(expected)
  })
})

test.each([
  [200, [60, 60, 60]],
  [404, [60, 60, 60]],
  [299, 'no-store'],
  [418, 'no-store'],
  [599, 'no-store'],
])('RFC 9111 5.2.2.3: must-understand with a %i', (status, expected) => {
  expect(spans({ 'cache-control': 'no-store, must-understand, max-age=60' }, {}, status)).toEqual(expected)
})

describe('freshness that is guessed (RFC 9111 4.2.2)', () => {
  const guessing: Defaults = { heuristicShare: 0.1, defaultFreshSeconds: 5 }
  const modified = (seconds: number): Headers => ({ 'last-modified': ago(seconds) })
  test.each<[string, Headers, number, number[] | NotStorable]>([
    ['a share of the time without a change', modified(600), 200, [60, 60, 60]],
    ['counted from Date', { ...modified(700), date: ago(100) }, 200, [0, 0, 0]],
    ['a day at most', modified(100 * 86_400), 200, [86_400, 86_400, 86_400]],
    ['nothing for a change yet to come', modified(-600), 200, [0, 0, 0]],
    ['not where freshness is said', { ...modified(600), 'cache-control': 'max-age=7' }, 200, [7, 7, 7]],
    ['not for what must be asked about', { ...modified(600), 'cache-control': 'no-cache' }, 200, [0, 0, 0]],
    ['also for a 404 or a 410', modified(600), 410, [60, 60, 60]],
    ['not for other statuses', modified(600), 302, 'no-explicit-freshness'],
    ['but where they are public', { ...modified(600), 'cache-control': 'public' }, 302, [60, 60, 60]],
    ['without Last-Modified what is assumed', {}, 200, [5, 5, 5]],
  ])('%s', (_, headers, status, expected) => expect(spans(headers, guessing, status)).toEqual(expected))
})

test('the moments of an entry are always in order', () => {
  const seconds = fc.integer({ min: -10, max: 5000 })
  const directive = fc.tuple(
    fc.constantFrom('max-age', 's-maxage', 'stale-while-revalidate', 'stale-if-error'),
    seconds,
  )
  const said = fc.array(directive.map(([name, value]) => `${name}=${value}`))
  const headers = fc.record({ control: said, age: seconds, date: seconds, expires: seconds })
  fc.assert(
    fc.property(headers, ({ control, age, date, expires }) => {
      const life = ok({
        'cache-control': control.join(),
        age: String(age),
        date: ago(date),
        expires: ago(-expires),
      })
      if (!life.storable) return
      const { storedAt, freshUntil, staleWhileRevalidateUntil, staleIfErrorUntil, ageOnArrival } = life.times
      expect(ageOnArrival).toBeGreaterThanOrEqual(0)
      expect(freshUntil).toBeGreaterThanOrEqual(storedAt)
      expect(staleWhileRevalidateUntil).toBeGreaterThanOrEqual(freshUntil)
      expect(staleIfErrorUntil).toBeGreaterThanOrEqual(freshUntil)
    }),
  )
})
