// What a source's words become on their way to browsers (Cache-Control) and to the tiers between (CDN-Cache-Control).
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { httpDate } from '../../http/dates.ts'
import { lifetimes } from '../../http/policy.ts'
import { cachingOf } from '../../origin/caching.ts'
import { cacheHeaders, fleetingHeaders } from '../../origin/freshness.ts'
import type { Headers } from '../../tier.ts'

const now = Date.parse('2026-03-01T12:00:00Z')
const bounds = {
  browserSeconds: 1000,
  cdnSeconds: 5000,
  staleWhileRevalidateSeconds: 30,
  staleIfErrorSeconds: 300,
}
const assumedSeconds = 500

/** Cache-Control and CDN-Cache-Control of a picture whose source came with these headers. */
function told(said: Headers): (string | undefined)[] {
  const given = cacheHeaders(cachingOf(said, now, assumedSeconds), bounds)
  return [given['cache-control'], given['cdn-cache-control'], given.age]
}

const ofTheOperator = 'stale-while-revalidate=30, stale-if-error=300'

describe('a source that says', () => {
  test.each<[string, Headers, string, string]>([
    ['nothing', {}, 'public, max-age=500, stale-while-revalidate=30', `max-age=500, ${ofTheOperator}`],
    [
      'nothing of freshness, but that it may not be served stale',
      { 'cache-control': 'must-revalidate' },
      'public, max-age=500, must-revalidate',
      'max-age=500, must-revalidate',
    ],
    [
      'max-age leaves the stale windows to the operator',
      { 'cache-control': 'max-age=60' },
      'public, max-age=60, stale-while-revalidate=30',
      `max-age=60, ${ofTheOperator}`,
    ],
    [
      'its own stale windows has them',
      { 'cache-control': 'max-age=60, stale-while-revalidate=5, stale-if-error=6' },
      'public, max-age=60, stale-while-revalidate=5, stale-if-error=6',
      'max-age=60, stale-while-revalidate=5, stale-if-error=6',
    ],
    [
      'how long errors may be hidden is not overruled by the operator’s other window',
      { 'cache-control': 'max-age=60, stale-if-error=20' },
      'public, max-age=60, stale-while-revalidate=20, stale-if-error=20',
      'max-age=60, stale-while-revalidate=20, stale-if-error=20',
    ],
    [
      'that there are no stale windows has none',
      { 'cache-control': 'max-age=60, stale-while-revalidate=0, stale-if-error=0' },
      'public, max-age=60',
      'max-age=60',
    ],
    [
      'no-cache is asked before every use (RFC 9111 5.2.2.4)',
      { 'cache-control': 'no-cache' },
      'public, no-cache',
      'no-cache',
    ],
    [
      'must-revalidate is not served stale (RFC 9111 5.2.2.2)',
      { 'cache-control': 'max-age=60, must-revalidate' },
      'public, max-age=60, must-revalidate',
      'max-age=60, must-revalidate',
    ],
    [
      'proxy-revalidate is not served stale by caches (RFC 9111 5.2.2.8)',
      { 'cache-control': 'max-age=60, proxy-revalidate' },
      'public, max-age=60, proxy-revalidate',
      'max-age=60, must-revalidate',
    ],
    [
      's-maxage means us and not browsers (RFC 9111 5.2.2.10)',
      { 'cache-control': 'max-age=0, s-maxage=31536000, must-revalidate' },
      'public, max-age=0, must-revalidate',
      'max-age=5000, must-revalidate',
    ],
    [
      's-maxage alone is not served stale either',
      { 'cache-control': 'max-age=60, s-maxage=90' },
      'public, max-age=60',
      'max-age=90',
    ],
    [
      'max-age=0 leaves nothing to prolong',
      { 'cache-control': 'max-age=0' },
      'public, max-age=0',
      'max-age=0, stale-if-error=300',
    ],
    [
      'an Expires that is past neither',
      { expires: '0' },
      'public, max-age=0',
      'max-age=0, stale-if-error=300',
    ],
    ['no-store is not kept (RFC 9111 5.2.2.5)', { 'cache-control': 'no-store' }, 'no-store', 'no-store'],
    [
      'private is kept by browsers alone (RFC 9111 5.2.2.7)',
      { 'cache-control': 'private, max-age=60' },
      'private, max-age=60',
      'no-store',
    ],
    ['Vary: * never matches again (RFC 9111 4.1)', { vary: '*' }, 'public, no-cache', 'no-store'],
    [
      'no-store to browsers and CDN-Cache-Control to us (RFC 9213)',
      { 'cache-control': 'no-store', 'cdn-cache-control': 'max-age=90' },
      'no-store',
      `max-age=90, ${ofTheOperator}`,
    ],
    [
      'private to browsers and CDN-Cache-Control to us',
      { 'cache-control': 'private', 'cdn-cache-control': 'max-age=90' },
      'private, max-age=500',
      `max-age=90, ${ofTheOperator}`,
    ],
    [
      'one lifetime to browsers and CDN-Cache-Control to us',
      { 'cache-control': 'max-age=60', 'cdn-cache-control': 'max-age=90' },
      'public, max-age=60',
      `max-age=90, ${ofTheOperator}`,
    ],
    [
      'that only browsers may keep it',
      { 'cache-control': 'max-age=60', 'cdn-cache-control': 'no-store' },
      'public, max-age=60',
      'no-store',
    ],
    [
      'more than the operator allows is cut',
      { 'cache-control': 'max-age=1000000' },
      'public, max-age=1000, stale-while-revalidate=30',
      `max-age=5000, ${ofTheOperator}`,
    ],
  ])('%s', (_, said, browsers, tiers) => expect(told(said)).toEqual([browsers, tiers, undefined]))
})

