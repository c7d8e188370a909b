// One picture's journey through the whole CDN in one process, as a browser sees it.
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sign } from '../../edge/signature.ts'
import { aClock } from '../clocks.ts'
import { aNode, aSource, type Node, type SourceServer, siteOf, times } from './cdn.ts'

const modern = { accept: 'image/avif,image/webp,*/*' }
const webpOnly = { accept: 'image/webp,*/*' }
const key = 'a-key-of-sixteen+'

let source: SourceServer
let cdn: Node
const clock = aClock()

beforeAll(async () => {
  source = await aSource(
    {
      '/photo.jpg': await sharp({
        create: {
          width: 1200,
          height: 800,
          channels: 3,
          background: '#369',
          noise: { type: 'gaussian', mean: 128, sigma: 20 },
        },
      })
        // Of noise alone a JPEG is smaller than a WebP, and then it is what goes out.
        .blur(4)
        .jpeg()
        .toBuffer(),
      '/logo.png': await sharp({
        create: { width: 300, height: 300, channels: 4, background: { r: 255, g: 0, b: 0, alpha: 0.5 } },
      })
        .png()
        .toBuffer(),
      '/dance.gif': await animation(),
      '/placeholder.png': await sharp({
        create: { width: 200, height: 200, channels: 3, background: '#eee' },
      })
        .png()
        .toBuffer(),
      '/text.jpg': Buffer.from('<!doctype html><title>404</title>'),
    },
    clock,
  )
  source.cacheControl = 'public, max-age=3600'
  const site = siteOf(source)
  cdn = await aNode({
    // The first answer is the searched one.
    betterLater: false,
    clock,
    sources: {
      shop: site,
      signed: { ...site, keys: [key] },
      kind: { ...site, fallback: '/shop/placeholder.png' },
      preset: { ...site, defaults: 'w=100&auto=format' },
    },
  })
})

afterAll(async () => {
  await cdn.stop()
  await source.stop()
})

async function animation(): Promise<Buffer> {
  const frames = await Promise.all(
    times(4, (i) =>
      sharp({
        create: { width: 60, height: 40, channels: 4, background: { r: i * 60, g: 0, b: 0, alpha: 1 } },
      })
        .png()
        .toBuffer(),
    ),
  )
  return sharp(frames, { join: { animated: true } })
    .gif({ delay: 100 })
    .toBuffer()
}

describe('q=auto', () => {
  test('tells what it found, also from memory, and only where it looked', async () => {
    for (const times of [1, 2]) {
      const { status, headers } = await cdn.get('/shop/photo.jpg?w=300&q=auto&fm=webp')
      expect([times, status]).toEqual([times, 200])
      expect(Number(headers['halftone-quality'])).toBeGreaterThan(19)
      expect(Number(headers['halftone-score'])).toBeGreaterThan(70)
    }
    const { headers } = await cdn.get('/shop/photo.jpg?w=300&fm=webp')
    expect(headers).not.toHaveProperty('halftone-quality')
  })
})

describe('format negotiation', () => {
  test.each([
    ['a modern browser gets AVIF', '/shop/photo.jpg?w=320&auto=format', modern, 'image/avif'],
    ['an older one WebP', '/shop/photo.jpg?w=320&auto=format', webpOnly, 'image/webp'],
    ['curl gets the JPEG it is', '/shop/photo.jpg?w=320&auto=format', {}, 'image/jpeg'],
    ['transparency survives for curl', '/shop/logo.png?w=100&auto=format', {}, 'image/png'],
    ['an animation is never an AVIF film strip', '/shop/dance.gif?w=30&auto=format', modern, 'image/webp'],
    [
      'without WebP it stays a GIF',
      '/shop/dance.gif?w=30&auto=format',
      { accept: 'image/avif' },
      'image/gif',
    ],
    ['an explicit format is not negotiated', '/shop/photo.jpg?w=320&fm=png', modern, 'image/png'],
    ['nothing asked, nothing changed', '/shop/photo.jpg?w=320', modern, 'image/jpeg'],
  ])('%s', async (_, path, headers, type) => {
    const answer = await cdn.get(path, headers)
    expect([answer.status, answer.headers['content-type']]).toEqual([200, type])
    const { width, pages = 1, format } = await sharp(answer.body).metadata()
    expect(width).toBe(Number(/w=(\d+)/.exec(path)?.[1]))
    expect(format === 'heif' ? 'avif' : format).toBe(type.slice(6))
    if (path.includes('dance')) expect(pages).toBe(4)
  })

  test('negotiable answers vary on Accept, also as 304; others do not', async () => {
    const { headers } = await cdn.get('/shop/photo.jpg?w=320&auto=format', modern)
    expect(headers.vary).toBe('Accept')
    const again = await cdn.get('/shop/photo.jpg?w=320&auto=format', {
      ...modern,
      'if-none-match': headers.etag ?? '',
    })
    expect([again.status, again.headers.vary, again.body.length]).toEqual([304, 'Accept', 0])
    expect((await cdn.get('/shop/photo.jpg?w=320')).headers.vary).toBeUndefined()
  })

  test('hints named by ch steer the size and are in Vary', async () => {
    const answer = await cdn.get('/shop/photo.jpg?w=50&ch=width,save-data', {
      'sec-ch-width': '300',
      'save-data': 'on',
    })
    expect((await sharp(answer.body).metadata()).width).toBe(328)
    expect(answer.headers.vary).toContain('Sec-CH-Width')
    expect(answer.headers.vary).toContain('Save-Data')
  })

  test('facts instead of a picture', async () => {
    const answer = await cdn.get('/shop/dance.gif?fm=json')
    expect(answer.headers['content-type']).toContain('application/json')
    expect(JSON.parse(answer.body.toString())).toMatchObject({
      format: 'gif',
      width: 60,
      height: 40,
      pages: 4,
      animated: true,
    })
  })
})

