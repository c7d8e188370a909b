// What a site may say of its pages.
import { expect, test } from 'vitest'
import { makeConfig } from '../../config.ts'

const htmlOf = (html: object) =>
  makeConfig({ sites: { shop: { hosts: ['shop.example'], origin: 'http://10.0.0.5', html } } }, {}).sites.get(
    'shop',
  )?.html

const nothing = {
  dimensions: false,
  srcset: [],
  sizes: '',
  lazy: false,
  eager: 3,
  decoding: false,
  preload: false,
  link: false,
}

test.each<[object, object]>([
  [{}, {}],
  [
    { dimensions: true, lazy: 'true', eager: 0 },
    { dimensions: true, lazy: true, eager: 0 },
  ],
  [{ srcset: true }, { srcset: [320, 640, 960, 1280, 1920, 2560] }],
  [{ srcset: false }, {}],
  [
    { srcset: [800, 400, 800], sizes: 'auto, 50vw' },
    { srcset: [400, 800], sizes: 'auto, 50vw' },
  ],
])('%j says what it says, and the rest is off', (html, wanted) =>
  expect(htmlOf(html)).toEqual({ ...nothing, ...wanted }),
)

test.each<[object, RegExp]>([
  [{ srcset: [8] }, /html\.srcset/],
  [{ srcset: Array.from({ length: 13 }, (_, n) => 100 + n) }, /html\.srcset/],
  [{ sizes: 'caf\u00e9' }, /html\.sizes.*expected a text of ASCII/s],
  [{ eager: -1 }, /html\.eager.*expected an integer from 0 to 100/s],
  [{ lazyness: true }, /html.*lazyness/s],
])('%j is refused by name', (html, fault) => expect(() => htmlOf(html)).toThrow(fault))

test('a host is a site\u2019s or Halftone\u2019s own', () => {
  const sites = { shop: { hosts: ['shop.example', '*.shop.example'], origin: 'http://10.0.0.5' } }
  const thumbor = (host: string) => ({ thumbor: { source: 'photos', hosts: [host] } })
  const sources = { photos: { folder: '/photos' } }
  expect(() => makeConfig({ sites, hosts: ['shop.example'] }, {})).toThrow(
    'sites.shop.hosts: shop.example is one of HALFTONE_HOSTS already',
  )
  expect(() => makeConfig({ sites, sources, languages: thumbor('shop.example:8080') }, {})).toThrow(
    'sites.shop.hosts: shop.example is one of languages.thumbor.hosts already',
  )
  expect(() => makeConfig({ sites, sources, languages: thumbor('images.shop.example') }, {})).not.toThrow()
})