test.each<[string, Headers, number]>([
  ['nothing', {}, 50],
  ['an hour', { 'cache-control': 'max-age=3600' }, 360],
  ['a few seconds', { 'cache-control': 'max-age=9' }, 0],
  ['a month', { 'cache-control': 'max-age=2592000' }, 86_400],
  ['an hour, and how long errors may be hidden', { 'cache-control': 'max-age=3600, stale-if-error=20' }, 20],
])(
  'an operator who decides nothing grants a tenth of the lifetime, a day at most: %s',
  (_, said, seconds) => {
    const given = cacheHeaders(cachingOf(said, now, assumedSeconds), {
      ...bounds,
      staleWhileRevalidateSeconds: undefined,
    })
    const window = seconds > 0 ? `stale-while-revalidate=${seconds}` : /^((?!while).)*$/
    for (const name of ['cache-control', 'cdn-cache-control']) expect(given[name]).toMatch(window)
  },
)

describe('the age of a source', () => {
  test('goes along, and the lifetime is counted from there', () => {
    const date = httpDate(now - 20_000)
    expect(told({ 'cache-control': 'max-age=60', date })).toEqual([
      'public, max-age=60, stale-while-revalidate=30',
      `max-age=60, ${ofTheOperator}`,
      '20',
    ])
  })

  test('does not eat up what the operator allows from now on', () => {
    const given = told({ 'cache-control': 'max-age=1000000', age: '90000' })
    expect(given).toEqual([
      'public, max-age=91000, stale-while-revalidate=30',
      `max-age=95000, ${ofTheOperator}`,
      '90000',
    ])
  })
})

test('an asker of another revision keeps it for a burst, whatever the source grants', () => {
  const generous = { 'cache-control': 'max-age=600, stale-while-revalidate=600, stale-if-error=600' }
  expect(fleetingHeaders(cachingOf(generous, now, assumedSeconds))).toEqual({
    'cache-control': 'public, max-age=5',
    'cdn-cache-control': 'max-age=5',
  })
})

test('no tier may do with a picture what the source did not allow a cache like it', () => {
  const seconds = fc.integer({ min: 0, max: 10_000 })
  const directive = fc.oneof(
    fc.constantFrom('no-cache', 'no-store', 'private', 'must-revalidate', 'proxy-revalidate'),
    fc
      .tuple(fc.constantFrom('max-age', 's-maxage', 'stale-while-revalidate', 'stale-if-error'), seconds)
      .map(([name, value]) => `${name}=${value}`),
  )
  const field = fc.array(directive, { maxLength: 4 }).map((words) => words.join(', '))
  const none = {
    ...bounds,
    staleWhileRevalidateSeconds: 0,
    staleIfErrorSeconds: 0,
  }
  fc.assert(
    fc.property(field, fc.option(field), seconds, (control, targeted, age) => {
      const said = {
        'cache-control': control,
        ...(targeted && { 'cdn-cache-control': targeted }),
        age: String(age),
      }
      const source = lifetimes({ status: 200, headers: said }, now, { defaultFreshSeconds: assumedSeconds })
      const given = cacheHeaders(cachingOf(said, now, assumedSeconds), none)
      const tier = lifetimes({ status: 200, headers: given }, now)
      expect(tier.storable).toBe(source.storable)
      if (!tier.storable || !source.storable) return
      for (const moment of ['freshUntil', 'staleWhileRevalidateUntil', 'staleIfErrorUntil'] as const)
        expect(tier.times[moment]).toBeLessThanOrEqual(source.times[moment])
    }),
  )
})
