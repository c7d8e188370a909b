// nginx in front of two edges: what it keeps, what it refuses by itself, what it forgets, and what it does without them.

import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { request } from 'node:http'
import { connect as connectHttp2 } from 'node:http2'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sign } from '../../edge/signature.ts'
import { pictureTarget } from '../../purging/index.ts'
import { type Answered, times } from '../journeys/cdn.ts'
import { jpeg } from '../pictures.ts'
import { freePort } from '../servers/ports.ts'
import { type Behind, signingKey, startBehind } from './behind.ts'
import { nginxMissing, tierSecret } from './front.ts'

const statusAlone = (url: string): Promise<number> =>
  new Promise((resolve, reject) => {
    request(url, { agent: false }, (response) => {
      response.on('error', reject).resume()
      response.on('end', () => resolve(response.statusCode ?? 0))
    })
      .on('error', reject)
      .end()
  })

const statusOf = ({ headers }: Answered): string => headers['cache-status']?.split(', ').at(-1) ?? ''
const isHit = (answer: Answered): boolean => statusOf(answer) === 'halftone-nginx; hit'

describe.skipIf(nginxMissing)(`nginx in front${nginxMissing ? `: ${nginxMissing}` : ''}`, () => {
  let behind: Behind
  let red: Buffer
  let blue: Buffer
  let httpsPort: number

  beforeAll(async () => {
    red = await jpeg({ width: 320, height: 200 })
    blue = await jpeg({ width: 200, height: 320 })
    httpsPort = await freePort()
    behind = await startBehind(Object.fromEntries(times(40, (i) => [`/p${i}.jpg`, red])), {
      https: [`127.0.0.1:${httpsPort}`],
    })
    behind.source.cacheControl = 'public, max-age=3600'
  })
  afterAll(() => behind?.close())

  const get = (path: string, headers?: Record<string, string>) => behind.front.get(path, headers)

  /** From when on what comes is kept. */
  const untilReady = () => expect.poll(async () => isHit(await get('/shop/p0.jpg?w=11'))).toBe(true)

  test('keeps a picture, and says so', async () => {
    await untilReady()
    const first = await get('/shop/p1.jpg?w=64&auto=format', { accept: 'image/webp', 'request-id': 'mine' })
    const second = await get('/shop/p1.jpg?w=64&auto=format', { accept: 'image/webp' })
    expect(first.status).toBe(200)
    expect(first.headers['request-id']).toBe('mine')
    expect(statusOf(first)).toBe('halftone-nginx; fwd=uri-miss')
    expect(first.tiers[0]).toMatch(/^halftone-/)
    expect(second.headers['cache-status']).toBe('halftone-nginx; hit')
    expect(second.body.equals(first.body)).toBe(true)
    expect(second.headers).toMatchObject({
      vary: 'Accept',
      'content-type': 'image/webp',
      etag: first.headers.etag,
    })
    expect(Number(second.headers.age)).toBeLessThan(60)
    expect(second.headers['request-id']).toMatch(/^[0-9a-f]{32}$/)
    expect(second.headers['x-accel-expires']).toBeUndefined()
  })

  test('answers conditions and ranges of what it keeps', async () => {
    const whole = await get('/shop/p1.jpg?w=48')
    const again = await get('/shop/p1.jpg?w=48', { 'if-none-match': whole.headers.etag ?? '' })
    const part = await get('/shop/p1.jpg?w=48', { range: 'bytes=2-5' })
    expect([again.status, isHit(again)]).toEqual([304, true])
    expect([part.status, part.body.equals(whole.body.subarray(2, 6))]).toEqual([206, true])
  })

  test('has one entry for equal requests, and another for each class of formats', async () => {
    const before = await behind.asked()
    const spellings = [
      'w=72&q=70&auto=format',
      'auto=format&utm_source=mail&q=70&W=72',
      'width=72&auto=format&q=70&fbclid=x',
    ]
    const accepts = [
      'image/avif,image/webp,*/*;q=0.8',
      'image/webp,image/avif',
      'IMAGE/AVIF, image/webp;q=0.9',
    ]
    const answers: Answered[] = []
    for (const query of spellings)
      for (const accept of accepts) answers.push(await get(`/shop/p2.jpg?${query}`, { accept }))
    expect(answers.map(isHit)).toEqual([false, ...times(8, () => true)])
    expect((await behind.asked()) - before).toBe(1)
    const basic = await get('/shop/p2.jpg?w=72&q=70&auto=format', { accept: '*/*' })
    expect([basic.headers['content-type'], isHit(basic)]).toEqual(['image/jpeg', false])
  })

  test('heeds client hints where the address asks for them', async () => {
    const width = async (hint: string) => (await get('/shop/p2.jpg?ch=Width&fm=json', { width: hint })).status
    expect(await width('100')).toBe(200)
    const small = await get('/shop/p2.jpg?ch=Width', { 'sec-ch-width': '98' })
    const near = await get('/shop/p2.jpg?ch=Width', { width: '99' })
    const large = await get('/shop/p2.jpg?ch=Width', { width: '200' })
    expect([isHit(small), isHit(near), isHit(large)]).toEqual([false, true, false])
    expect(small.headers.vary).toBe('Sec-CH-Width, Width')
    expect(large.body.equals(small.body)).toBe(false)
  })

  test('asks once for what many want at once', async () => {
    const before = await behind.asked()
    const answers = await Promise.all(times(30, () => get('/shop/p3.jpg?w=100&blur=20')))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect((await behind.asked()) - before).toBe(1)
  })

  test('answers a signed address, and one of its keys spelled otherwise from the same entry', async () => {
    for (const [source, scheme] of [
      ['locked', 'hmac-sha256'],
      ['imgix', 'imgix-md5'],
    ] as const) {
      const signed = (target: string) => sign(target, { scheme, keys: [signingKey] })
      expect((await get(signed(`/${source}/p4.jpg?w=50&h=40`))).status).toBe(200)
      expect(isHit(await get(signed(`/${source}/p4.jpg?h=40&w=50`)))).toBe(true)
    }
  })

  test.each([
    ['an unsigned address', '/locked/p4.jpg?w=50', 403],
    ['a wrong signature', '/locked/p4.jpg?w=50&s=nonsense', 403],
    ['an unknown source', '/nobody/p4.jpg', 404],
    ['a path that leaves its source', '/shop/..%2Fp4.jpg', 400],
    ['a path too long', `/shop/${'x'.repeat(4100)}`, 400],
    ['an address too long', `/shop/p4.jpg?${'x'.repeat(8200)}`, 414],
  ])('refuses %s as an edge does', async (_, path, status) => {
    const answer = await get(path)
    const edge = await behind.edges[0]?.get(path)
    expect(answer.status).toBe(status)
    expect(edge?.status).toBe(status)
    const said = JSON.parse(answer.body.toString())
    const known = JSON.parse(edge?.body.toString() ?? '')
    expect({ ...said, detail: '' }).toEqual({ ...known, detail: '' })
    for (const name of ['content-type', 'cache-control'])
      expect(answer.headers[name]).toBe(edge?.headers[name])
  })

  test('never keeps a link that expires, and refuses it afterwards', async () => {
    const signing = { scheme: 'hmac-sha256', keys: [signingKey] } as const
    const valid = sign(`/locked/p5.jpg?w=50&expires=${Math.floor(Date.now() / 1000) + 600}`, signing)
    for (const _ of [1, 2]) {
      const answer = await get(valid)
      expect([answer.status, isHit(answer)]).toEqual([200, false])
      expect(answer.headers['cache-control']).toBe('private, no-cache')
    }
    expect((await get(sign('/locked/p5.jpg?w=50&expires=1000000000', signing))).status).toBe(404)
  })

  test('never keeps what its source calls private, or fm=original', async () => {
    behind.source.cacheControl = 'private, max-age=600'
    for (const _ of [1, 2]) expect(isHit(await get('/shop/p6.jpg?w=50'))).toBe(false)
    behind.source.cacheControl = 'public, max-age=3600'
    for (const _ of [1, 2]) expect(isHit(await get('/shop/p7.jpg?fm=original'))).toBe(false)
    const part = await get('/shop/p7.jpg?fm=original', { range: 'bytes=0-3' })
    expect([part.status, part.body.length]).toEqual([206, 4])
  })

  test('lets other methods, languages and pages by', async () => {
    expect((await behind.front.get('/shop/p1.jpg', {}, 'OPTIONS')).status).toBe(204)
    expect((await behind.front.get('/shop/p1.jpg', {}, 'POST')).status).toBe(405)
    expect((await get('/healthz')).status).toBe(200)
    // Another host: whatever its addresses mean, they are for the edge to read.
    const elsewhere = () => get('/shop/p1.jpg?w=64', { host: 'site.example' })
    for (const _ of [1, 2]) expect(isHit(await elsewhere())).toBe(false)
    expect((await get('/11111111-2222-3333-4444-555555555555/-/preview/64x64/')).status).toBe(404)
  })

  test('a head is answered from what is kept', async () => {
    const { length } = (await get('/shop/p1.jpg?w=64')).body
    const head = await behind.front.get('/shop/p1.jpg?w=64', {}, 'HEAD')
    expect([head.status, isHit(head), head.body.length, head.headers['content-length']]).toEqual([
      200,
      true,
      0,
      String(length),
    ])
  })

  test('speaks HTTP/2 over TLS', async () => {
    const session = connectHttp2(`https://127.0.0.1:${httpsPort}`, { rejectUnauthorized: false })
    try {
      const stream = session.request({ ':path': '/shop/p1.jpg?w=64' })
      const [headers] = await once(stream, 'response')
      expect(headers[':status']).toBe(200)
      stream.resume()
      await once(stream, 'end')
    } finally {
      session.close()
    }
  })

  const colour = async (path: string) =>
    (await get(path)).body.equals(wasRed.get(path) ?? Buffer.alloc(0)) ? 'old' : 'new'
  const wasRed = new Map<string, Buffer>()
  const remember = async (path: string) => {
    wasRed.set(path, (await get(path)).body)
    expect(isHit(await get(path))).toBe(true)
  }

  test.each([
    ['its picture', 10, () => ({ target: pictureTarget('shop', 'p10.jpg'), isSoft: false })],
    [
      'its address',
      11,
      () => ({ target: { kind: 'address', value: '/shop/p11.jpg?w=60&rev=3' }, isSoft: false }),
    ],
    ['a prefix', 12, () => ({ target: { kind: 'prefix', value: '/shop/p12' }, isSoft: false })],
    ['its source', 13, () => ({ target: { kind: 'key', value: 'shop' }, isSoft: false })],
    ['an unknown key', 14, () => ({ target: { kind: 'key', value: 'campaign-7' }, isSoft: false })],
    ['everything', 15, () => ({ target: { kind: 'everything' }, isSoft: false })],
  ])('forgets a picture purged by %s, after the acknowledgement', async (_, i, purgeOf) => {
    const path = `/shop/p${i}.jpg?w=60`
    const beside = `/shop/p3${i - 10}.jpg?w=60`
    await remember(path)
    await remember(beside)
    behind.source.pictures[`/p${i}.jpg`] = blue
    // An edge knows the keys of what it has; the picture has only its own.
    await behind.purgeEdges([{ target: pictureTarget('shop', `p${i}.jpg`), isSoft: false }])
    expect(await colour(path)).toBe('old')
    expect(await behind.front.purge([purgeOf()])).toBe(200)
    expect(await colour(path)).toBe('new')
    if (i < 13) expect(isHit(await get(beside))).toBe(true)
  })

  test('purges come by POST, with the secret, as a list', async () => {
    const url = `${behind.front.url}/-/purge`
    const headers = { 'halftone-secret': tierSecret }
    const body = JSON.stringify([{ target: { kind: 'everything' }, isSoft: false }])
    const statusOf = async (options: RequestInit) => (await fetch(url, options)).status
    expect(await statusOf({ method: 'POST', headers: { 'halftone-secret': 'another' }, body })).toBe(403)
    expect(await statusOf({ method: 'POST', body })).toBe(403)
    expect(await statusOf({ headers })).toBe(405)
    for (const wrong of [
      '',
      '{}',
      '[1]',
      '[{"target":{"kind":"all"},"isSoft":false}]',
      '[{"target":{"kind":"key"},"isSoft":false}]',
    ])
      expect(await statusOf({ method: 'POST', headers, body: wrong })).toBe(400)
    const answer = await fetch(url, { method: 'POST', headers, body })
    expect(await answer.json()).toEqual([{ part: 'nginx', at: expect.any(Number) }])
  })

  test('a purge that did not reach it is read from the log of the edges', async () => {
    const path = '/shop/p20.jpg?w=60'
    const front = await behind.another(1)
    try {
      await expect.poll(async () => isHit(await front.get(path))).toBe(true)
      const { body } = await front.get(path)
      behind.source.pictures['/p20.jpg'] = blue
      await behind.purgeEdges([{ target: pictureTarget('shop', 'p20.jpg'), isSoft: false }])
      await expect.poll(async () => (await front.get(path)).body.equals(body)).toBe(false)
    } finally {
      await front.close()
    }
  })

  test('after a start it has what was kept, but nothing that was purged meanwhile', async () => {
    const [kept, purged] = ['/shop/p22.jpg?w=60', '/shop/p21.jpg?w=60']
    await remember(kept)
    await remember(purged)
    await behind.front.stop()
    behind.source.pictures['/p21.jpg'] = blue
    await behind.purgeEdges([{ target: pictureTarget('shop', 'p21.jpg'), isSoft: false }])
    const before = await behind.asked()
    await behind.front.again()
    for (const _ of times(20, () => 0)) expect(await colour(purged)).toBe('new')
    await expect.poll(async () => isHit(await get(kept))).toBe(true)
    expect(await colour(kept)).toBe('old')
    // Until the log was read it asked an edge; the picture itself was on the disk all the time.
    expect((await behind.asked()) - before).toBeGreaterThan(0)
  })

  test('a picture that its source removed is gone, though a stale one would be allowed in a failure', async () => {
    behind.source.cacheControl = 'public, max-age=1, stale-if-error=600'
    const path = '/shop/p26.jpg?w=60'
    expect((await get(path)).status).toBe(200)
    delete behind.source.pictures['/p26.jpg']
    await expect.poll(async () => (await get(path)).status).toBe(404)
    behind.source.cacheControl = 'public, max-age=3600'
  })

  test('a picture is served stale in its window, and the new one comes in the background', async () => {
    behind.source.cacheControl = 'public, max-age=1, stale-while-revalidate=600'
    const path = '/shop/p27.jpg?w=60'
    const { body } = await get(path)
    behind.source.pictures['/p27.jpg'] = blue
    const seen: string[] = []
    await expect
      .poll(async () => {
        const answer = await get(path)
        expect(answer.status).toBe(200)
        seen.push(statusOf(answer))
        return answer.body.equals(body)
      })
      .toBe(false)
    expect(seen).toContain('halftone-nginx; hit; detail=stale')
    behind.source.cacheControl = 'public, max-age=3600'
  })

  test('the log of an edge is told to neighbours alone', async () => {
    const url = `${behind.edges[0]?.url}/purge?since=`
    const headers = { 'halftone-secret': tierSecret }
    expect((await fetch(`${url}0`)).status).toBe(403)
    const log = (await (await fetch(`${url}0`, { headers })).json()) as {
      begins: number
      purges: { position: number }[]
    }
    expect(log.begins).toBe(0)
    const newest = log.purges.at(-1)?.position ?? 0
    expect(newest).toBeGreaterThan(0)
    expect(await (await fetch(`${url}${newest}`, { headers })).json()).toEqual({ begins: 0, purges: [] })
  })

  test('no request fails while edges start again in turn, and nginx reads its configuration again', async () => {
    const statuses = new Map<number, number>()
    let goesOn = true
    const asking = times(3, async (lane) => {
      for (let i = 0; goesOn; i++) {
        const path = `/shop/p${(i * 7 + lane) % 20}.jpg?w=${20 + (i % 200)}`
        // Each over a connection of its own: one that is kept open may end under a request, which is its client's to repeat.
        const status = await statusAlone(behind.front.url + path)
        statuses.set(status, (statuses.get(status) ?? 0) + 1)
      }
    })
    const more = () =>
      expect.poll(() => statuses.get(200) ?? 0).toBeGreaterThan((statuses.get(200) ?? 0) + 20)
    for (const edge of behind.edges) {
      await more()
      await edge.end('SIGTERM')
      await more()
      await edge.again()
    }
    behind.front.reload()
    await more()
    goesOn = false
    await Promise.all(asking)
    expect([...statuses.keys()]).toEqual([200])
    await untilReady()
  })

  test('workers that crash come back with all that was kept, and go on watching', async () => {
    const path = '/shop/p28.jpg?w=60'
    await remember(path)
    const before = behind.front.workers()
    for (const pid of before) process.kill(pid, 'SIGKILL')
    const fresh = () => behind.front.workers().filter((pid) => !before.includes(pid)).length
    await expect.poll(fresh).toBe(2)
    await expect.poll(() => get(path).then(isHit, () => false)).toBe(true)
    expect(await behind.front.purge([{ target: pictureTarget('shop', 'p28.jpg'), isSoft: false }])).toBe(200)
    expect(isHit(await get(path))).toBe(false)
  })

  test('an edge that died is passed over', async () => {
    await behind.edges[0]?.end('SIGKILL')
    const answers = await Promise.all(times(9, (i) => get(`/shop/p3${i}.jpg?w=33`)))
    expect(answers.map(({ status }) => status)).toEqual(times(9, () => 200))
  })

  test('without any edge it serves what it has, also stale, and refuses as before', async () => {
    behind.source.cacheControl = 'public, max-age=1, stale-if-error=600'
    const [fresh, soonStale] = ['/shop/p23.jpg?w=60', '/shop/p24.jpg?w=60']
    expect((await get(soonStale)).status).toBe(200)
    behind.source.cacheControl = 'public, max-age=3600'
    await remember(fresh)
    await behind.edges[1]?.end('SIGKILL')
    expect(isHit(await get(fresh))).toBe(true)
    await expect.poll(async () => statusOf(await get(soonStale))).toBe('halftone-nginx; hit; detail=stale')
    expect((await get(soonStale)).status).toBe(200)
    // No edge was there to see these.
    expect((await get('/locked/p4.jpg?w=50&s=nonsense')).status).toBe(403)
    expect((await get('/shop/%2E%2E/a')).status).toBe(400)
    const missing = await get('/shop/p25.jpg?w=61')
    expect([missing.status, missing.headers['content-type']]).toEqual([502, 'application/problem+json'])
  })

  test('no worker crashed, and Lua had no error', () => {
    expect(behind.front.errors()).not.toMatch(
      /signal (?!9\b)\d+|lua entry thread aborted|\[error\].*lua|attempt to/i,
    )
    expect(readdirSync(join(behind.front.cacheFolder, 'pictures')).length).toBeGreaterThan(0)
  })
})
