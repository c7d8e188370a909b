// Optimising over the native API: however the picture and its options come, and however the answer is wanted.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isSigned } from '../../api/services/hooks/signature.ts'
import { jpeg } from '../pictures.ts'
import { anElsewhere, aServer, type Elsewhere, type Server } from './server.ts'

let server: Server
let elsewhere: Elsewhere
let picture: Buffer
let large: Buffer

beforeAll(async () => {
  picture = await jpeg({ width: 320, height: 200 })
  // Noise does not compress: more than the first bytes that identification waits for.
  const noise = { type: 'gaussian', mean: 128, sigma: 60 } as const
  const canvas = { width: 700, height: 500, channels: 3, background: '#963', noise } as const
  large = await sharp({ create: canvas }).jpeg({ quality: 98 }).toBuffer()
  server = await aServer()
  elsewhere = await anElsewhere(picture)
})
afterAll(async () => {
  await server?.stop()
  elsewhere?.stop()
})

const sha1 = (bytes: Uint8Array): string => createHash('sha1').update(bytes).digest('hex')
const optimise = (query = '', asked: Parameters<Server['call']>[2] = { body: picture }) =>
  server.call('POST', `/v1/optimize${query}`, asked)

function fields(given: Readonly<Record<string, string>>): FormData {
  const made = new FormData()
  for (const [field, value] of Object.entries(given)) made.append(field, value)
  return made
}

function form(given: Readonly<Record<string, string>>, name = 'cat.jpg'): FormData {
  const made = fields(given)
  made.append('file', new File([new Uint8Array(picture)], name, { type: 'image/jpeg' }))
  return made
}

describe('the report', () => {
  test('tells what it was, what became of it, and where it can be fetched', async () => {
    const { status, json } = await optimise('?mode=lossy')
    const { source, output, url, variant, name } = json()
    expect(status).toBe(200)
    expect(source).toMatchObject({ format: 'jpeg', width: 320, height: 200, sha1: sha1(picture) })
    expect(output).toMatchObject({
      format: 'jpeg',
      type: 'image/jpeg',
      mode: 'lossy',
      width: 320,
      height: 200,
    })
    expect(output.saved).toBe(source.bytes - output.bytes)
    expect(output.percent).toBeCloseTo((100 * output.saved) / source.bytes, 1)
    expect(output.tried.map((one: { name: string }) => one.name)).toContain(output.chosen)
    expect([variant, name]).toEqual([null, 'file.jpg'])
    expect(url.startsWith(`${server.url}/results/`)).toBe(true)
    const stored = await server.call('GET', new URL(url).pathname, { key: null })
    expect(stored).toMatchObject({ status: 200, type: 'image/jpeg' })
    expect(sha1(stored.body)).toBe(output.sha1)
  })

  test('is the same for a body, a form, a form with JSON, and an address', async () => {
    const named = { 'content-disposition': 'attachment; filename="cat.jpg"' }
    const answers = await Promise.all([
      optimise('?format=webp&edit=w%3D100', { body: picture, headers: named }),
      optimise('', {
        body: picture,
        headers: { ...named, 'halftone-options': '{"format":"webp","edit":"w=100"}' },
      }),
      optimise('', { body: form({ format: 'webp', edit: 'w=100' }) }),
      optimise('', { body: form({ options: '{"format":"webp","edit":"?w=100"}' }) }),
      optimise('', { body: fields({ url: `${elsewhere.url}/cat.jpg`, format: 'webp', edit: 'w=100' }) }),
      optimise('', { json: { url: `${elsewhere.url}/cat.jpg`, format: 'webp', edit: 'w=100' } }),
    ])
    const told = answers.map(({ json }) => {
      const { name, source, output } = json()
      return [name, source.name, source.sha1, output.width, output.sha1]
    })
    for (const one of told) expect(one).toEqual(['cat.webp', 'cat.jpg', sha1(picture), 100, told[0]?.[4]])
  })

  test('takes a body for what its bytes say, whatever its Content-Type', async () => {
    const type = 'application/x-www-form-urlencoded'
    expect(
      (await optimise('', { body: picture, headers: { 'content-type': type } })).json().source.format,
    ).toBe('jpeg')
  })

  test.each([
    ['?quality=40', 'quality'],
    ['?level=eco', 'lossy'],
    ['?mode=lossless', 'lossless'],
    ['', 'lossy'],
  ])('%s is mode %s', async (query, mode) => {
    expect((await optimise(query)).json().output.mode).toBe(mode)
  })

  test('of variants comes in their order, each with what stands beside them as its default', async () => {
    const variants = [
      { id: 'large', format: 'png' },
      { id: 'small', edit: 'w=32', name: 'thumb.gif' },
    ]
    const { results } = (
      await optimise('', { body: form({ variants: JSON.stringify(variants), format: 'webp' }) })
    ).json()
    expect(results.map((one: { variant: string }) => one.variant)).toEqual(['large', 'small'])
    expect(results[0]).toMatchObject({ name: 'cat.png', output: { format: 'png', width: 320 } })
    expect(results[1]).toMatchObject({ name: 'thumb.gif', output: { format: 'webp', width: 32 } })
  })
})

