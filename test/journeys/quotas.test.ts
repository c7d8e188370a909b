// A quota holds however many calls come at once, over every face: what is used and what is under way is never more.
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { anElsewhere, type Elsewhere } from '../native/server.ts'
import { jpeg } from '../pictures.ts'
import { aHalftone, type Halftone } from '../uploadcare/halftone.ts'

const photo = await jpeg()
const calls = 40
let halftone: Halftone

beforeAll(async () => {
  halftone = await aHalftone({
    maxUploadBytes: '100MB',
    maxOptimiseBytes: '32MB',
    maxMultipartBytes: '100MB',
  })
})
afterAll(() => halftone?.stop())

interface Key {
  readonly id: string
  readonly secret: string
}

interface Answered {
  readonly isFine: boolean
  readonly isOver: boolean
}

let projects = 0
async function aKey(quotas: { calls?: number; bytes?: number }): Promise<Key> {
  projects += 1
  const wanted = { project: `shop-${projects}`, user: 'ann', scopes: ['*'], quotas }
  const { key, secret } = await halftone.accounts.create(wanted)
  return { id: key.id, secret }
}

async function used({ id }: Key) {
  const key = await halftone.records.keys.get(id)
  if (!key) throw new Error('no key')
  const { calls, bytesIn } = (await halftone.accounts.standing(key)).used
  return { calls, bytesIn, held: await halftone.records.reservations.total(id, Date.now()) }
}

const bearer = ({ id, secret }: Key) => ({ authorization: `Bearer ${id}.${secret}` })
const blob = (bytes: Uint8Array) => new Blob([new Uint8Array(bytes)])

function form(fields: Readonly<Record<string, string>>, file?: Uint8Array): FormData {
  const made = new FormData()
  for (const [name, value] of Object.entries(fields)) made.append(name, value)
  if (file) made.append('file', blob(file), 'cat.jpg')
  return made
}

async function post(path: string, headers: Record<string, string>, body: FormData | string | Uint8Array) {
  const sent = body instanceof Uint8Array ? new Uint8Array(body) : body
  const response = await fetch(halftone.url + path, { method: 'POST', headers, body: sent as string })
  return told(response.status, await response.text())
}

const told = (status: number, text: string): Answered => ({
  isFine: status < 300 && !text.includes('"error_code"'),
  isOver: (status === 429 && !text.includes('many-waiting')) || text.includes('AccountLimitsExceededError'),
})

const unlike = (): Uint8Array => Buffer.concat([photo, randomBytes(16)])
const json = { 'content-type': 'application/json' }

type Way = (key: Key, file: Uint8Array) => Promise<Answered>
const ways: Readonly<Record<string, Way>> = {
  'an upload as the body': (key, file) => post('/v1/files', bearer(key), file),
  'an upload in a form': (key, file) => post('/v1/files', bearer(key), form({}, file)),
  'an upload that says no length': async (key, file) => {
    const response = await fetch(`${halftone.url}/v1/files`, {
      ...{ method: 'POST', headers: bearer(key), body: blob(file).stream() },
      duplex: 'half',
    } as RequestInit)
    return told(response.status, await response.text())
  },
  'a picture to be optimised': (key, file) => post('/v1/optimize?mode=lossless', bearer(key), file),
  'a promise': (key, file) => post('/v1/optimize?callback_url=http://127.0.0.1:59999/', bearer(key), file),
  'events of a picture': (key, file) => post('/v1/optimize?response=events&mode=lossless', bearer(key), file),
  "Kraken's upload": (key, file) => {
    const auth = { api_key: key.id, api_secret: key.secret }
    return post('/v1/upload', {}, form({ data: JSON.stringify({ auth, wait: true }) }, file))
  },
  "Optidash's upload": (key, file) => post('/1.0/upload', bearer(key), form({ data: '{}' }, file)),
  "Uploadcare's upload": (key, file) =>
    post('/base/?jsonerrors=1', {}, form({ UPLOADCARE_PUB_KEY: key.id }, file)),
}

const started: Way = (key, file) => {
  const plan = { name: 'a', bytes: file.length }
  return post('/v1/files/multipart', { ...bearer(key), ...json }, JSON.stringify(plan))
}

async function many(key: Key, way: Way, file: () => Uint8Array): Promise<{ fine: number; over: number }> {
  const all = await Promise.all(Array.from({ length: calls }, () => way(key, file())))
  return { fine: all.filter(({ isFine }) => isFine).length, over: all.filter(({ isOver }) => isOver).length }
}

describe.each(Object.keys(ways))('%s', (name) => {
  const way = ways[name] as Way

  test(`of ${calls} at once on ten calls ten pass`, async () => {
    const key = await aKey({ calls: 10 })
    expect(await many(key, way, unlike)).toEqual({ fine: 10, over: calls - 10 })
    expect(await way(key, unlike())).toMatchObject({ isOver: true })
  })

  test('of many at once on the bytes of three three pass', async () => {
    const size = photo.length + 16
    const key = await aKey({ bytes: 3 * size + 10 })
    expect(await many(key, way, unlike)).toEqual({ fine: 3, over: calls - 3 })
    const { bytesIn, held } = await used(key)
    expect(bytesIn + held.bytes).toBe(3 * size)
  })

  test('what is refused for another reason gives back what it held', async () => {
    const key = await aKey({ bytes: 2 * photo.length + 100 })
    await way(key, Buffer.alloc(0)).catch(() => undefined)
    expect((await used(key)).held.bytes).toBe(0)
    expect(await way(key, unlike())).toMatchObject({ isFine: true })
  })
})

