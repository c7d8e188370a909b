// How long a picture is kept on its way through edge, shield and origin, each of them a server of its own, and by browsers.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { aClock, type Clock } from '../clocks.ts'
import {
  type Answered,
  aNode,
  aSource,
  type Node,
  type NodeOptions,
  type SourceServer,
  siteOf,
  times,
} from './cdn.ts'

let clock: Clock
let source: SourceServer
let nodes: Node[]

const colour = (background: string): Promise<Buffer> =>
  sharp({ create: { width: 30, height: 20, channels: 3, background } })
    .png()
    .toBuffer()

async function node(options: NodeOptions): Promise<Node> {
  const made = await aNode({ clock, sources: { shop: siteOf(source) }, ...options })
  nodes.push(made)
  return made
}

beforeEach(async () => {
  clock = aClock()
  nodes = []
  source = await aSource({ '/photo.png': await colour('#f00') }, clock)
})

afterEach(async () => {
  await Promise.all(nodes.map((made) => made.stop()))
  await source.stop()
})

/** Edges before one shield before one origin. */
async function tiers({ edges: count = 1, ...options }: Omit<NodeOptions, 'edges'> & { edges?: number } = {}) {
  const origin = await node({ roles: ['origin'], ...options })
  const shield = await node({ roles: ['shield'], origins: [origin.url], ...options })
  const edges = await Promise.all(
    times(count, () => node({ roles: ['edge'], shields: [shield.url], ...options })),
  )
  return { origin, shield, edges, edge: edges[0] as Node }
}

const path = '/shop/photo.png?w=20&fm=png'
const get = (from: Node): Promise<Answered> => from.get(path)
const told = ({ headers }: Answered) => [headers['cache-control'], headers['cdn-cache-control']]

describe('a source that forbids stale answers', () => {
  test.each([
    ['no-cache'],
    ['max-age=60, must-revalidate'],
    ['max-age=60, proxy-revalidate'],
    ['s-maxage=60'],
    ['max-age=0'],
    ['max-age=60, stale-while-revalidate=5'],
  ])('%s: after a change nobody sees the old picture', async (words) => {
    source.cacheControl = words
    const { edge } = await tiers({ staleWhileRevalidateMs: '1d' })
    const before = await get(edge)
    source.pictures['/photo.png'] = await colour('#0f0')
    clock.forward(70)
    const after = await get(edge)
    expect([after.status, after.headers.etag === before.headers.etag]).toEqual([200, false])
  })

  test('Vary: *: nothing is kept by any tier', async () => {
    source.respond = (_, response) =>
      void response.writeHead(200, { vary: '*' }).end(source.pictures['/photo.png'])
    const { edge } = await tiers({ staleWhileRevalidateMs: '1d' })
    const answers = [await get(edge), await get(edge)]
    expect(answers.map(told)).toEqual(times(2, () => ['public, no-cache', 'no-store']))
    expect(source.requests.length).toBe(2)
  })

  test('its own stale-if-error counts when it fails, not the operator’s', async () => {
    source.cacheControl = 'max-age=60, stale-if-error=20'
    const { edge } = await tiers({ staleWhileRevalidateMs: '1d' })
    await get(edge)
    source.respond = (_, response) => void response.writeHead(500).end()
    clock.forward(75)
    expect((await get(edge)).status).toBe(200)
    clock.forward(20)
    expect((await get(edge)).status).toBe(502)
  })
})

describe('browsers and caches like ours', () => {
  test.each<[string, Record<string, string>, string, string]>([
    [
      's-maxage',
      { 'cache-control': 'max-age=0, s-maxage=31536000, must-revalidate' },
      'public, max-age=0, must-revalidate',
      'max-age=2592000, must-revalidate',
    ],
    [
      'CDN-Cache-Control beside no-store',
      { 'cache-control': 'no-store', 'cdn-cache-control': 'max-age=600, must-revalidate' },
      'no-store',
      'max-age=600, must-revalidate',
    ],
    [
      'CDN-Cache-Control beside private',
      { 'cache-control': 'private, max-age=30', 'cdn-cache-control': 'max-age=600, must-revalidate' },
      'private, max-age=30',
      'max-age=600, must-revalidate',
    ],
    [
      'CDN-Cache-Control beside max-age',
      { 'cache-control': 'max-age=60', 'cdn-cache-control': 'max-age=600, must-revalidate' },
      'public, max-age=60',
      'max-age=600, must-revalidate',
    ],
  ])('%s: each is told its own, and we keep the picture', async (_, headers, browsers, ours) => {
    source.respond = (_, response) => void response.writeHead(200, headers).end(source.pictures['/photo.png'])
    const { edge } = await tiers()
    expect(told(await get(edge))).toEqual([browsers, ours])
    const hit = await get(edge)
    expect(told(hit)).toEqual([browsers, ours])
    expect([hit.tiers.at(-1), source.requests.length]).toEqual([
      expect.stringMatching(/^halftone-edge; hit/),
      1,
    ])
  })

  test('hear how old the source is, and no tier begins its lifetime anew', async () => {
    source.cacheControl = 'max-age=100, must-revalidate'
    const { edge, edges } = await tiers({ edges: 2 })
    await get(edge)
    clock.forward(40)
    const fromShield = await get(edges[1] as Node)
    clock.forward(20)
    // Another size: the origin makes it from the source it has kept.
    const fromSource = await edge.get('/shop/photo.png?w=10&fm=png')
    isNear(fromShield.headers.age, 40)
    isNear(fromSource.headers.age, 60)
    expect(told(fromSource)).toEqual(times(2, () => expect.stringContaining('max-age=100, must-revalidate')))
    expect(source.requests.length).toBe(1)
    clock.forward(41)
    source.pictures['/photo.png'] = await colour('#0f0')
    const after = [
      await get(edge),
      await get(edges[1] as Node),
      await edge.get('/shop/photo.png?w=10&fm=png'),
    ]
    for (const [i, { headers }] of after.entries())
      expect(headers.etag).not.toBe([fromShield, fromShield, fromSource][i]?.headers.etag)
    expect(source.requests.length).toBe(2)
  })

  test('hear of a failure for as long as it holds, and no tier begins its time anew', async () => {
    source.respond = (_, response) => void response.writeHead(503, { 'retry-after': '100' }).end()
    const { edge, edges } = await tiers({ edges: 2 })
    const { headers } = await get(edge)
    expect(headers).toMatchObject({
      'retry-after': '100',
      'cache-control': 'public, max-age=5',
      'cdn-cache-control': 'max-age=100',
    })
    clock.forward(40)
    isNear((await get(edges[1] as Node)).headers['retry-after'], 60)
    clock.forward(20)
    await edge.get('/shop/photo.png?w=10&fm=png')
    expect(source.requests.length).toBe(1)
    source.respond = undefined
    clock.forward(41)
    const after = [
      await get(edge),
      await get(edges[1] as Node),
      await edge.get('/shop/photo.png?w=10&fm=png'),
    ]
    expect(after.map(({ status }) => status)).toEqual([200, 200, 200])
  })
})

