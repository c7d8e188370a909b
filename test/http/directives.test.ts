import { describe, expect, test } from 'vitest'
import { type Directives, directives } from '../../http/directives.ts'
import type { Headers } from '../../tier.ts'
import { effortOf } from '../effort.ts'

type Row = [about: string, headers: Headers, said: Partial<Directives>]

const cacheControl: Row[] = [
  [
    'RFC 9111 5.2: names without regard to case',
    { 'cache-control': 'Max-Age=5, NO-STORE' },
    { maxAge: 5, noStore: true },
  ],
  ['RFC 9111 5.2: token and quoted form alike', { 'cache-control': 'max-age="5"' }, { maxAge: 5 }],
  [
    'a comma in quotes separates nothing',
    { 'cache-control': 'x="a, no-store", max-age=5' },
    { maxAge: 5, noStore: false },
  ],
  [
    'an escaped quote ends nothing',
    { 'cache-control': 'x="a\\", no-store", max-age=5' },
    { maxAge: 5, noStore: false },
  ],
  ['unknown directives are ignored', { 'cache-control': 'immutable, foo=bar, max-age=5' }, { maxAge: 5 }],
  ['empty members are ignored', { 'cache-control': ', ,max-age=5,' }, { maxAge: 5 }],
  ['RFC 9111 4.2.1: of duplicates the first', { 'cache-control': 'max-age=5, max-age=9' }, { maxAge: 5 }],
  ['RFC 9111 4.2.1: not an integer is stale', { 'cache-control': 'max-age=1.5' }, { maxAge: 0 }],
  ['RFC 9111 4.2.1: negative is stale', { 'cache-control': 'max-age=-5' }, { maxAge: 0 }],
  [
    'RFC 9111 4.2.1: nothing is stale',
    { 'cache-control': 'max-age, s-maxage=' },
    { maxAge: 0, sMaxage: 0, isForAllUsers: true },
  ],
  ['a blank before = is no directive', { 'cache-control': 'max-age =5' }, {}],
  ['RFC 9111 1.2.2: too large is for ever', { 'cache-control': `max-age=${10 ** 20}` }, { maxAge: 2 ** 31 }],
  [
    'RFC 9111 5.2.2.7: private with fields is private',
    { 'cache-control': 'private="set-cookie, x"' },
    { private: true },
  ],
  [
    'RFC 9111 5.2.2.4: no-cache with fields is no-cache',
    { 'cache-control': 'no-cache="x"' },
    { noCache: true },
  ],
  [
    'RFC 9111 5.2.2.9 and 3.5: public is for all users',
    { 'cache-control': 'public' },
    { public: true, isForAllUsers: true },
  ],
  ['RFC 9111 3.5: so is s-maxage', { 'cache-control': 's-maxage=5' }, { sMaxage: 5, isForAllUsers: true }],
  [
    'RFC 9111 3.5: and must-revalidate, but not proxy-revalidate',
    { 'cache-control': 'must-revalidate' },
    { mustRevalidate: true, isForAllUsers: true },
  ],
  [
    'RFC 9111 5.2.2.3: must-understand takes the place of the no-store beside it',
    { 'cache-control': 'no-store, must-understand, max-age=5' },
    { maxAge: 5, noStore: false, mustUnderstand: true },
  ],
  ['RFC 9111 5.2.2.8', { 'cache-control': 'proxy-revalidate' }, { mustRevalidate: true }],
  [
    'RFC 5861',
    { 'cache-control': 'stale-while-revalidate=3, stale-if-error=9' },
    { staleWhileRevalidate: 3, staleIfError: 9 },
  ],
  [
    'an unclosed quote spoils its own member only',
    { 'cache-control': 'max-age=5, x="no-store' },
    { maxAge: 5, noStore: false },
  ],
]

const targeted: Row[] = [
  [
    'RFC 9213 2.2: wins over Cache-Control',
    { 'cdn-cache-control': 'max-age=9', 'cache-control': 'no-store' },
    { maxAge: 9, isTargeted: true },
  ],
  ['a Boolean needs no value', { 'cdn-cache-control': 'no-store' }, { noStore: true, isTargeted: true }],
  [
    'RFC 9651 4.2.2: of duplicates the last',
    { 'cdn-cache-control': 'max-age=5, max-age=9' },
    { maxAge: 9, isTargeted: true },
  ],
  [
    'parameters say nothing to us',
    { 'cdn-cache-control': 'max-age=5;a=b; c' },
    { maxAge: 5, isTargeted: true },
  ],
  [
    '?0 is as good as absent',
    { 'cdn-cache-control': 'no-store=?0, max-age=5' },
    { maxAge: 5, isTargeted: true },
  ],
  [
    'a string is no number of seconds',
    { 'cdn-cache-control': 'max-age="5"' },
    { maxAge: 0, isTargeted: true },
  ],
  [
    'RFC 9213 2.2: empty is as if absent',
    { 'cdn-cache-control': ' ', 'cache-control': 'max-age=5' },
    { maxAge: 5 },
  ],
  [
    'RFC 9213 2.2: one fault and it is as if absent',
    { 'cdn-cache-control': 'max-age=9, &&', 'cache-control': 'max-age=5' },
    { maxAge: 5 },
  ],
  [
    'upper case is a fault',
    { 'cdn-cache-control': 'Max-Age=9', 'cache-control': 'max-age=5' },
    { maxAge: 5 },
  ],
  [
    'a comma at the end is a fault',
    { 'cdn-cache-control': 'max-age=9,', 'cache-control': 'max-age=5' },
    { maxAge: 5 },
  ],
]

const silent = {
  noStore: false,
  noCache: false,
  private: false,
  mustRevalidate: false,
  public: false,
  mustUnderstand: false,
  isForAllUsers: false,
  isTargeted: false,
}

describe('Cache-Control', () => {
  test.each(cacheControl)('%s', (_, headers, said) =>
    expect(directives(headers)).toEqual({ ...silent, ...said }),
  )
})

describe('CDN-Cache-Control', () => {
  test.each(targeted)('%s', (_, headers, said) => expect(directives(headers)).toEqual({ ...silent, ...said }))
})

test('hostile fields are read in no time', () => {
  const effort = effortOf(() => {
    for (const piece of ['"', 'a="', ' ', '\t=', ';a', ', ', '\\"', 'a=(', 'a=:']) {
      directives({ 'cache-control': piece.repeat(8000), 'cdn-cache-control': piece.repeat(8000) })
      directives({ 'cdn-cache-control': `a${piece.repeat(8000)}` })
    }
  })
  expect(effort).toBeLessThan(2000)
})