describe('one picture has one key', () => {
  test('however it is written', async () => {
    await cdn.get('/shop/photo.jpg?w=222&h=100&fit=crop')
    const spellings = [
      '/shop/photo.jpg?h=100&fit=crop&w=222',
      '/shop/photo.jpg?FIT=CROP&H=100&W=222',
      '/shop/photo.jpg?w=222&w=9&h=100&fit=crop&utm_source=x&ixlib=js-1',
      '/shop/%70hoto.jpg?w=111&h=50&dpr=2&fit=crop',
      '/shop/photo%2Ejpg?width=222&height=100&f=crop',
    ]
    for (const path of spellings) expect((await cdn.get(path)).tiers.at(-1)).toMatch(/^halftone-edge; hit/)
  })
})

describe('a hit', () => {
  test('is answered with everything a browser wants to know', async () => {
    const first = await cdn.get('/shop/photo.jpg?w=400')
    const hit = await cdn.get('/shop/photo.jpg?w=400')
    expect(hit.status).toBe(200)
    expect(hit.body.equals(first.body)).toBe(true)
    expect(hit.tiers).toEqual([expect.stringMatching(/^halftone-edge; hit; ttl=\d+$/)])
    expect(hit.headers).toMatchObject({
      'content-type': 'image/jpeg',
      'content-length': String(first.body.length),
      etag: expect.stringMatching(/^"[\w-]{22}"$/),
      age: expect.stringMatching(/^\d+$/),
      'accept-ranges': 'bytes',
      'access-control-allow-origin': '*',
      'x-content-type-options': 'nosniff',
      'cache-control': expect.stringMatching(/^public, max-age=\d+/),
      'cdn-cache-control': expect.stringContaining('stale-while-revalidate'),
    })
  })

  test('and the first answer names every tier and what took how long', async () => {
    const { tiers, headers } = await cdn.get('/shop/photo.jpg?w=401')
    expect(tiers.map((tier) => tier.split(';')[0])).toEqual([
      'halftone-origin',
      'halftone-shield',
      'halftone-edge',
    ])
    expect(headers['server-timing']).toContain('render;dur=')
  })

  test('HEAD has the headers and no body', async () => {
    const whole = await cdn.get('/shop/photo.jpg?w=400')
    const head = await cdn.get('/shop/photo.jpg?w=400', {}, 'HEAD')
    expect([head.status, head.body.length, head.headers['content-length']]).toEqual([
      200,
      0,
      String(whole.body.length),
    ])
    const cold = await cdn.get('/shop/photo.jpg?w=402', {}, 'HEAD')
    expect([cold.status, cold.body.length, Number(cold.headers['content-length']) > 1000]).toEqual([
      200,
      0,
      true,
    ])
  })

  test.each([
    ['bytes=0-99', 206, 0, 100],
    ['bytes=100-', 206, 100, undefined],
    ['bytes=-50', 206, -50, undefined],
    ['bytes=99999999-', 416, 0, 0],
  ])('range %s', async (range, status, start, end) => {
    const whole = await cdn.get('/shop/photo.jpg?w=400')
    const part = await cdn.get('/shop/photo.jpg?w=400', { range })
    expect(part.status).toBe(status)
    if (status === 206) expect(part.body.equals(whole.body.subarray(start, end))).toBe(true)
  })

  test('grows old: Age and ttl tell so, and past its freshness it is asked for again', async () => {
    const first = await cdn.get('/shop/photo.jpg?w=403')
    clock.forward(100)
    const later = await cdn.get('/shop/photo.jpg?w=403')
    expect(Number(later.headers.age)).toBeGreaterThanOrEqual(100)
    expect(Number(/ttl=(\d+)/.exec(later.tiers[0] ?? '')?.[1])).toBeLessThanOrEqual(3500)
    clock.forward(3600)
    const stale = await cdn.get('/shop/photo.jpg?w=403')
    expect(stale.tiers.at(-1)).toMatch(/^halftone-edge; hit; ttl=-\d+/)
    expect(stale.body.equals(first.body)).toBe(true)
  })
})

