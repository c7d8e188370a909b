import { expect, test } from 'vitest'
import { cacheKey, isStorableMethod } from '../../http/cache-key.ts'

test('the key of a picture is its path', () =>
  expect(cacheKey({ path: '/shop/cat.jpg?w=1' })).toBe('/shop/cat.jpg?w=1'))

test('sites share nothing with each other or with pictures', () => {
  const keys = [
    { path: '/a/b' },
    { host: 'a', path: '/b' },
    { host: 'a:80', path: '/b' },
    { host: 'b', path: '/b' },
  ].map(cacheKey)
  expect(new Set(keys).size).toBe(4)
})

test.each([
  [undefined, true],
  ['GET', true],
  ['HEAD', false],
  ['POST', false],
  ['get', false],
])('answers to %s are stored: %s', (method, isStored) => expect(isStorableMethod(method)).toBe(isStored))
