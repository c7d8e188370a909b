// What is added to the tag of a picture, and what a page's policy lets it name.
import { describe, expect, test } from 'vitest'
import { meantBy, type PageAddress } from '../../../site/pages/addresses.ts'
import { attributesFor, type PageSettings, type SeenPicture } from '../../../site/pages/attributes.ts'
import { mayShow } from '../../../site/pages/csp.ts'
import { pageTags } from '../../../site/pages/entity-tags.ts'
import { preloadLink } from '../../../site/pages/preload.ts'

const settings: PageSettings = {
  ...{ dimensions: true, srcset: [100], sizes: '', lazy: true, eager: 1, decoding: true },
  ...{ preload: true, link: false },
}
const picture: SeenPicture = { width: 400, height: 300, smaller: [{ address: '/s', width: 100 }] }

function added(attributes: Record<string, string>, changed: Partial<PageSettings> = {}, index = 1): string {
  const element = { attributes: new Map(Object.entries(attributes)) }
  const made = attributesFor({ element, index, picture, address: '/a.jpg' }, { ...settings, ...changed })
  return made.map(([name, value]) => `${name}=${value}`).join('|')
}

const box = 'width=400|height=300'
const choice = 'srcset=/s 100w, /a.jpg 400w|sizes=(max-width: 400px) 100vw, 400px'
const rest = 'loading=lazy|decoding=async'

describe('a picture that is known', () => {
  test.each<[string, Record<string, string>, string]>([
    ['says nothing of itself', {}, `${box}|${choice}|${rest}`],
    ['has a width', { width: '200' }, `height=150|${choice}|${rest}`],
    ['has a height', { height: ' 30 ' }, `width=40|${choice}|${rest}`],
    ['has both', { width: '4', height: '3' }, `${choice}|${rest}`],
    ['has a width in percent', { width: '100%' }, `${choice}|decoding=async`],
    ['has a width of nothing', { width: '0' }, `${choice}|decoding=async`],
    ['has choices', { srcset: 'b 2x' }, 'decoding=async'],
    ['has choices and a box', { srcset: 'b 2x', width: '4', height: '3' }, rest],
    ['has sizes alone', { sizes: '50vw' }, `${box}|srcset=/s 100w, /a.jpg 400w|${rest}`],
    ['has a style that sizes it', { style: 'max-WIDTH: 10em' }, 'decoding=async'],
    ['has another style', { style: 'border: 0' }, `${box}|${choice}|${rest}`],
    ['is a map', { usemap: '#a' }, `${box}|${rest}`],
    ['is urgent', { fetchpriority: 'high' }, `${box}|${choice}|decoding=async`],
    ['loads as it says', { loading: 'eager' }, `${box}|${choice}|decoding=async`],
    ['decodes as it says', { decoding: 'sync' }, `${box}|${choice}|loading=lazy`],
    ['is a script\u2019s', { 'data-src': '/b.jpg' }, ''],
    ['is a script\u2019s too', { 'data-lazy-srcset': '/b.jpg' }, ''],
    ['has other data', { 'data-id': '3' }, `${box}|${choice}|${rest}`],
  ])('that %s', (_, attributes, wanted) => expect(added({ src: 'a.jpg', ...attributes })).toBe(wanted))

  test('that is none gets nothing', () => {
    expect(added({})).toBe('')
    expect(added({ src: '' })).toBe('')
  })

  test.each<[string, Partial<PageSettings>, number, string]>([
    ['nothing but dimensions', { srcset: [], lazy: false, decoding: false }, 1, box],
    ['no choices without a width', { dimensions: false }, 1, 'decoding=async'],
    [
      'sizes of its own',
      { sizes: 'auto, 50vw', lazy: false, decoding: false },
      1,
      `${box}|srcset=/s 100w, /a.jpg 400w|sizes=auto, 50vw`,
    ],
    ['nothing lazy among the first', { srcset: [], decoding: false }, 0, box],
  ])('gets %s where the site wants that', (_, changed, index, wanted) =>
    expect(added({ src: 'a.jpg' }, changed, index)).toBe(wanted),
  )
})

