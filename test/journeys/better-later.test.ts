// A quality that is searched for: the first visitor gets the usual one at once, later ones the better one.
import { readFileSync } from 'node:fs'
import { afterAll, expect, test } from 'vitest'
import { aClock } from '../clocks.ts'
import { aNode, aSource, type Node, siteOf } from './cdn.ts'

const photo = readFileSync(new URL('../../samples/pictures/landscape.jpg', import.meta.url))
const nodes: Node[] = []
afterAll(async () => {
  await Promise.all(nodes.map((node) => node.stop()))
})

async function aCdn(more: Parameters<typeof aNode>[0] = {}, cacheControl = 'max-age=3600') {
  const clock = aClock()
  const source = await aSource({ '/photo.jpg': photo }, clock)
  source.cacheControl = cacheControl
  const node = await aNode({ clock, sources: { shop: siteOf(source) }, ...more })
  nodes.push(node)
  return { node, clock }
}

const path = '/shop/photo.jpg?w=400&fm=webp&q=auto'
const maxAge = (headers: Readonly<Record<string, string>>) =>
  /max-age=(\d+)/.exec(headers['cache-control'] ?? '')?.[1]

test('the first answer is the usual quality for a minute; asked for again, the searched one takes over', async () => {
  const { node, clock } = await aCdn()
  const first = await node.get(path)
  expect([first.status, first.headers['halftone-score'], maxAge(first.headers)]).toEqual([
    200,
    undefined,
    '60',
  ])
  clock.forward(11)
  const second = await node.get(path)
  expect(second.headers.etag).toBe(first.headers.etag)
  await expect
    .poll(async () => (await node.get(path)).headers.etag, { timeout: 60_000 })
    .not.toBe(first.headers.etag)
  const better = await node.get(path)
  expect(Number(better.headers['halftone-score'])).toBeGreaterThanOrEqual(76)
  expect(Number(maxAge(better.headers))).toBeGreaterThan(3000)
})

test('a picture that nobody asks for again is never searched for', async () => {
  const { node } = await aCdn()
  await node.get(path)
  await node.get(path)
  expect(await node.metric('halftone_render_seconds_count')).toBe(1)
})

test('where there is nothing to search for the first answer is the last', async () => {
  const { node } = await aCdn()
  const { headers } = await node.get('/shop/photo.jpg?w=100&fm=webp&lossless=true&q=auto')
  expect(Number(maxAge(headers))).toBeGreaterThan(3000)
})

test.each([
  ['the operator says so', { betterLater: false }, 'max-age=3600'],
  ['the source allows no stale answer', {}, 'max-age=3600, must-revalidate'],
])('the first visitor waits for the search where %s', async (_, more, cacheControl) => {
  const { node } = await aCdn(more, cacheControl)
  expect((await node.get(path)).headers['halftone-score']).toBeDefined()
})
