// Requests as Optidash's clients send them, to the face over real services.
import { createHash } from 'node:crypto'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createOptidash } from '../../api/faces/optidash/index.ts'
import { aDesk, aGallery, aReceiver, type Desk, type Receiver } from '../kraken/desk.ts'
import type { Site } from '../origin/servers.ts'
import { jpeg, png, progressive } from '../pictures.ts'

interface Answer {
  readonly success: boolean
  readonly code: number
  readonly id: string
  readonly message?: string
  readonly input: Record<string, unknown>
  readonly output: Record<string, unknown> & { readonly url: string }
  readonly [more: string]: unknown
}

let desk: Desk
let receiver: Receiver
let gallery: Site
let token: string
const seen: string[] = []
const size = { width: 240, height: 160 }

beforeAll(async () => {
  desk = await aDesk({ create: createOptidash })
  receiver = await aReceiver()
  const pictures = {
    '/cat.jpg': await jpeg(size),
    '/no.txt': Buffer.from('no'),
    '/k%C3%A4tzchen.jpg': await jpeg(size),
  }
  gallery = await aGallery(pictures, seen)
  const key = await desk.key()
  token = `${key.id}.${key.secret}`
})

afterAll(async () => {
  await desk.stop()
  await receiver.close()
  await gallery.close()
})

const basic = (key = token) => `Basic ${Buffer.from(`${key}:`).toString('base64')}`
const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/

const call = (path: string, init: RequestInit = {}) =>
  fetch(`${desk.url}${path}`, { ...init, headers: { authorization: basic(), ...init.headers } })

const get = async (path: string) => (await call(path)).json() as Promise<Answer>

const fetchCall = (options: object, headers: Record<string, string> = {}) =>
  call('/1.0/fetch', {
    method: 'POST',
    body: JSON.stringify({ url: `${gallery.url}/cat.jpg`, ...options }),
    headers: { 'content-type': 'application/json', ...headers },
  })

/** `file` first, then `data`, as the client for Node does. */
function uploadCall(
  picture: Buffer | undefined,
  options: object | undefined,
  headers: Record<string, string> = {},
) {
  const body = new FormData()
  if (picture) body.append('file', new Blob([new Uint8Array(picture)]), 'käfer.jpg')
  if (options) body.append('data', JSON.stringify(options))
  return call('/1.0/upload', { method: 'POST', body, headers })
}

const answerOf = async (response: Promise<Response>) => (await (await response).json()) as Answer
const sha1 = (bytes: Buffer) => createHash('sha1').update(bytes).digest('hex')