describe('what is refused', () => {
  const stored = async () => (await server.parts.bucket.list('results/')).files.length

  test.each(['/a/b.jpg', 'a/../b.jpg', 'a\\b.jpg', 'a\nb.jpg', '', 'é'.repeat(121)])(
    'a target at %j, before the picture has come and also where it would only be promised',
    async (path) => {
      const bucket = { kind: 's3', bucket: 'b', region: 'r', access_key_id: 'k', secret_access_key: 's' }
      for (const more of [{}, { callback_url: 'https://a.example/' }]) {
        const options = { url: `${elsewhere.url}/cat.jpg`, target: { ...bucket, path }, ...more }
        const { status, type, json } = await server.call('POST', '/v1/optimize', { json: options })
        expect([status, type]).toEqual([400, 'application/problem+json'])
        expect(json()).toMatchObject({ option: 'target.path' })
      }
    },
  )

  test.each([
    ['?quality=101', 'quality', "Expected a number of at most 100 for 'quality', received '101'."],
    ['?quality=good', 'quality', "Expected a number for 'quality', received 'good'."],
    ['?mode=nice', 'mode', "Expected one of lossless, lossy, quality for 'mode', received 'nice'."],
    ['?colour=red', 'colour', "There is no option 'colour' here."],
    ['?keep=profile,smell', 'keep.1', /one of profile, date/],
    ['?mode=lossless&level=eco', 'level', /no level in mode lossless/],
    ['?mode=lossy&quality=80', 'quality', /no quality in mode lossy/],
    ['?mode=quality', 'quality', /a quality in mode quality/],
    ['?mode=lossless&max_bytes=5000', 'max_bytes', /mode lossless/],
    ['?callback_url=ftp://a.example', 'callback_url', /an http or https URL/],
    ['?callback_secret=x', 'callback_secret', /no option 'callback_secret'/],
    ['?variants=%5B%7B%22id%22%3A%22a%22%7D%2C%7B%22id%22%3A%22a%22%7D%5D', 'variants', /ids of their own/],
    ['?variants=x', 'variants', /array/],
    [
      `?variants=${encodeURIComponent('[{"id":"a","target":{"kind":"ftp"}}]')}`,
      'variants.0.target.kind',
      /^Expected 's3' /,
    ],
    ['?keep=smell', 'keep.0', /received 'smell'/],
    ['?progressive=perhaps', 'progressive', /true or false/],
    ['?max_bytes=100', 'max_bytes', /as small as 100 bytes/],
    ['?edit=w%3Dwide', 'w', /wide/],
    ['?edit=w%3D32%26heigth%3D32', 'heigth', "There is no option 'heigth' of an edit."],
    ['?edit=w%3D32%26fm%3Dwebp', 'fm', /no edit/],
    ['?name=..', 'name', /a file name/],
    [
      '?response=binary&variants=%5B%7B%22id%22%3A%22a%22%7D%2C%7B%22id%22%3A%22b%22%7D%5D',
      'variants',
      /one result/,
    ],
  ])('%s names %s', async (query, option, detail) => {
    const before = await stored()
    const { status, type, json } = await optimise(query)
    expect([status, type]).toEqual([400, 'application/problem+json'])
    expect(json()).toMatchObject({
      option,
      detail: typeof detail === 'string' ? detail : expect.stringMatching(detail),
    })
    expect(await stored()).toBe(before)
  })

  test.each([
    ['a body that is no picture', { body: 'Dear Sir' }, 415],
    [
      'a picture that is none behind its head',
      { body: new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 0, 16]) },
      422,
    ],
    ['nothing', {}, 415],
    ['JSON that is none', { body: '{"url":', headers: { 'content-type': 'application/json' } }, 400],
    ['JSON of another shape', { json: ['https://a.example'] }, 400],
    ['JSON without the address', { json: { format: 'auto' } }, 400],
    ['JSON that is too long', { json: { url: 'https://a.example', name: 'a'.repeat(200_000) } }, 413],
    ['a name that is half a character', { json: { url: 'https://a.example', name: '\ud83d.jpg' } }, 400],
    ['an address inside', { json: { url: 'http://127.0.0.2/cat.jpg' } }, 403],
    ['a port of another service', { json: { url: 'http://a.example:22/cat.jpg' } }, 400],
    ['a webhook inside', { json: { url: 'https://a.example/', callback_url: 'http://10.0.0.1/' } }, 403],
    ['a form without a file', { body: new FormData() }, 400],
    ['a header of options that is no JSON', { headers: { 'halftone-options': 'mode=lossy' } }, 400],
    [
      'too large a picture',
      { body: new Uint8Array(8_000_001), headers: { 'content-type': 'image/png' } },
      413,
    ],
  ])('%s', async (_, asked, status) => {
    const answer = await optimise('', asked)
    expect([answer.status, answer.type]).toEqual([status, 'application/problem+json'])
  })

  test('an edit that cannot be is refused before the picture has come', async () => {
    const sending = request(`${server.url}/v1/optimize?edit=w%3Dwide`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.key.id}.${server.key.secret}` },
    })
    sending.on('error', () => {}).write(large.subarray(0, 10))
    const [answer] = await once(sending, 'response')
    expect(answer.statusCode).toBe(400)
    sending.destroy()
  })

  test('more than the key may ask for in a month', async () => {
    const { key, secret } = await server.parts.accounts.create({
      ...{ project: 'quota', user: 'ann', scopes: ['optimise'], quotas: { calls: 1 } },
    })
    const asked = { body: picture, key: { id: key.id, secret } }
    expect((await optimise('', asked)).status).toBe(200)
    const second = await optimise('', asked)
    expect([second.status, second.headers['retry-after']]).toEqual([429, '3600'])
  })
})

describe('the picture itself', () => {
  test.each([
    ['?format=webp', { accept: 'image/*' }],
    ['?format=webp', { accept: 'image/avif,image/webp,*/*;q=0.8' }],
    ['?format=webp&response=binary', {}],
  ])('is answered to %s %o, with the figures as headers', async (query, wanted: Record<string, string>) => {
    const named = { 'content-disposition': "attachment; filename*=UTF-8''K%C3%A4tzchen.jpg" }
    const { status, type, body, headers } = await optimise(query, {
      body: picture,
      headers: { ...named, ...wanted },
    })
    expect([status, type]).toEqual([200, 'image/webp'])
    const { width, height } = await sharp(body).metadata()
    expect([width, height]).toEqual([320, 200])
    expect(headers).toMatchObject({
      'halftone-source': `jpeg;w=320;h=200;bytes=${picture.length}`,
      'halftone-result': `webp;w=320;h=200;bytes=${body.length}`,
      'content-disposition': `inline; filename="K_tzchen.webp"; filename*=UTF-8''K%C3%A4tzchen.webp`,
      etag: `"${sha1(body)}"`,
    })
    expect(headers['halftone-saved']).toMatch(
      new RegExp(`^${picture.length - body.length};percent=[\\d.-]+$`),
    )
    const stored = await server.call('GET', new URL(String(headers['content-location'])).pathname, {
      key: null,
    })
    expect(stored.body).toEqual(body)
    expect((await server.call('GET', `/v1/results/${headers['halftone-id']}`)).json().output.sha1).toBe(
      sha1(body),
    )
  })
})

/** Sends the first bytes, and the rest when told to: what a slow client does. */
function slowly(path: string, headers: Record<string, string> = {}) {
  const { id, secret } = server.key
  const authorization = `Bearer ${id}.${secret}`
  const outgoing = request(`${server.url}${path}`, {
    method: 'POST',
    headers: { authorization, 'content-length': large.length, ...headers },
  })
  const response = new Promise<import('node:http').IncomingMessage>((resolve, reject) => {
    outgoing.on('response', resolve).on('error', reject)
  })
  outgoing.write(large.subarray(0, 70_000))
  return { response, finish: () => outgoing.end(large.subarray(70_000)), leave: () => outgoing.destroy() }
}

describe('before the body has ended', () => {
  test('events begin: the picture is identified', async () => {
    expect(large.length).toBeGreaterThan(150_000)
    const sending = slowly('/v1/optimize?quality=60', { accept: 'application/x-ndjson' })
    const response = await sending.response
    const lines = createInterface({ input: response })[Symbol.asyncIterator]()
    const next = async () => JSON.parse((await lines.next()).value ?? 'null')
    expect(await next()).toMatchObject({ event: 'identified', picture: { format: 'jpeg', width: 700 } })
    sending.finish()
    expect(await next()).toEqual({ event: 'received', name: 'file', bytes: large.length, sha1: sha1(large) })
    expect(await next()).toEqual({ event: 'optimising' })
    const done = await next()
    expect(done).toMatchObject({ event: 'done', results: [{ source: { bytes: large.length } }] })
    const isEvent = (await server.document()).schemaOf('OptimizeEvent')
    expect(isEvent(done)).toBe(true)
  })

  test('identification is answered, and the rest is not waited for', async () => {
    const sending = slowly('/v1/identify')
    const response = await sending.response
    const chunks = await response.toArray()
    expect(JSON.parse(Buffer.concat(chunks).toString())).toMatchObject({
      format: 'jpeg',
      width: 700,
      height: 500,
    })
    sending.leave()
  })

  test('what is no picture is refused', async () => {
    const { id, secret } = server.key
    const headers = { authorization: `Bearer ${id}.${secret}`, 'content-length': 5_000_000 }
    const outgoing = request(`${server.url}/v1/optimize`, { method: 'POST', headers })
    const response = new Promise<import('node:http').IncomingMessage>((resolve) =>
      outgoing.on('response', resolve),
    )
    outgoing.on('error', () => {})
    outgoing.write('Dear Sir, '.repeat(7000))
    expect((await response).statusCode).toBe(415)
    outgoing.destroy()
  })

  test('a client that leaves takes its file with it', async () => {
    const spooled = () =>
      readdirSync(join(server.dir, 'spool'), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ name }) => name)
    const before = new Set(spooled())
    const own = () => spooled().filter((name) => !before.has(name))
    const sending = slowly('/v1/optimize')
    sending.response.catch(() => {})
    await expect.poll(own).not.toEqual([])
    const [mine] = own()
    sending.leave()
    await expect.poll(spooled).not.toContain(mine)
    expect((await optimise()).status).toBe(200)
  })

  test('a client may leave in the middle of the events', async () => {
    const sending = slowly('/v1/optimize', { accept: 'application/x-ndjson' })
    const response = await sending.response
    await response[Symbol.asyncIterator]().next()
    sending.leave()
    await expect.poll(() => response.destroyed).toBe(true)
    expect((await optimise()).status).toBe(200)
  })

  test('a failure before the first event has a status of its own, a later one is an event', async () => {
    const headers = { accept: 'application/x-ndjson' }
    expect((await optimise('', { body: 'Dear Sir', headers })).status).toBe(415)
    const later = await optimise('?max_bytes=100', { body: picture, headers })
    const events = later.body
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(events.at(-1)).toMatchObject({ event: 'failed', problem: { status: 400 } })
  })
})

describe('a promise', () => {
  const secret = 'only the two of us'

  async function told(id: string) {
    const found = () => elsewhere.webhooks.find(({ body }) => JSON.parse(body).id === id)
    await expect.poll(found).toBeDefined()
    return found()
  }

  test('is kept: the webhook tells what the status tells, signed', async () => {
    const { status, headers, json } = await optimise('', {
      json: {
        url: `${elsewhere.url}/cat.jpg`,
        callback_url: `${elsewhere.url}/done`,
        callback_secret: secret,
        reference: 'order-7',
      },
    })
    const { id, status_url } = json()
    expect([status, headers.location]).toEqual([202, status_url])
    const webhook = await told(id)
    const body = webhook?.body ?? ''
    const at = Date.now()
    expect(isSigned(String(webhook?.headers['halftone-signature']), { body, secret, at })).toBe(true)
    expect((await server.document()).schemaOf('OptimizeWebhook')(JSON.parse(body))).toBe(true)
    const state = (await server.call('GET', new URL(status_url).pathname)).json()
    expect(JSON.parse(body)).toEqual({
      ...{ event: 'optimise.done', id, reference: 'order-7', problem: null },
      results: state.results,
    })
    expect(state).toMatchObject({ state: 'done', results: [{ name: 'cat.jpg' }] })
  })

  test('that cannot be kept tells why', async () => {
    const { id } = (
      await optimise('', { json: { url: `${elsewhere.url}/nothing`, callback_url: `${elsewhere.url}/done` } })
    ).json()
    const webhook = JSON.parse((await told(id))?.body ?? '')
    expect(webhook).toMatchObject({ event: 'optimise.failed', results: [], problem: { status: 404 } })
    const { state, problem } = (await server.call('GET', `/v1/optimize/${id}`)).json()
    expect([state, problem]).toEqual(['failed', webhook.problem])
  })

  test('is nobody else’s', async () => {
    const { id } = (await optimise(`?callback_url=${elsewhere.url}/done`)).json()
    const key = await server.keyWith(['*'], 'rival')
    expect((await server.call('GET', `/v1/optimize/${id}`, { key })).status).toBe(404)
  })
})
