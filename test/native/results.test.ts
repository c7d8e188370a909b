// What was optimised can be found again, by its own project alone; the pictures can be fetched until they expire.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { jpeg, png, svg } from '../pictures.ts'
import { aServer, type Key, type Server } from './server.ts'

let server: Server
let second: Key
let ids: string[]

beforeAll(async () => {
  server = await aServer()
  second = await server.keyWith(['optimise'])
  const [photo, drawing] = await Promise.all([jpeg({ width: 320, height: 200 }), png()])
  const asked = [
    ['?mode=lossless', photo, server.key],
    ['?quality=50', photo, second],
    ['?level=high', drawing, server.key],
    ['?max_bytes=20000', photo, second],
    ['?format=webp', photo, server.key],
  ] as const
  ids = []
  for (const [query, body, key] of asked)
    ids.push((await server.call('POST', `/v1/optimize${query}`, { body, key })).json().id)
})
afterAll(() => server?.stop())

const find = async (query: string, key = server.key) => {
  const { status, json, headers } = await server.call('GET', `/v1/results${query}`, { key })
  const { items, next } = json()
  return { status, items, next, headers, which: items?.map((one: { id: string }) => ids.indexOf(one.id)) }
}

describe('the search', () => {
  test.each([
    ['', [4, 3, 2, 1, 0]],
    ['?mode=lossless', [0]],
    ['?mode=max-bytes', [3]],
    ['?source_format=png', [2]],
    ['?format=webp', [4]],
    ['?level=high', [2]],
    ['?user=bob', [3, 1]],
    ['?user=nobody', []],
    ['?source_format=jpeg&mode=lossy', [4]],
    ['?has_icc=true', []],
    ['?created_below=2026-01-01', []],
    ['?created_from=2026-01-01T00:00:00Z&limit=2', [4, 3]],
    ['?source_bytes_from=1&source_bytes_below=2', []],
    ['?score_from=-1000&mode=lossless', []],
  ])('%s', async (query, wanted) => {
    expect((await find(query)).which).toEqual(wanted)
  })

  test('by key, of this project only', async () => {
    expect((await find(`?key=${second.id}`)).which).toEqual([3, 1])
    const rival = await server.keyWith(['*'], 'rival')
    expect((await find('', rival)).which).toEqual([])
    expect((await find(`?key=${second.id}`, rival)).which).toEqual([])
    expect((await server.call('GET', `/v1/results/${ids[0]}`, { key: rival })).status).toBe(404)
  })

  test('is not confused by a user of the same name elsewhere, and its pages are full all the same', async () => {
    const rival = await server.keyWith(['*'], 'namesakes')
    for (let i = 0; i < 3; i++) await server.call('POST', '/v1/optimize', { body: await jpeg(), key: rival })
    expect((await find('?user=bob&limit=2')).which).toEqual([3, 1])
    expect((await find('?limit=2')).which).toEqual([4, 3])
    const own = await find('?limit=2', rival)
    expect([own.items.length, own.which]).toEqual([2, [-1, -1]])
    expect(own.items.every((one: { key: string }) => one.key === rival.id)).toBe(true)
  })

  test('is in order over more users than are looked at together', async () => {
    const made: string[] = []
    const body = await png()
    let key = server.key
    for (let i = 0; i < 10; i++) {
      const wanted = { project: 'crowd', user: `user ${i}`, scopes: ['optimise'] }
      const created = await server.parts.accounts.create(wanted)
      key = { id: created.key.id, secret: created.secret }
      made.unshift((await server.call('POST', '/v1/optimize', { body, key })).json().id)
    }
    const seen: string[] = []
    let at: string | null = ''
    for (let pages = 0; at !== null && pages < 10; pages++) {
      const { items, next }: { items: { id: string }[]; next: string | null } = await find(
        `?limit=3${at && `&cursor=${at}`}`,
        key,
      )
      seen.push(...items.map(({ id }) => id))
      at = next
    }
    expect([seen, at]).toEqual([made, null])
  })

  test('shows each row once, over all keys, page by page', async () => {
    const seen: number[] = []
    let at = '?limit=2'
    for (let pages = 0; at !== '' && pages < 5; pages++) {
      const { which, headers, next } = await find(at)
      seen.push(...which)
      const link = /<(\?[^>]+)>; rel="next"/.exec(String(headers.link ?? ''))?.[1]
      expect(link === undefined).toBe(next === null)
      at = link ?? ''
    }
    expect(seen).toEqual([4, 3, 2, 1, 0])
  })

  test.each([
    ['?cursor=made-up', 'cursor'],
    ['?created_from=yesterday', 'created_from'],
    ['?limit=0', 'limit'],
    ['?formats=webp', 'formats'],
    ['?has_icc=perhaps', 'has_icc'],
  ])('%s is refused', async (query, option) => {
    const { status, json } = await server.call('GET', `/v1/results${query}`)
    expect([status, json().option]).toEqual([400, option])
  })
})