describe('the JSON answer', () => {
  test('describes both pictures', async () => {
    const source = await jpeg(size)
    const answer = await answerOf(
      uploadCall(source, { resize: { width: 60 }, optimize: { compression: 'medium' } }),
    )
    const result = await desk.result(answer.output.url)
    expect(answer).toEqual({
      ...{ success: true, code: 200, id: expect.stringMatching(uuid) },
      input: {
        ...{
          name: 'käfer.jpg',
          format: 'JPEG',
          width: 240,
          height: 160,
          colorspace: 'YCbCr',
          interlaced: false,
        },
        ...{ sampling: '4:2:0', depth: 24, quality: 95, bytes: source.length, sha1: sha1(source) },
      },
      output: {
        ...{
          url: expect.stringContaining(`${desk.url}/`),
          name: 'käfer.jpg',
          format: 'JPEG',
          width: 60,
          height: 40,
        },
        ...{ colorspace: 'YCbCr', interlaced: true, sampling: expect.stringMatching(/^4:/), depth: 24 },
        ...{ quality: expect.any(Number), bytes: result.length, sha1: sha1(result) },
      },
    })
  })

  test('of another format', async () => {
    const answer = await answerOf(fetchCall({ output: { format: 'png' } }))
    expect(answer.output).toMatchObject({
      ...{ format: 'PNG', name: 'cat.png', colorspace: expect.any(String), sampling: null, quality: null },
    })
    expect((await sharp(await desk.result(answer.output.url)).metadata()).format).toBe('png')
  })

  test.each([
    [{ mode: 'fit', width: 50, height: 100, gravity: 'left' }, '50x100'],
    [{ mode: 'fit', width: 500, height: 500 }, '500x500'],
    [{ mode: 'fit', width: 500, height: 500, upscale: false }, '160x160'],
    [{ mode: 'fill', width: 100, height: 100, background: 'f60' }, '100x100'],
    [{ mode: 'exact', width: 100, height: 100 }, '100x100'],
    [{ mode: 'auto', width: 100, height: 100 }, '100x67'],
  ])('of a resize %o', async (resize, expected) => {
    const { output } = await answerOf(fetchCall({ resize }))
    const { width, height } = await sharp(await desk.result(output.url)).metadata()
    expect(`${width}x${height}`).toBe(expected)
    expect(`${output.width}x${output.height}`).toBe(expected)
  })

  test('of scale, crop and flip', async () => {
    const sizeOf = async (options: object) => {
      const { output } = await answerOf(fetchCall(options))
      return `${output.width}x${output.height}`
    }
    expect(await sizeOf({ scale: { size: 0.5 } })).toBe('120x80')
    expect(await sizeOf({ scale: { size: 0.5, ratio: 2 } })).toBe('120x160')
    expect(await sizeOf({ crop: { mode: 'rect', width: 100, height: 60, gravity: 'right' } })).toBe('100x60')
    expect(await sizeOf({ crop: { mode: 'ratio', ratio: '1:1' } })).toBe('160x160')
    expect(await sizeOf({ crop: { mode: 'ratio', ratio: '1:1' }, resize: { width: 40, height: 50 } })).toBe(
      '40x40',
    )
    const isBlue = async (options: object) => {
      const { output } = await answerOf(fetchCall({ ...options, output: { format: 'png' } }))
      const { data } = await sharp(await desk.result(output.url))
        .removeAlpha()
        .raw()
        .toBuffer({ resolveWithObject: true })
      return (data[2] ?? 0) > (data[0] ?? 0)
    }
    // Blue was on the right.
    expect(await isBlue({ flip: { horizontal: true } })).toBe(true)
    const piece = { mode: 'rect', width: 20, height: 20, gravity: 'right' }
    expect(await isBlue({ crop: piece })).toBe(true)
    expect(await isBlue({ crop: piece, flip: { horizontal: true } })).toBe(false)
  })

  test('of baseline and progressive encoding', async () => {
    const optimize = { compression: 'medium' }
    const baseline = await answerOf(
      uploadCall(await progressive(size), { optimize, output: { encoding: 'baseline' } }),
    )
    expect([baseline.input.interlaced, baseline.output.interlaced]).toEqual([true, false])
    const other = await answerOf(
      uploadCall(await jpeg(size), { optimize, output: { encoding: 'progressive' } }),
    )
    expect([other.input.interlaced, other.output.interlaced]).toEqual([false, true])
  })
})

describe('a key', () => {
  test.each(['Basic', 'Bearer'])('is read from %s', async (scheme) => {
    const authorization = scheme === 'Basic' ? basic() : `Bearer ${token}`
    expect((await call('/1.0/account', { headers: { authorization } })).status).toBe(200)
  })

  test.each([
    '',
    'Basic',
    'Bearer nonsense',
    'Basic !!!',
    `Basic ${Buffer.from('a.b:c').toString('base64')}`,
  ])('is asked for: %s', async (authorization) => {
    const response = await call('/1.0/account', { headers: { authorization } })
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([
      401,
      'Bearer realm="Optidash"',
    ])
    expect(await response.json()).toMatchObject({
      success: false,
      code: 401,
      id: expect.stringMatching(uuid),
    })
  })
})

test('a key that may not optimise', async () => {
  const own = await desk.key({ scopes: ['upload'] })
  const authorization = basic(`${own.id}.${own.secret}`)
  for (const path of ['/1.0/account', '/1.0/webhooks/', '/1.0/webhooks/x'])
    expect((await call(path, { headers: { authorization } })).status).toBe(403)
  expect((await fetchCall({}, { authorization })).status).toBe(403)
})