test('uploads in parts hold all their bytes from the start, and give them back when they are given up', async () => {
  const key = await aKey({ bytes: 3500 })
  expect(await many(key, started, () => Buffer.alloc(1000))).toEqual({ fine: 3, over: calls - 3 })
  expect((await used(key)).held).toEqual({ calls: 3, bytes: 3000 })
  const started1 = await fetch(`${halftone.url}/v1/files/multipart`, {
    ...{
      method: 'POST',
      headers: { ...bearer(key), ...json },
      body: JSON.stringify({ name: 'a', bytes: 400 }),
    },
  })
  const { id } = (await started1.json()) as { id: string }
  expect((await used(key)).held).toEqual({ calls: 4, bytes: 3400 })
  const at = `${halftone.url}/v1/files/multipart/${id}`
  expect((await fetch(at, { method: 'DELETE', headers: bearer(key) })).status).toBe(204)
  expect((await used(key)).held).toEqual({ calls: 3, bytes: 3000 })
})

/** What is answered to a body of 60 MB of which no more than 3 MB ever come. */
async function answeredEarly(path: string, headers: Record<string, string>, head = ''): Promise<Answered> {
  const url = new URL(halftone.url + path)
  const asking = request(url, { method: 'POST', headers: { ...headers, 'content-length': '60000000' } })
  asking.on('error', () => {})
  asking.write(Buffer.concat([Buffer.from(head), photo, Buffer.alloc(3_000_000)]))
  const [response] = (await once(asking, 'response')) as [IncomingMessage]
  const answer = told(response.statusCode ?? 0, await text(response))
  asking.destroy()
  return answer
}

describe('a file that is much larger than what is left is refused before it has come', () => {
  const boundary = 'a7f3c91e'
  const formType = { 'content-type': `multipart/form-data; boundary=${boundary}` }
  const field = (name: string, value: string) =>
    `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
  const file = `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n`

  const early: Readonly<Record<string, (key: Key) => Promise<Answered>>> = {
    'as the body': (key) => answeredEarly('/v1/files', { ...bearer(key), 'content-type': 'image/jpeg' }),
    'in a form': (key) => answeredEarly('/v1/files', { ...bearer(key), ...formType }, file),
    "in Optidash's": (key) => answeredEarly('/1.0/upload', { ...bearer(key), ...formType }, file),
    "in Kraken's": (key) => {
      const data = JSON.stringify({ auth: { api_key: key.id, api_secret: key.secret }, wait: true })
      return answeredEarly('/v1/upload', formType, field('data', data) + file)
    },
    "in Uploadcare's": (key) =>
      answeredEarly('/base/?jsonerrors=1', formType, field('UPLOADCARE_PUB_KEY', key.id) + file),
    "in Uploadcare's, where the file goes before the key": (key) => {
      const agent = { 'x-uc-user-agent': `UploadcareUploadClient/6.21.0/${key.id} (JavaScript)` }
      return answeredEarly('/base/?jsonerrors=1', { ...formType, ...agent }, file)
    },
  }

  test.each(Object.keys(early))('%s', async (name) => {
    const key = await aKey({ bytes: 2_000_000 })
    expect(await early[name]?.(key)).toMatchObject({ isOver: true })
    expect(await used(key)).toMatchObject({ calls: 0, bytesIn: 0, held: { calls: 0, bytes: 0 } })
  })
})

describe('from an address', () => {
  let elsewhere: Elsewhere
  beforeAll(async () => {
    elsewhere = await anElsewhere(photo)
  })
  afterAll(() => elsewhere?.stop())

  test('what is fetched later holds its call from the start, and its bytes when they have come', async () => {
    const key = await aKey({ calls: 5, bytes: 3 * photo.length })
    const body = JSON.stringify({ url: `${elsewhere.url}/cat.jpg` })
    const all = await Promise.all(
      Array.from({ length: 20 }, () => post('/v1/files/from-url', { ...bearer(key), ...json }, body)),
    )
    expect(all.filter(({ isFine }) => isFine)).toHaveLength(5)
    expect(all.filter(({ isOver }) => isOver)).toHaveLength(15)
    // Three have room for their bytes; the other two give back what they held.
    await expect
      .poll(() => used(key))
      .toEqual({
        ...{ calls: 3, bytesIn: 3 * photo.length },
        held: { calls: 0, bytes: 0 },
      })
  })

  test('a promise for which there is no room fails, and says so', async () => {
    const key = await aKey({ calls: 5, bytes: photo.length + 10 })
    const wanted = {
      url: `${elsewhere.url}/cat.jpg`,
      callback_url: `${elsewhere.url}/done`,
      mode: 'lossless',
    }
    const headers = { ...bearer(key), ...json }
    const all = await Promise.all([0, 1].map(() => post('/v1/optimize', headers, JSON.stringify(wanted))))
    expect(all.map(({ isFine }) => isFine)).toEqual([true, true])
    await expect.poll(() => elsewhere.webhooks.length, { timeout: 20_000 }).toBe(2)
    const events = elsewhere.webhooks.map((webhook) => JSON.parse(webhook.body).event)
    expect(events.sort()).toEqual(['optimise.done', 'optimise.failed'])
    expect(await used(key)).toMatchObject({ calls: 1, bytesIn: photo.length, held: { calls: 0, bytes: 0 } })
  })
})