describe('what is refused', () => {
  test.each([
    ['/shop/photo.jpg?w=0', 400, 'bad-option', 'w'],
    ['/shop/photo.jpg?w=99999', 400, 'bad-option', 'w'],
    ['/shop/photo.jpg?fit=squash', 400, 'bad-option', 'fit'],
    ['/shop/photo.jpg?upscale=true', 400, 'bad-option', 'upscale'],
    ['/shop/../../etc/passwd', 400, 'bad-address', undefined],
    ['/shop/%2e%2e/secret.jpg', 400, 'bad-address', undefined],
    ['/shop/a%00.jpg', 400, 'bad-address', undefined],
    ['/nowhere/photo.jpg', 404, 'unknown-source', undefined],
    ['/shop/missing.jpg', 404, 'source-missing', undefined],
    ['/shop/text.jpg', 415, 'source-unsupported', undefined],
    ['/signed/photo.jpg?w=10', 403, 'bad-signature', 's'],
  ])('%s is %i %s', async (path, status, kind, option) => {
    const { status: got, headers, body } = await cdn.get(path)
    expect([got, headers['content-type']]).toEqual([status, 'application/problem+json'])
    const problem = JSON.parse(body.toString())
    expect(problem).toMatchObject({ type: `urn:halftone:problem:${kind}`, status })
    expect(problem.option).toBe(option)
    expect(problem.detail.length).toBeGreaterThan(10)
  })

  test('other methods', async () => {
    const { status, headers } = await cdn.get('/shop/photo.jpg', {}, 'POST')
    expect([status, headers.allow]).toEqual([405, 'GET, HEAD, OPTIONS'])
  })

  test('a preflight is answered', async () => {
    const { status, headers } = await cdn.get('/shop/photo.jpg', { origin: 'https://a.example' }, 'OPTIONS')
    expect([status, headers['access-control-allow-origin']]).toEqual([204, '*'])
  })

  test('a missing picture is asked for once in a while, not on every request', async () => {
    const before = source.requests.length
    for (const _ of times(5, () => 0)) expect((await cdn.get('/shop/gone.jpg')).status).toBe(404)
    expect(source.requests.length - before).toBe(1)
  })
})

describe('signed links', () => {
  const signing = { scheme: 'hmac-sha256' as const, keys: [key] }

  test('are answered, also from the fast path', async () => {
    const path = sign('/signed/photo.jpg?w=120', signing)
    expect((await cdn.get(path)).status).toBe(200)
    expect((await cdn.get(path)).tiers.at(-1)).toMatch(/hit/)
    expect((await cdn.get(path.replace('120', '121'))).status).toBe(403)
  })

  test('end when they say so, even while the picture is fresh', async () => {
    const expires = Math.floor(clock.now() / 1000) + 60
    const path = sign(`/signed/photo.jpg?w=120&expires=${expires}`, signing)
    const first = await cdn.get(path)
    expect([first.status, first.headers['cache-control']]).toEqual([200, 'private, no-cache'])
    expect(first.headers['cdn-cache-control']).toBeUndefined()
    clock.forward(61)
    expect((await cdn.get(path)).status).toBe(404)
  })
})

describe('fallback and defaults', () => {
  test('a picture that cannot be made is replaced, in the size asked for; the status stays true', async () => {
    const answer = await cdn.get('/kind/missing.jpg?w=50&fm=png')
    expect([answer.status, answer.headers['content-type'], answer.headers['halftone-fallback']]).toEqual([
      404,
      'image/png',
      'source-missing',
    ])
    expect((await sharp(answer.body).metadata()).width).toBe(50)
  })

  test("a wrong option is its author's to see", async () => {
    expect((await cdn.get('/kind/missing.jpg?w=x')).headers['content-type']).toBe('application/problem+json')
  })

  test("a source's defaults apply where the URL is silent", async () => {
    const answer = await cdn.get('/preset/photo.jpg', modern)
    expect([answer.headers['content-type'], (await sharp(answer.body).metadata()).width]).toEqual([
      'image/webp', // for so few pixels AVIF's frame alone is larger
      100,
    ])
    expect((await sharp((await cdn.get('/preset/photo.jpg?w=80', modern)).body).metadata()).width).toBe(80)
  })
})

describe('operation', () => {
  test('healthz, readyz and metrics answer', async () => {
    expect((await cdn.get('/healthz')).status).toBe(200)
    expect((await cdn.get('/readyz')).status).toBe(200)
    const metrics = (await cdn.get('/metrics')).body.toString()
    for (const name of [
      'halftone_requests_total{tier="edge",outcome="hit"}',
      'halftone_requests_total{tier="shield"',
      'halftone_requests_total{tier="origin"',
      'halftone_render_seconds_count{format="avif"}',
      'halftone_queue_waiting',
      'halftone_cache_edge_memory_bytes',
      'halftone_hit_bytes_total{tier="edge"}',
    ])
      expect(metrics).toContain(name)
  })
})