test('a picture of which nothing is known gets what needs no knowledge', () => {
  const element = { attributes: new Map([['src', 'a.jpg']]) }
  const made = attributesFor({ element, index: 9, picture: undefined, address: '' }, settings)
  expect(made).toEqual([['decoding', 'async']])
})

const page: PageAddress = { scheme: 'https', host: 'shop.example:8443', target: '/a/b.html?c' }
const base = 'https://shop.example:8443/a/b.html?c'

test.each<[string, string | undefined]>([
  ['c.jpg', '/a/c.jpg'],
  [' /c.jpg?d=e#f ', '/c.jpg?d=e'],
  ['../c d.jpg', '/c%20d.jpg'],
  ['https://SHOP.example:8443/c.jpg', '/c.jpg'],
  ['//shop.example:8443/c.jpg', '/c.jpg'],
  ['http://shop.example:8443/c.jpg', 'http://shop.example:8443/c.jpg'],
  ['caf\u00c3\u00a9.jpg', '/a/caf%C3%A9.jpg'],
  ['caf\u00e9.jpg', undefined],
  ['\u20ac.jpg', undefined],
  ['https://shop.example/c.jpg', undefined],
  ['https://a:b@shop.example:8443/c.jpg', undefined],
  ['data:image/gif;base64,AAAA', undefined],
  ['http://[', undefined],
  ['c.jpg,', undefined],
])('%j means %j', (src, wanted) => {
  const meant = meantBy(src, { base, page, isUtf8: true })
  expect(meant && meant.before + meant.target).toBe(wanted)
})

test.each<[string, boolean]>([
  ["script-src 'none'", true],
  ["default-src 'self'", true],
  ["default-src 'none'; img-src *", true],
  ['img-src https:', true],
  ['img-src shop.example', true],
  ['img-src https://shop.example/', true],
  ['img-src *.example', true],
  ['img-src https://shop.example/cdn-cgi/', true],
  ["img-src 'self'; img-src 'none'", true],
  ["img-src 'none'", false],
  ['img-src', false],
  ["default-src 'self', img-src 'none'", false],
  ['img-src http:', false],
  ['img-src data: blob:', false],
  ['img-src https://shop.example/pictures/', false],
  ['img-src https://shop.example/cdn-cgi', false],
  ['img-src *.shop.example', false],
  ['default-src elsewhere.example', false],
])('the policy %j lets a page name another address of its host: %s', (policy, may) => {
  expect(
    mayShow([policy], { scheme: 'https', host: 'shop.example', target: '/cdn-cgi/image/w=1/a.jpg?b' }),
  ).toBe(may)
})

test('tags of pages are told apart by their mark, and become again what they were', () => {
  const tags = pageTags('abc')
  for (const tag of ['"a"', 'W/"a-gzip"', '""']) expect(tags.theirs(tags.ours(tag))).toBe(tag)
  expect(tags.theirs(`"x", ${tags.ours('"a"')},W/"y"`)).toBe('"x", "a",W/"y"')
  expect([tags.ours('no tag'), tags.theirs('"a"'), tags.theirs('*'), tags.theirs(undefined)]).toEqual([
    ...[undefined, undefined, undefined, undefined],
  ])
  expect(pageTags('other').theirs(tags.ours('"a"'))).toBeUndefined()
})

test.each<[string, Record<string, string>, string | undefined]>([
  ['/a.jpg', {}, '</a.jpg>; rel=preload; as=image'],
  [
    '/a.jpg',
    { srcset: '/b 1w, /a.jpg 2w', sizes: '50vw' },
    '</a.jpg>; rel=preload; as=image; imagesrcset="/b 1w, /a.jpg 2w"; imagesizes="50vw"',
  ],
  ['/a.jpg', { sizes: '50vw' }, '</a.jpg>; rel=preload; as=image'],
  ['/a.jpg', { loading: 'Lazy' }, undefined],
  ['/a.jpg', { crossorigin: '' }, undefined],
  ['/a.jpg', { srcset: 'a"b 1w' }, undefined],
  ['/a.jpg', { srcset: 'caf\u00e9 1w' }, undefined],
  [`/${'a'.repeat(3000)}`, {}, undefined],
])('the link for %s with %j is %j', (address, attributes, wanted) =>
  expect(preloadLink(address, new Map(Object.entries(attributes)))).toBe(wanted),
)
