// A whole web shop, asked object by object, at its own server and through Halftone: no difference but in pictures, and no
// picture with more bytes than its own.
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type IncomingMessage, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { catalogue } from '../sites/catalogue.ts'
import { actions, aShop, type Shop } from '../sites/shop.ts'
import { aProcess, type Process } from './processes.ts'

let shop: Shop
let halftone: Process
let folder: string

beforeAll(async () => {
  shop = await aShop([16, 20, 24, 28, 32, 40, 48, 64, 96, 112], catalogue())
  folder = mkdtempSync(join(tmpdir(), 'halftone-replay-'))
  const config = join(folder, 'halftone.config.ts')
  const site = {
    hosts: ['www.shop.example'],
    origin: shop.url,
    allowAddresses: ['127.0.0.1/32'],
    // Nothing is late here, however busy the machine is.
    pictures: { wait: '10m' },
  }
  writeFileSync(config, `export default ${JSON.stringify({ sites: { shop: site } })}\n`)
  halftone = await aProcess({ environment: { HALFTONE_CONFIG: config } })
})

afterAll(async () => {
  await halftone.end()
  shop.stop()
  rmSync(folder, { recursive: true, force: true })
})

interface Question {
  readonly path: string
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

interface Told {
  readonly status: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly trailers: NodeJS.Dict<string>
  readonly hints: unknown
  readonly body: Buffer
}

async function ask(url: string, { path, method = 'GET', headers = {}, body }: Question): Promise<Told> {
  const { hostname, port } = new URL(url)
  const sent = request({ hostname, port, path, method, headers: { host: 'www.shop.example', ...headers } })
  let hints: unknown
  sent.on('information', (info: Pick<IncomingMessage, 'headers'>) => {
    hints = info.headers.link
  })
  sent.end(body)
  const [res] = (await once(sent, 'response')) as [IncomingMessage]
  const whole = await buffer(res)
  return {
    status: `${res.statusCode} ${res.statusMessage}`,
    headers: res.headers,
    ...{ trailers: res.trailers, hints, body: whole },
  }
}

/** Of the connection, or what a proxy adds. A body that was stored has a length, however it came. */
const between = [
  'via',
  'cache-status',
  'age',
  'connection',
  'keep-alive',
  'transfer-encoding',
  'content-length',
  'trailer',
]

const without = (headers: Told['headers'], names: readonly string[]) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)))

const codings = ['identity', 'gzip', 'br', 'zstd']

/** As a browser would: the queue for pictures is no longer than that. */
async function eightAtOnce<T>(all: readonly T[], each: (one: T) => Promise<void>): Promise<void> {
  for (let at = 0; at < all.length; at += 8) await Promise.all(all.slice(at, at + 8).map(each))
}

/** As two that must be equal, the second time from the cache. */
async function expectSame(question: Question): Promise<void> {
  const own = await ask(shop.url, question)
  for (const time of ['first', 'second']) {
    const ours = await ask(halftone.url, question)
    const at = `${question.method ?? 'GET'} ${question.path} ${JSON.stringify(question.headers ?? {})} ${time}`
    expect({ at, ...seen(ours) }).toEqual({ at, ...seen(own) })
    expect(ours.body.equals(own.body), at).toBe(true)
  }
}

const seen = ({ status, headers, trailers, hints }: Told) => ({
  ...{ status, trailers, hints },
  headers: without(headers, between),
})

const browser = 'image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8'

test('what is no picture is the same, in every coding', async () => {
  expect(shop.files.size + Object.keys(actions).length).toBeGreaterThanOrEqual(1000)
  const files = [...shop.files].filter(([, { isPicture }]) => !isPicture)
  await eightAtOnce([...files.entries()], async ([at, [path, { type, body }]]) => {
    const headers = { accept: browser }
    // Of every tenth all codings, of the others one.
    const all = at % 10 === 0 ? codings : [codings[at % codings.length]]
    for (const coding of /^text|json/.test(type) ? all : ['gzip'])
      await expectSame({ path, headers: { ...headers, 'accept-encoding': coding ?? 'gzip' } })
    if (type !== 'video/mp4') return
    const range = `bytes=${Math.floor(body.length / 3)}-${Math.floor(body.length / 2)}`
    await expectSame({ path, headers: { ...headers, range } })
  })
})

