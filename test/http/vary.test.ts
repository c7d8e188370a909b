import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { matches, secondaryKey, variesByAnything, varyNames } from '../../http/vary.ts'
import type { Headers } from '../../tier.ts'

test.each<[string | undefined, readonly string[] | undefined]>([
  [undefined, []],
  ['', []],
  ['Accept', ['accept']],
  ['Cookie, accept-LANGUAGE', ['accept-language', 'cookie']],
  ['accept,, accept ,ACCEPT', ['accept']],
  ['*', undefined],
  ['Accept, *', undefined],
])('Vary: %s names %j', (vary, names) => {
  expect(varyNames(vary)).toEqual(names)
  expect(variesByAnything(vary === undefined ? {} : { vary })).toBe(names === undefined)
})

describe('one answer for two requests (RFC 9111 4.1)', () => {
  test.each<[string, string, Headers, Headers]>([
    ['without Vary', '', { cookie: 'a' }, { cookie: 'b' }],
    ['other headers do not count', 'Accept', { accept: 'a/b', cookie: 'a' }, { accept: 'a/b', cookie: 'b' }],
    ['both without the header', 'X-Own', {}, {}],
    ['blanks round a value', 'X-Own', { 'x-own': '1, 2' }, { 'x-own': ' 1 ,  2 ' }],
    ['several lines joined, and empty members', 'X-Own', { 'x-own': '1,2' }, { 'x-own': '1, , 2,' }],
    [
      'the order of languages',
      'Accept-Language',
      { 'accept-language': 'en, de' },
      { 'accept-language': 'de,en' },
    ],
    [
      'the case of languages',
      'Accept-Language',
      { 'accept-language': 'en-US' },
      { 'accept-language': 'EN-us' },
    ],
    [
      'the order of encodings',
      'Accept-Encoding',
      { 'accept-encoding': 'gzip, br;q=0.5' },
      { 'accept-encoding': 'BR ; q=0.5, gzip' },
    ],
    [
      'the order of types',
      'Accept',
      { accept: 'text/html, image/*;q=0.1' },
      { accept: 'image/* ;q=0.1,text/html' },
    ],
  ])('%s', (_, vary, one, other) => expect(matches(vary, one, other)).toBe(true))
})

describe('another answer for another request', () => {
  test.each<[string, string, Headers, Headers]>([
    ['another value', 'Accept-Language', { 'accept-language': 'en' }, { 'accept-language': 'de' }],
    ['another weight', 'Accept-Language', { 'accept-language': 'en' }, { 'accept-language': 'en;q=0.5' }],
    ['a header that is not there, and an empty one', 'X-Own', {}, { 'x-own': '' }],
    ['one of two headers', 'Accept, Cookie', { accept: 'a/b', cookie: 'a' }, { accept: 'a/b', cookie: 'b' }],
    ['the order of a list in which it may count', 'X-Own', { 'x-own': '1, 2' }, { 'x-own': '2, 1' }],
    ['the case of a value in which it may count', 'X-Own', { 'x-own': 'a' }, { 'x-own': 'A' }],
    ['a parameter of a type', 'Accept', { accept: 'text/html;level=1' }, { accept: 'text/html;level=2' }],
    ['a comma in quotes', 'X-Own', { 'x-own': '"a,b"' }, { 'x-own': '"a, b"' }],
    ['cookies to the letter', 'Cookie', { cookie: 'a=1, b' }, { cookie: 'a=1,b' }],
    ['anything, even the same request', '*', { accept: 'a/b' }, { accept: 'a/b' }],
  ])('%s', (_, vary, one, other) => expect(matches(vary, one, other)).toBe(false))
})

test('two requests that differ in a named header never share a key, whatever is in it', () => {
  const text = fc.string({ unit: 'binary-ascii' }).filter((value) => value.trim() === value)
  fc.assert(
    fc.property(text, text, (one, other) => {
      const keys = [one, other].map((value) => secondaryKey('user-agent, x', { 'user-agent': value }))
      expect(keys[0] === keys[1]).toBe(one === other)
    }),
  )
})

test('the key of a normalised value is itself normalised: blanks and order change nothing', () => {
  const codings = fc.shuffledSubarray(['gzip', 'br', 'zstd', 'deflate;q=0.5', '*;q=0'], { minLength: 1 })
  fc.assert(
    fc.property(codings, fc.constantFrom(',', ', ', ' ,  '), (members, comma) => {
      const sorted = { 'accept-encoding': members.toSorted().join(',') }
      expect(matches('Accept-Encoding', sorted, { 'accept-encoding': members.join(comma) })).toBe(true)
    }),
  )
})