describe('a picture that changed', () => {
  /** What comes once the background has had its turn. */
  const settles = (from: Node, before: Answered) =>
    expect.poll(async () => (await get(from)).headers.etag, { interval: 20 }).not.toBe(before.headers.etag)

  test('is old once, for everybody together: the question in the background goes down to the source', async () => {
    const { edge, edges } = await tiers({ edges: 3, staleWhileRevalidateMs: '1d' })
    const before = await Promise.all(edges.map(get))
    source.pictures['/photo.png'] = await colour('#0f0')
    clock.forward(70)
    const stale = await Promise.all(edges.map(get))
    expect(stale.map(({ headers }) => headers.etag)).toEqual(before.map(({ headers }) => headers.etag))
    // Until the one answer has come, nobody asks the source again; when it has come, no tier says the old one.
    await settles(edge, before[0] as Answered)
    await Promise.all(edges.map((from) => settles(from, before[0] as Answered)))
    expect(source.requests.length).toBe(2)
  })

  test('is old once at an edge that gets it for the first time', async () => {
    const { edge, edges } = await tiers({ edges: 2, staleWhileRevalidateMs: '1d' })
    const before = await get(edge)
    source.pictures['/photo.png'] = await colour('#0f0')
    clock.forward(70)
    const newcomer = edges[1] as Node
    expect((await get(newcomer)).headers.etag).toBe(before.headers.etag)
    // Nobody has asked again, and still the new one comes.
    await expect.poll(() => source.requests.length).toBe(2)
    await settles(newcomer, before)
    expect(source.requests.length).toBe(2)
  })

  test('is not asked for anew because a stranger wishes it', async () => {
    const { edge } = await tiers()
    await get(edge)
    for (const wish of ['no-cache', 'max-age=0', 'min-fresh=0', 'no-store'])
      await edge.get(path, { 'cache-control': wish, pragma: 'no-cache' })
    clock.forward(30)
    expect((await edge.get(path, { 'cache-control': 'min-fresh=50' })).tiers.at(-1)).toMatch(/hit/)
    expect(source.requests.length).toBe(1)
  })
})

describe('a source that lets nobody in for a while', () => {
  test.each([401, 403])('%d: good pictures stay, in every tier', async (status) => {
    const { origin, edge } = await tiers()
    const before = await get(edge)
    source.respond = (_, response) => void response.writeHead(status).end()
    clock.forward(86_400 + 70)
    expect((await get(edge)).headers.etag).toBe(before.headers.etag)
    // An origin that lost its own copy says no; the others still have theirs.
    nodes = nodes.filter((other) => other !== origin)
    const { port } = new URL(origin.url)
    await origin.stop()
    await node({ roles: ['origin'], port: Number(port) })
    clock.forward(120)
    expect((await get(edge)).headers.etag).toBe(before.headers.etag)
  })

  test.each([404, 410])('%d: the picture is gone', async (status) => {
    const { edge } = await tiers()
    await get(edge)
    source.respond = (_, response) => void response.writeHead(status).end()
    clock.forward(86_400 + 70)
    expect((await get(edge)).status).toBe(404)
  })

  test('a client is not told that there is something behind a closed door', async () => {
    const { edge } = await tiers()
    const answers = []
    for (const status of [403, 404]) {
      source.respond = (_, response) => void response.writeHead(status).end()
      answers.push(await edge.get(`/shop/${status}.png`))
    }
    const [closed, missing] = answers.map(({ status, headers, body }) => ({
      status,
      body: body.toString(),
      names: Object.keys(headers).sort(),
    }))
    expect(closed).toEqual(missing)
  })
})

test('a refusal by our own configuration ends with it, also where a cache is kept on disk', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'halftone-test-'))
  const shop = siteOf(source)
  const closed = await node({ dataDir, sources: { shop: { site: shop.site } } })
  expect((await get(closed)).status).toBe(403)
  nodes = []
  await closed.stop()
  const repaired = await node({ dataDir, sources: { shop } })
  expect((await get(repaired)).status).toBe(200)
  rmSync(dataDir, { recursive: true, force: true })
})

/** Seconds as a header, give or take those that a busy machine takes for the test. */
function isNear(field: string | undefined, seconds: number): void {
  expect(Math.abs(Number(field) - seconds)).toBeLessThan(20)
}
