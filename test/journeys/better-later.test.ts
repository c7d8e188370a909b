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

/** Asked for again after its short time, until it has become another. */
async function improved(node: Node, clock: ReturnType<typeof aClock>, asked: string) {
  const first = await node.get(asked)
  clock.forward(11)
  const second = await node.get(asked)
  expect(second.headers.etag).toBe(first.headers.etag)
  await expect.poll(() => node.metric('halftone_improvements_total', 'better'), { timeout: 60_000 }).toBe(1)
  clock.forward(61)
  await expect
    .poll(async () => (await node.get(asked)).headers.etag, { timeout: 60_000 })
    .not.toBe(first.headers.etag)
  return { first, better: await node.get(asked) }
}

test('the first answer is the usual quality for a minute; asked for again, the searched one takes over', async () => {
  const { node, clock } = await aCdn()
  const { first, better } = await improved(node, clock, path)
  expect([first.status, first.headers['halftone-score']]).toEqual([200, undefined])
  // Counted from the source's answer, whose seconds are whole.
  expect(['60', '61']).toContain(maxAge(first.headers))
  expect(first.headers['halftone-hasty']).toMatch(/^\?1;by=search;cost=\d+$/)
  expect(Number(better.headers['halftone-score'])).toBeGreaterThanOrEqual(76)
  expect(better.headers['halftone-hasty']).toBeUndefined()
  expect(Number(maxAge(better.headers))).toBeGreaterThan(3000)
})

test('an AVIF is made at once with little effort, and again with more; every tier then has the smaller one', async () => {
  const { node, clock } = await aCdn()
  const asked = '/shop/photo.jpg?w=400&fm=avif'
  const { first, better } = await improved(node, clock, asked)
  expect(first.headers['halftone-hasty']).toMatch(/^\?1;by=effort;cost=\d+$/)
  expect(first.headers.meter).toBeUndefined()
  expect(better.headers['halftone-hasty']).toBeUndefined()
  expect(better.body.length).toBeLessThan(first.body.length)
  expect(await node.metric('halftone_improved_bytes_total')).toBe(first.body.length - better.body.length)
  // The hit path, what a browser has of the first, and what it has of the second.
  const again = await node.get(asked)
  expect([again.headers['cache-status'], again.body.equals(better.body)]).toEqual([
    expect.stringMatching(/halftone-edge; hit; ttl=\d+$/),
    true,
  ])
  const { etag = '' } = first.headers
  expect((await node.get(asked, { 'if-none-match': etag })).status).toBe(200)
  expect((await node.get(asked, { 'if-none-match': better.headers.etag ?? '' })).status).toBe(304)
})

test('with the tiers apart the origin hears of every use, and edge and shield have the better one after it', async () => {
  const clock = aClock()
  const source = await aSource({ '/photo.jpg': photo }, clock)
  source.cacheControl = 'max-age=3600'
  const shared = { clock, tierSecret: 'a-secret-between-tiers', sources: { shop: siteOf(source) } }
  const origin = await aNode({ ...shared, roles: ['origin'] })
  const shield = await aNode({ ...shared, roles: ['shield'], origins: [origin.url] })
  const edge = await aNode({ ...shared, roles: ['edge'], shields: [shield.url] })
  nodes.push(edge, shield, origin)
  const asked = '/shop/photo.jpg?w=300&fm=avif'
  const first = await edge.get(asked)
  for (let i = 0; i < 5; i++) await edge.get(asked)
  clock.forward(11)
  expect((await edge.get(asked)).headers.etag).toBe(first.headers.etag)
  await expect.poll(() => origin.metric('halftone_improvements_total', 'better'), { timeout: 60_000 }).toBe(1)
  clock.forward(61)
  const current = async () => (await edge.get(asked)).headers.etag
  await expect.poll(current, { timeout: 60_000 }).not.toBe(first.headers.etag)
  const better = await edge.get(asked)
  expect(better.body.length).toBeLessThan(first.body.length)
  expect(better.tiers.at(-1)).toMatch(/^halftone-edge; hit/)
  // A new edge has it from the shield.
  const other = await aNode({ ...shared, roles: ['edge'], shields: [shield.url] })
  nodes.unshift(other)
  const fromShield = await other.get(asked)
  expect([fromShield.headers.etag, fromShield.tiers.at(-2)]).toEqual([
    better.headers.etag,
    expect.stringMatching(/^halftone-shield; hit/),
  ])
  await source.stop()
})

/** More renders than there are workers, at any time, until it is stopped. */
function keepBusy(node: Node) {
  let count = 0
  let isOver = false
  const one = async (): Promise<void> => {
    while (!isOver) await node.get(`/shop/photo.jpg?w=${500 + count}&fm=jpg&q=${20 + (count++ % 70)}`)
  }
  const clients = Array.from({ length: 4 }, one)
  return {
    done: () => count,
    async stop() {
      isOver = true
      await Promise.all(clients)
    },
  }
}

test('nothing becomes better while somebody waits for a picture', async () => {
  const { node, clock } = await aCdn({ workers: 1 })
  const asked = '/shop/photo.jpg?w=60&fm=avif'
  await node.get(asked)
  const busy = keepBusy(node)
  await expect.poll(busy.done, { timeout: 60_000 }).toBeGreaterThan(4)
  clock.forward(11)
  await node.get(asked)
  await expect.poll(() => node.metric('halftone_improvements_waiting'), { timeout: 60_000 }).toBe(1)
  const before = busy.done()
  await expect.poll(busy.done, { timeout: 60_000 }).toBeGreaterThan(before + 20)
  expect(await node.metric('halftone_improvements_total')).toBe(0)
  await busy.stop()
  await expect.poll(() => node.metric('halftone_improvements_total'), { timeout: 60_000 }).toBe(1)
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