test('so is what is no file: logins, cookies, redirects, errors, events, hints, trailers, methods', async () => {
  for (const path of Object.keys(actions)) await expectSame({ path })
  await expectSame({ path: '/account', headers: { cookie: 'session=abc' } })
  await expectSame({ path: '/account', headers: { authorization: 'Basic eA==' } })
  await expectSame({ path: '/login', method: 'POST', body: 'user=ann' })
  await expectSame({ path: '/echo', method: 'POST', body: 'x'.repeat(300_000) })
  await expectSame({ path: '/not-there?a=%20b&&' })
  for (const method of ['HEAD', 'OPTIONS', 'PUT', 'DELETE', 'PATCH'])
    await expectSame({ path: '/any', method })
  await expectSame({ path: '/pages/1.html', method: 'HEAD' })
})

test('so are the parts of a film, and of an original', async () => {
  for (const range of ['bytes=0-99', 'bytes=1000000-2500000', 'bytes=3499000-3499999'])
    await expectSame({ path: '/films/shop.mp4', headers: { range } })
  const picture = '/pictures/64.jpg'
  const own = await ask(shop.url, { path: picture, headers: { range: 'bytes=10-99' } })
  const ours = await ask(halftone.url, { path: picture, headers: { range: 'bytes=10-99' } })
  expect([ours.status, ours.headers['content-range'], ours.body.equals(own.body)]).toEqual([
    ...[own.status, own.headers['content-range'], true],
  ])
})

test('a socket is joined, and hears what the shop says', async () => {
  const { hostname, port } = new URL(halftone.url)
  const key = 'dGhlIHNhbXBsZSBub25jZQ=='
  const upgrade = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-key': key }
  const sent = request({ hostname, port, path: '/socket', headers: { host: 'www.shop.example', ...upgrade } })
  sent.end()
  const [res, socket, head] = await once(sent, 'upgrade')
  expect([res.statusCode, res.headers['sec-websocket-accept']]).toEqual([101, 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='])
  const frame = head.length > 0 ? head : (await once(socket, 'data'))[0]
  expect(frame.subarray(2).toString()).toBe('caps')
  socket.destroy()
})

/** What may be otherwise in the answer to a picture. */
const ofPictures = [
  ...between,
  ...['content-type', 'etag', 'vary', 'halftone-source-bytes', 'halftone-source-type'],
  ...['halftone-quality', 'halftone-score'],
]

test.each([
  ['a new browser', browser, 0.5],
  ['an old browser', 'image/*,*/*;q=0.5', 0.1],
])('no picture for %s has more bytes than its own, and it is the same picture', async (_, accept, least) => {
  // The old browser looks at every third of them.
  const pictures = [...shop.files].filter(
    ([, { isPicture }], at) => isPicture && (accept === browser || at % 3 === 0),
  )
  expect(pictures.length).toBeGreaterThan(accept === browser ? 140 : 40)
  let [sent, saved, touched] = [0, 0, 0]
  await eightAtOnce(pictures, async ([path, { body, type, isOdd = false }]) => {
    const question = { path, headers: { accept, 'accept-encoding': 'gzip' } }
    const own = await ask(shop.url, question)
    const ours = await ask(halftone.url, question)
    expect([path, ours.status, ours.body.length <= body.length]).toEqual([path, own.status, true])
    expect(without(ours.headers, ofPictures), path).toEqual(without(own.headers, ofPictures))
    sent += ours.body.length
    saved += body.length - ours.body.length
    if (ours.body.equals(body)) return void expect(ours.headers.etag, path).toBe(own.headers.etag)
    touched++
    const label = String(ours.headers['content-type'])
    if (accept !== browser) expect(label, path).not.toMatch(/avif|webp/)
    // Of the odd ones some show less than they are: a decoder makes out more than another.
    if (!isOdd) expect(await difference(body, ours.body), `${path} ${type}`).toBeLessThan(6)
  })
  expect(touched).toBeGreaterThan(pictures.length / 2)
  expect(saved).toBeGreaterThan(sent * least)
})

/** In the mean of all samples, of 255, on white. */
async function difference(one: Buffer, other: Buffer): Promise<number> {
  const [a, b] = await Promise.all([pixels(one), pixels(other)])
  expect([b.info.width, b.info.height]).toEqual([a.info.width, a.info.height])
  let sum = 0
  for (let at = 0; at < a.data.length; at++) sum += Math.abs((a.data[at] ?? 0) - (b.data[at] ?? 0))
  return sum / a.data.length
}

const pixels = (body: Buffer) =>
  sharp(body)
    .rotate()
    .flatten({ background: '#fff' })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