describe('a stored result', () => {
  const put = async (body: Uint8Array, query = ''): Promise<string> =>
    new URL((await server.call('POST', `/v1/optimize${query}`, { body })).json().url).pathname
  const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    server.call(method, path, { headers, key: null })

  test('is shown by pages of any origin, also in what it refuses', async () => {
    const path = await put(await jpeg())
    const open = { 'access-control-allow-origin': '*', 'cross-origin-resource-policy': 'cross-origin' }
    expect((await get(path)).headers).toMatchObject(open)
    expect((await get(path.replace(/[^/]+$/, 'other.jpg'))).headers).toMatchObject(open)
    const preflight = await server.ask('OPTIONS', path, {
      key: null,
      headers: { origin: 'https://a.example' },
    })
    expect([preflight.status, preflight.headers]).toMatchObject([
      204,
      { ...open, 'access-control-allow-methods': 'GET, HEAD, OPTIONS' },
    ])
    const posted = await server.ask('POST', path, { key: null })
    expect([posted.status, posted.headers.allow]).toEqual([405, 'GET, HEAD, OPTIONS'])
    const asking = await server.ask('OPTIONS', '/v1/files', { key: null })
    expect([asking.status, asking.headers['access-control-allow-origin']]).toEqual([405, undefined])
  })

  test('comes whole, in part, or not again', async () => {
    const path = await put(await jpeg({ width: 320, height: 200 }))
    const whole = await get(path)
    const size = whole.body.length
    expect(whole.headers).toMatchObject({
      'content-length': String(size),
      'content-disposition': 'inline; filename="file.jpg"',
      'x-content-type-options': 'nosniff',
      'cache-control': expect.stringMatching(/^private, max-age=\d+, immutable$/),
      'accept-ranges': 'bytes',
    })
    const etag = String(whole.headers.etag)
    for (const [range, from, to] of [
      ['bytes=0-9', 0, 9],
      ['bytes=10-', 10, size - 1],
      ['bytes=-5', size - 5, size - 1],
      [`bytes=5-${size * 2}`, 5, size - 1],
    ] as const) {
      const part = await get(path, { range })
      expect([part.status, part.headers['content-range']]).toEqual([206, `bytes ${from}-${to}/${size}`])
      expect(part.body).toEqual(whole.body.subarray(from, to + 1))
    }
    for (const range of ['bytes=0-1,4-5', 'bytes=9-3', 'lines=1-2', 'bytes=-'])
      expect((await get(path, { range })).status).toBe(200)
    const beyond = await get(path, { range: `bytes=${size}-` })
    expect([beyond.status, beyond.headers['content-range']]).toEqual([416, `bytes */${size}`])
    expect(beyond.type).toBe('application/problem+json')
    expect(beyond.json()).toMatchObject({ type: 'urn:halftone:problem:bad-range', status: 416 })
    expect((await get(path, { range: 'bytes=0-9', 'if-range': '"other"' })).status).toBe(200)
    for (const known of [etag, `"other", ${etag}`, `W/${etag}`, '*'])
      expect((await get(path, { 'if-none-match': known })).status).toBe(304)
    expect((await get(path, { 'if-none-match': '"other"' })).status).toBe(200)
    const head = await server.ask('HEAD', path, { key: null })
    expect([head.status, head.headers['content-length'], head.body.length]).toEqual([200, String(size), 0])
  })

  test('that is an SVG runs nothing in a browser', async () => {
    const { type, headers } = await get(await put(svg(), '?mode=lossless'))
    expect(type).toBe('image/svg+xml')
    expect(headers['content-security-policy']).toMatch(/default-src 'none'.*sandbox/)
  })

  test('goes when its hour has come, and its record stays', async () => {
    const { id, url } = (await server.call('POST', '/v1/optimize', { body: await jpeg() })).json()
    const available = async () => (await server.call('GET', `/v1/results/${id}`)).json().is_available
    expect(await available()).toBe(true)
    server.clock.ahead = 2.5 * 3_600_000
    expect((await get(new URL(url).pathname)).status).toBe(404)
    expect(await available()).toBe(false)
    server.clock.ahead = 0
  })

  test('of the page lives longer', async () => {
    const { expires } = (
      await server.call('POST', '/v1/optimize?retention=page', { body: await jpeg() })
    ).json()
    expect(Date.parse(expires) - Date.now()).toBeGreaterThan(11 * 3_600_000)
  })

  test.each([
    '/results/x',
    '/results/ff/ff/ff/00/0/../../../../records.db',
    '/results/ff/ff/ff/%2e%2e/%2e%2e/%2e%2e/%2e%2e/results/records.db',
    '/results/ff/ff/ff/00/..%2f..%2f..%2f..%2f..%2frecords.db',
    '/results/ff/ff/ff/%00/x',
    '/results/ff/ff/ff/%ff/x',
    `/results/ff/ff/ff/${'a'.repeat(300)}/x`,
    '/results/00/00/01/00/x/cat.jpg',
  ])('is not at %s', async (path) => {
    const { status, body } = await server.ask('GET', path, { key: null })
    expect([status, JSON.parse(body.toString()).type]).toEqual([404, 'urn:halftone:problem:not-found'])
  })
})
