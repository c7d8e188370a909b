// What a visitor sees while parts of the CDN are gone: what is cached goes on being served, the rest fails clearly and fast.
import { connect } from 'node:net'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { aClock, type Clock } from '../clocks.ts'
import { aNode, aSource, type Node, type NodeOptions, type SourceServer, siteOf, times } from './cdn.ts'

const lives = { staleWhileRevalidateMs: '10s', staleIfErrorMs: '100s', cdnMs: '60s' }

let clock: Clock
let source: SourceServer
let nodes: Node[]

const node = async (options: NodeOptions): Promise<Node> => {
  const made = await aNode({ clock, sources: { shop: siteOf(source) }, ...lives, ...options })
  nodes.push(made)
  return made
}

beforeEach(async () => {
  clock = aClock()
  nodes = []
  const photo = await sharp({ create: { width: 300, height: 200, channels: 3, background: '#852' } })
    .jpeg()
    .toBuffer()
  source = await aSource({ '/photo.jpg': photo }, clock)
})

afterEach(async () => {
  await Promise.all(nodes.map((made) => made.stop()))
  await source.stop()
})

async function threeNodes(options: NodeOptions = {}) {
  const origin = await node({ roles: ['origin'], ...options })
  const shield = await node({ roles: ['shield'], origins: [origin.url], ...options })
  const edge = await node({ roles: ['edge'], shields: [shield.url], ...options })
  return { origin, shield, edge }
}

const gone = async (stopped: Node): Promise<void> => {
  nodes = nodes.filter((other) => other !== stopped)
  await stopped.stop()
}

describe('the origin is gone', () => {
  test('stale pictures are served within their window, then a problem', async () => {
    const { origin, edge } = await threeNodes()
    const fresh = await edge.get('/shop/photo.jpg?w=100')
    expect(fresh.status).toBe(200)
    await gone(origin)
    clock.forward(65)
    expect((await edge.get('/shop/photo.jpg?w=100')).status).toBe(200)
    clock.forward(50)
    const stale = await edge.get('/shop/photo.jpg?w=100')
    expect([stale.status, stale.body.equals(fresh.body)]).toEqual([200, true])
    clock.forward(100)
    const late = await edge.get('/shop/photo.jpg?w=100')
    expect([late.status, late.headers['content-type']]).toEqual([502, 'application/problem+json'])
  })

  test('what was never asked for is a 502 problem, fast', async () => {
    // Whoever waited for a time to be over would wait longer than this test may take.
    const deadlines = { edgeDeadlineMs: '1h', shieldDeadlineMs: '1h', connectMs: '1h' }
    const { origin, edge } = await threeNodes(deadlines)
    await gone(origin)
    const { status, headers } = await edge.get('/shop/photo.jpg?w=101')
    expect([status, headers['content-type']]).toEqual([502, 'application/problem+json'])
  })
})

describe('the shield is gone', () => {
  test('the edge serves what it has and fails clearly for the rest', async () => {
    const { shield, edge } = await threeNodes()
    await edge.get('/shop/photo.jpg?w=100')
    await gone(shield)
    expect((await edge.get('/shop/photo.jpg?w=100')).tiers.at(-1)).toMatch(/^halftone-edge; hit/)
    expect((await edge.get('/shop/photo.jpg?w=102')).status).toBe(502)
    clock.forward(115)
    expect((await edge.get('/shop/photo.jpg?w=100')).status).toBe(200)
  })

  test('another shield takes over', async () => {
    const origin = await node({ roles: ['origin'] })
    const shields = await Promise.all(times(2, () => node({ roles: ['shield'], origins: [origin.url] })))
    const edge = await node({ roles: ['edge'], shields: shields.map(({ url }) => url) })
    await gone(shields[0] as Node)
    const answers = await Promise.all(times(20, (i) => edge.get(`/shop/photo.jpg?w=${50 + i}`)))
    expect(answers.map(({ status }) => status)).toEqual(times(20, () => 200))
  })
})

describe('the source server is gone', () => {
  test('pictures made before are served, and new sizes of a known source are still made', async () => {
    const cdn = await node({})
    await cdn.get('/shop/photo.jpg?w=100')
    source.respond = (_, response) => void response.writeHead(503).end()
    clock.forward(65)
    expect((await cdn.get('/shop/photo.jpg?w=100')).status).toBe(200)
    expect((await cdn.get('/shop/photo.jpg?w=77')).status).toBe(200)
  })

  test('an unknown source is a 502 that names the fault', async () => {
    const cdn = await node({})
    source.respond = (_, response) => void response.writeHead(503).end()
    const { status, body } = await cdn.get('/shop/photo.jpg?w=100')
    expect([status, JSON.parse(body.toString()).type]).toEqual([502, 'urn:halftone:problem:source-failed'])
  })
})

describe('a request that cannot be read', () => {
  const said = (url: string, request: string): Promise<string> =>
    new Promise((resolve, reject) => {
      let answer = ''
      const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.end(request))
      socket.on('data', (chunk) => (answer += chunk)).on('close', () => resolve(answer))
      socket.on('error', reject)
    })

  test.each([
    ['a Host that is none', 'GET /v1/account HTTP/1.1\r\nhost: a b/c\r\nconnection: close\r\n\r\n'],
    [
      'a Host that is none, for a picture',
      'GET /shop/photo.jpg HTTP/1.1\r\nhost: @\r\nconnection: close\r\n\r\n',
    ],
    ['no Host', 'GET /v1/account HTTP/1.1\r\nconnection: close\r\n\r\n'],
    ['no address', 'GET nowhere HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n'],
    ['no protocol', 'GET /\r\n\r\n'],
  ])('%s is told so in a problem document', async (_, request) => {
    const { url } = await node({})
    const [head = '', body = ''] = (await said(url, request)).split('\r\n\r\n')
    expect(head).toMatch(/^HTTP\/1\.1 400 /)
    expect(head).toMatch(/content-type: application\/problem\+json/i)
    expect(JSON.parse(body)).toMatchObject({ type: 'urn:halftone:problem:bad-request', status: 400 })
  })
})

describe('the source picture changes', () => {
  test('and within its freshness the new one is made', async () => {
    const cdn = await node({})
    const before = await cdn.get('/shop/photo.jpg?w=50&fm=png')
    source.pictures['/photo.jpg'] = await sharp({
      create: { width: 300, height: 200, channels: 3, background: '#0f0' },
    })
      .jpeg({ quality: 95 })
      .toBuffer()
    clock.forward(61)
    await cdn.get('/shop/photo.jpg?w=50&fm=png') // stale once, while it is asked for again
    await expect
      .poll(async () => (await cdn.get('/shop/photo.jpg?w=50&fm=png')).headers.etag)
      .not.toBe(before.headers.etag)
  })

  test('an unchanged source is confirmed, not rendered again', async () => {
    const cdn = await node({})
    const before = await cdn.get('/shop/photo.jpg?w=50')
    clock.forward(61)
    await cdn.get('/shop/photo.jpg?w=50')
    await expect.poll(() => source.requests.length).toBe(2)
    await expect.poll(async () => (await cdn.get('/shop/photo.jpg?w=50')).tiers.at(-1)).toMatch(/hit; ttl=\d/)
    expect((await cdn.get('/shop/photo.jpg?w=50')).headers.etag).toBe(before.headers.etag)
    expect(await cdn.metric('halftone_render_seconds_count')).toBe(1)
  })
})