describe('a binary answer', () => {
  const binary = { 'x-optidash-binary': '1' }
  const response = { mode: 'binary' }
  const metaOf = (answer: Response) => {
    const text = answer.headers.get('x-optidash-meta') ?? ''
    expect(answer.headers.get('x-optidash-metadata')).toBe(text)
    expect(text).toMatch(/^[\x20-\x7e]+$/)
    return JSON.parse(text) as Answer
  }

  test('is the picture, with the JSON in both headers', async () => {
    const answer = await uploadCall(await png(size), { response, resize: { width: 60 } }, binary)
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/png'])
    const meta = metaOf(answer)
    expect(meta).toMatchObject({ success: true, output: { width: 60 }, input: { name: 'käfer.jpg' } })
    const body = Buffer.from(await answer.arrayBuffer())
    expect([body.length, sha1(body)]).toEqual([meta.output.bytes, meta.output.sha1])
    expect(await desk.result(meta.output.url)).toEqual(body)
  })

  test.each([
    [422, { response, mask: { shape: 'ellipse' } }],
    [422, { response, webhook: { url: 'http://a.example/' } }],
    [422, { response, store: { provider: 'google', key: 'a', secret: 'b', bucket: 'c' } }],
    [415, { response, url: '/no.txt' }],
  ])('that fails with %i has no body', async (status, { url, ...options }: Record<string, unknown>) => {
    const answer = await fetchCall({ ...options, ...(url ? { url: `${gallery.url}${url}` } : {}) }, binary)
    expect([answer.status, await answer.text()]).toEqual([status, ''])
    expect(metaOf(answer)).toMatchObject({ success: false, code: status, message: expect.any(String) })
  })

  test('needs the header and the mode', async () => {
    expect((await answerOf(fetchCall({}, binary))).success).toBe(true)
    expect((await answerOf(fetchCall({ response }))).success).toBe(true)
    const refused = await answerOf(fetchCall({ response: { mode: 'json' }, text: {} }, binary).then(withMeta))
    expect(refused).toMatchObject({ success: false, code: 422 })
  })

  // Before its JSON is accepted a request that says binary is told in the header.
  const withMeta = (answer: Response) => new Response(answer.headers.get('x-optidash-meta'))
})

describe('a download', () => {
  test('with headers of the client’s, and a password from the address', async () => {
    const at = seen.length
    const url = `${gallery.url.replace('://', '://me:pass%20word@')}/cat.jpg`
    expect((await answerOf(fetchCall({ url, headers: { 'X-Key': 'k' } }))).success).toBe(true)
    expect(seen.slice(at)).toEqual([`Basic ${Buffer.from('me:pass word').toString('base64')} k`])
  })

  test.each([
    [400, { url: undefined }],
    [422, { url: 'nonsense' }],
    [422, { url: 'ftp://a.example/cat.jpg' }],
    [422, { url: 'http://169.254.169.254/latest/meta-data' }],
    [422, { headers: { host: 'other.example' } }],
    [422, { headers: { 'x-a': 'b\r\nc: d' } }],
  ])('is refused with %i: %o', async (status, options) => {
    expect(await answerOf(fetchCall(options))).toMatchObject({ success: false, code: status })
  })
})

