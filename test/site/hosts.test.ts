// Whose a host is, and what a purge of a site is about.
import { describe, expect, test } from 'vitest'
import { Failure } from '../../errors.ts'
import { subjectOf } from '../../site/cache/subject.ts'
import { createHosts } from '../../site/hosts.ts'
import { createOwnHosts } from '../../site/own-hosts.ts'
import { sitePurgesOf } from '../../site/purges.ts'

describe('a host is our own', () => {
  const own = createOwnHosts(['cdn.example'])
  test.each<[string | undefined, boolean]>([
    ['cdn.example', true],
    ['CDN.example:8080', true],
    ['cdn.example.', true],
    ['localhost:3000', true],
    ['a.localhost', true],
    ['127.0.0.1:8080', true],
    ['10.1.2.3', true],
    ['[::1]:8080', true],
    ['[2001:db8::1]', true],
    [undefined, true],
    ['other.example', false],
    ['www.cdn.example', false],
    ['localhost.evil.example', false],
    ['127.0.0.1.evil.example', false],
  ])('%s: %s', (host, expected) => {
    expect(own.has(host)).toBe(expected)
  })
})

test('a name of our own is nobody\u2019s below a wildcard, and a longer name wins', () => {
  const sites = [
    { name: 'shop', hosts: ['shop.test', '*.shop.test'] },
    { name: 'blog', hosts: ['*.blog.shop.test'] },
  ]
  const { find } = createHosts(sites, new Set(['images.shop.test']))
  expect(
    ['shop.test', 'a.shop.test', 'IMAGES.shop.test:8080', 'a.blog.shop.test', 'test'].map(
      (host) => find(host)?.name,
    ),
  ).toEqual([...['shop', 'shop', undefined, 'blog', undefined]])
})

describe('a purge of sites', () => {
  const { find } = createHosts([{ name: 'shop', hosts: ['shop.test', '*.shop.test'] }])
  const purged = (order: Parameters<typeof sitePurgesOf>[0]) => sitePurgesOf(order, find, new Set(['shop']))

  test('by address and prefix, of http and https, whatever the port', () => {
    const order = {
      urls: ['https://shop.test/a?b=1#c', 'http://www.shop.test:8080'],
      prefixes: ['https://shop.test/css/'],
    }
    expect(purged(order).purges.map(({ target }) => target)).toEqual([
      { kind: 'address', value: '//shop.test/a?b=1' },
      { kind: 'address', value: '//www.shop.test/' },
      { kind: 'prefix', value: '//shop.test/css/' },
    ])
    expect(purged(order).rest).toBeUndefined()
  })

  test('leaves the rest to pictures', () => {
    const { purges, rest } = purged({
      urls: ['/photos/a.jpg', 'https://shop.test/a'],
      keys: ['k'],
      isSoft: true,
    })
    expect(purges).toEqual([{ target: { kind: 'address', value: '//shop.test/a' }, isSoft: true }])
    expect(rest).toMatchObject({ urls: ['/photos/a.jpg'], keys: ['k'], isSoft: true })
  })

  test('by the name of a site that there is', () => {
    expect(purged({ sites: ['shop'] }).purges[0]?.target).toEqual({ kind: 'key', value: 'site:shop' })
    expect(() => purged({ sites: ['blog'] })).toThrow(Failure)
  })

  test('keys of two sites are never the same', () => {
    const headers = { 'surrogate-key': 'one two', 'cache-tag': 'three, four' }
    expect(subjectOf('shop', '//shop.test/', headers).keys?.split(' ')).toEqual([
      ...['site:shop', 'site:shop:one', 'site:shop:two', 'site:shop:three', 'site:shop:four'],
    ])
  })
})
