import { describe, expect, test } from 'vitest'
import { httpDate } from '../../http/dates.ts'
import { browserTerms, sharedTerms, type Terms } from '../../http/terms.ts'
import type { Headers } from '../../tier.ts'
import { start } from '../cache/entries.ts'

/** Fresh, stale-while-revalidate, stale-if-error in seconds, '-' where it is left open; then the words. */
function told(terms: Terms): string {
  const { freshSeconds, staleWhileRevalidateSeconds, staleIfErrorSeconds } = terms
  const numbers = [freshSeconds, staleWhileRevalidateSeconds, staleIfErrorSeconds].map((n) => n ?? '-')
  const words = (['noStore', 'private', 'noCache', 'mustRevalidate'] as const).filter((word) => terms[word])
  return [...numbers, ...words].join(' ')
}

const inSeconds = (seconds: number): string => httpDate(start + seconds * 1000)

describe('what shared caches and browsers are told', () => {
  test.each<[string, Headers, string, string]>([
    ['nothing', {}, '- - -', '- - -'],
    ['RFC 9111 5.2.2.1: max-age is for both', { 'cache-control': 'max-age=60' }, '60 - -', '60 - -'],
    [
      'RFC 9111 5.2.2.10: s-maxage is for shared caches, and forbids them stale answers',
      { 'cache-control': 'max-age=0, s-maxage=90' },
      '90 0 0',
      '0 - -',
    ],
    [
      's-maxage with a window of its own is granted that one alone',
      { 'cache-control': 's-maxage=90, stale-while-revalidate=9' },
      '90 9 0',
      '- 9 -',
    ],
    [
      'RFC 9111 5.2.2.2: must-revalidate is for both',
      { 'cache-control': 'max-age=60, must-revalidate, stale-if-error=9' },
      '60 0 0 mustRevalidate',
      '60 0 0 mustRevalidate',
    ],
    [
      'RFC 9111 5.2.2.8: proxy-revalidate is for shared caches',
      { 'cache-control': 'max-age=60, proxy-revalidate' },
      '60 0 0 mustRevalidate',
      '60 - -',
    ],
    [
      'RFC 9111 5.2.2.4: no-cache is for both',
      { 'cache-control': 'no-cache, max-age=60, stale-while-revalidate=9' },
      '0 0 0 noCache',
      '0 0 0 noCache',
    ],
    [
      'RFC 9111 5.2.2.5 and 5.2.2.7',
      { 'cache-control': 'no-store, private' },
      '- - - noStore private',
      '- - - noStore private',
    ],
    [
      'RFC 5861 3 and 4',
      { 'cache-control': 'max-age=60, stale-while-revalidate=9, stale-if-error=99' },
      '60 9 99',
      '60 9 99',
    ],
    [
      'RFC 9213 2.2: the targeted field is for us, Cache-Control for browsers',
      { 'cache-control': 'no-store', 'cdn-cache-control': 'max-age=90, stale-if-error=9' },
      '90 - 9',
      '- - - noStore',
    ],
    [
      'RFC 9213 2.2: beside a targeted field Expires is not for us',
      { expires: inSeconds(60), 'cdn-cache-control': 'must-revalidate' },
      '- 0 0 mustRevalidate',
      '60 - -',
    ],
    [
      'RFC 9111 5.3: Expires is for both, from Date on',
      { expires: inSeconds(60), date: inSeconds(-5) },
      '65 - -',
      '65 - -',
    ],
    ['RFC 9111 5.3: an Expires that is no date is past', { expires: '0' }, '0 - -', '0 - -'],
  ])('%s', (_, headers, shared, browsers) => {
    expect([told(sharedTerms(headers, start)), told(browserTerms(headers, start))]).toEqual([
      shared,
      browsers,
    ])
  })
})