describe('a webhook', () => {
  const told = (id: string) =>
    expect.poll(() => receiver.received.find(({ body }) => body.id === id), { interval: 20 })
  const address = () => `${receiver.url.replace('://', '://me:secret@')}/in?x=1`

  test('is answered with 202 and comes later, with a password from its address', async () => {
    const response = await uploadCall(await jpeg(size), {
      webhook: { url: address() },
      resize: { width: 60 },
    })
    const { id, ...rest } = await answerOf(Promise.resolve(response))
    expect([response.status, rest]).toEqual([202, { success: true, code: 202 }])
    await told(id).toMatchObject({
      body: { id, success: true, code: 200, output: { width: 60 }, input: { name: 'käfer.jpg' } },
      authorization: `Basic ${Buffer.from('me:secret').toString('base64')}`,
    })
  })

  test('tells of a failure', async () => {
    const { id } = await answerOf(
      fetchCall({ url: `${gallery.url}/missing.jpg`, webhook: { url: address() } }),
    )
    await told(id).toMatchObject({ body: { id, success: false, code: 422, message: expect.any(String) } })
  })

  test('to a private address is refused', async () => {
    expect(await answerOf(fetchCall({ webhook: { url: 'http://192.168.1.1/' } }))).toMatchObject({
      code: 422,
    })
  })

  test('that waits is listed as scheduled; one that came as delivered, with its attempts', async () => {
    const late = await answerOf(fetchCall({ webhook: { url: address(), delay: 600 } }))
    const soon = await answerOf(fetchCall({ webhook: { url: address() } }))
    const statusOf = async (id: string) => ((await get(`/1.0/webhooks/${id}`)).webhook as Answer).status
    await expect.poll(() => statusOf(late.id)).toBe('scheduled')
    await expect.poll(() => statusOf(soon.id)).toBe('delivered')
    expect(await get(`/1.0/webhooks/${soon.id}`)).toMatchObject({
      ...{ success: true, code: 200 },
      webhook: {
        ...{ id: soon.id, url: `${receiver.url}/in?x=1`, payload: { id: soon.id, code: 200 } },
        attempts: [{ status: 200, error: null }],
      },
    })
    const ids = async (query: string) =>
      ((await get(`/1.0/webhooks/${query}`)).webhooks as Answer[]).map(({ id }) => id)
    expect(await ids('?status=scheduled,failed')).toEqual([late.id])
    expect((await ids('')).slice(0, 2)).toEqual([soon.id, late.id])
    expect(await ids('?limit=1&offset=1')).toEqual([late.id])
    expect(await ids(`?end=${Math.floor(Date.now() / 1000) - 3600}`)).toEqual([])
    expect(await ids('?start=2020-01-01')).toContain(late.id)
  })

  test('of another project does not exist', async () => {
    const { id } = await answerOf(fetchCall({ webhook: { url: address() } }))
    const other = await desk.key({ project: 'other' })
    const authorization = basic(`${other.id}.${other.secret}`)
    const response = await call(`/1.0/webhooks/${id}`, { headers: { authorization } })
    expect([response.status, await response.json()]).toMatchObject([404, { success: false, code: 404 }])
    const list = await call('/1.0/webhooks/', { headers: { authorization } })
    expect(await list.json()).toMatchObject({ webhooks: [] })
  })

  test.each(['?limit=101', '?status=lost', '?start=tomorrow', '?offset=-1'])(
    'list %s is refused',
    async (query) => {
      expect(await get(`/1.0/webhooks/${query}`)).toMatchObject({ success: false, code: 422 })
    },
  )
})

describe('an account', () => {
  test('without and with a quota', async () => {
    expect(await get('/1.0/account')).toMatchObject({
      ...{ success: true, code: 200, company: 'shop', subscription: { period: 'month' } },
      quota: { total: Number.MAX_SAFE_INTEGER },
    })
    const own = await desk.key({ quotas: { calls: 1 }, project: 'metered' })
    const authorization = basic(`${own.id}.${own.secret}`)
    expect((await answerOf(fetchCall({}, { authorization }))).success).toBe(true)
    const account = (await (await call('/1.0/account', { headers: { authorization } })).json()) as Answer
    expect(account.quota).toEqual({ total: 1, used: 1, remaining: 0 })
    const refused = await fetchCall({}, { authorization })
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([
      429,
      expect.stringMatching(/^\d+$/),
    ])
    const names = ['limit', 'remaining', 'reset']
    const rates = names.map((name) => refused.headers.get(`ratelimit-${name}`))
    expect(rates).toEqual(['1', '0', expect.stringMatching(/^\d{1,7}$/)])
  })
})

describe('an error', () => {
  test('has its status, an id and a sentence', async () => {
    const broken = await call('/1.0/fetch', { method: 'POST', body: '{"url":' })
    expect([broken.status, await broken.json()]).toEqual([
      400,
      {
        success: false,
        code: 400,
        id: expect.stringMatching(uuid),
        message: 'The request holds no JSON object.',
      },
    ])
    expect(await answerOf(uploadCall(undefined, {}))).toMatchObject({
      code: 400,
      message: 'The picture is missing: file',
    })
    expect(await answerOf(uploadCall(Buffer.from('no picture'), {}))).toMatchObject({ code: 415 })
    expect(
      await answerOf(uploadCall(Buffer.concat([await jpeg(), Buffer.alloc(5 << 20)]), {})),
    ).toMatchObject({ code: 413 })
    expect(await answerOf(fetchCall({ watermark: { id: 'x' } }))).toMatchObject({
      ...{ code: 422, message: 'watermark is not supported' },
    })
    expect(await answerOf(call('/1.0/fetch'))).toMatchObject({ code: 405 })
    expect(await answerOf(call('/1.0/resize'))).toMatchObject({ success: false, code: 404 })
  })
})
