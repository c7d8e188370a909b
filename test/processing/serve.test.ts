// What a processing node's port says to those who reach it: neighbours, strangers, people with curl, and worse.
import { once } from 'node:events'
import { connect } from 'node:net'
import { Readable } from 'node:stream'
import { request } from 'undici'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readFigures, writeFigures } from '../../processing/order-headers.ts'
import type { Figures } from '../../processing/processing.ts'
import { identify } from '../../transforms/index.ts'
import * as pictures from '../pictures.ts'
import { aPlace, scripted, secret } from './nodes.ts'

const place = aPlace()
type Node = Awaited<ReturnType<typeof place.node>>
let real: Node
let held: Node
let impatient: Node
let picture: Buffer
beforeAll(async () => {
  picture = await pictures.jpeg({ width: 240, height: 160 })
  const threads = place.local()
  real = await place.node(threads, { maxBytes: 100_000 })
  impatient = await place.node(threads, { stallMs: 100 })
  held = await place.node(place.local({ filename: scripted }), { maxAtOnce: 1 })
})
afterAll(place.end)

interface Said {
  readonly body?: Buffer | undefined
  readonly headers?: Record<string, string>
  readonly method?: 'POST' | 'GET'
  readonly path?: string
}

async function post(
  { url }: Node,
  { body = picture, headers = {}, method = 'POST', path = '/process' }: Said = {},
) {
  const answer = await request(`${url}${path}`, {
    method,
    body: method === 'GET' ? null : body,
    headers: { 'halftone-secret': secret, ...headers },
  })
  const bytes = Buffer.from(await answer.body.arrayBuffer())
  const failure = answer.headers['halftone-failure']
  return { status: answer.statusCode, failure, headers: answer.headers, bytes }
}

test('a picture without an order is optimised as it is, and headers say what was won', async () => {
  const { status, headers, bytes } = await post(real)
  expect(status).toBe(200)
  expect(headers).toMatchObject({
    'content-type': 'image/jpeg',
    'halftone-source-bytes': String(picture.length),
    'halftone-bytes': String(bytes.length),
    'halftone-saved': String(picture.length - bytes.length),
    'halftone-ms': expect.stringMatching(/^\d+$/),
    'halftone-load': '0 0 1',
  })
  expect(readFigures(headers)).toMatchObject({ format: 'jpeg', width: 240, height: 160 })
})

test('an order may be plain JSON', async () => {
  const order = JSON.stringify({ edit: 'w=60', optimise: { mode: 'quality', quality: 50, format: 'webp' } })
  const { headers, bytes } = await post(real, { headers: { 'halftone-order': order } })
  expect(identify(bytes)).toMatchObject({ format: 'webp', width: 60, height: 40 })
  expect(headers['halftone-quality']).toBe('50')
})

test.each([
  ['no JSON', '{"edit"'],
  ['no base64url of JSON', 'abc'],
  ['a word that is not known', '{"optimise":{"colour":"blue"}}'],
  ['a value out of range', '{"optimise":{"mode":"quality","quality":101}}'],
])('an order that holds %s is refused', async (_, order) => {
  const { status, failure, bytes } = await post(real, { headers: { 'halftone-order': order } })
  expect([status, failure]).toEqual([400, 'bad-option'])
  expect(JSON.parse(bytes.toString())).toMatchObject({ option: 'halftone-order' })
})

test.each([undefined, '', 'between nodeS', 'between nodes and more'])(
  'a stranger who says %j gets 403',
  async (said) => {
    const { statusCode, headers, body } = await request(`${real.url}/process`, {
      method: 'POST',
      body: picture,
      headers: said === undefined ? {} : { 'halftone-secret': said },
    })
    await body.dump()
    expect([statusCode, headers['halftone-failure']]).toEqual([403, 'not-neighbour'])
  },
)

test('health is told to everybody, without secret', async () => {
  const { statusCode, body } = await request(`${real.url}/healthz`)
  expect([statusCode, await body.text()]).toEqual([200, 'ok\n'])
})

test('what is neither is named', async () => {
  expect(await post(real, { method: 'GET' })).toMatchObject({ status: 405, headers: { allow: 'POST' } })
  expect(await post(real, { path: '/elsewhere' })).toMatchObject({ status: 404, failure: 'not-found' })
  expect(await post(real, { body: Buffer.alloc(0) })).toMatchObject({ status: 400, failure: 'bad-body' })
})

test('more bytes than allowed are refused, announced or not', async () => {
  const large = Buffer.alloc(150_000)
  expect(await post(real, { body: large })).toMatchObject({ status: 413, failure: 'source-too-large' })
  const { statusCode, headers, body } = await request(`${real.url}/process`, {
    method: 'POST',
    body: Readable.from(
      (async function* () {
        for (let i = 0; i < 3; i++) yield large.subarray(0, 50_000)
      })(),
    ),
    headers: { 'halftone-secret': secret },
  })
  await body.dump()
  expect([statusCode, headers['halftone-failure']]).toEqual([413, 'source-too-large'])
  expect(real.spooled()).toEqual([])
})

test('a client that stalls is told so, and leaves nothing behind', async () => {
  const socket = connect(Number(new URL(impatient.url).port), '127.0.0.1')
  socket.write(
    `POST /process HTTP/1.1\r\nhost: x\r\nhalftone-secret: ${secret}\r\ncontent-length: 1000\r\n\r\nabc`,
  )
  const [answer] = await once(socket, 'data')
  expect(String(answer)).toContain('408')
  expect(String(answer)).toContain('halftone-failure: stalled')
  socket.destroy()
  await expect.poll(() => impatient.spooled()).toEqual([])
})

test('a client that leaves in the middle leaves nothing behind', async () => {
  const socket = connect(Number(new URL(held.url).port), '127.0.0.1')
  socket.write(
    `POST /process HTTP/1.1\r\nhost: x\r\nhalftone-secret: ${secret}\r\ncontent-length: 1000\r\n\r\nabc`,
  )
  await expect.poll(() => held.spooled().length).toBe(1)
  socket.destroy()
  await expect.poll(() => held.spooled()).toEqual([])
})

test('more bodies at once than allowed are busy', async () => {
  const { edit, letGo } = place.aGate()
  const order = { headers: { 'halftone-order': JSON.stringify({ edit }) } }
  const first = post(held, order)
  await expect.poll(() => held.spooled().length, { interval: 2 }).toBe(1)
  expect(await post(held, order)).toMatchObject({ status: 503, failure: 'busy' })
  letGo()
  expect(await first).toMatchObject({ status: 200 })
  expect(held.spooled()).toEqual([])
})

describe('figures in a header', () => {
  const figures = (count: number) =>
    ({
      type: 'image/png',
      report: {
        sourceBytes: 1,
        bytes: 1,
        saved: 0,
        reason: 'r'.repeat(count),
        tried: Array.from({ length: count }, (_, i) => ({
          name: `way ${i}`,
          ms: 1,
          verdict: 'v'.repeat(500),
        })),
        dropped: [],
      },
    }) as unknown as Figures

  test.each([0, 1, 10, 100, 1_000])(
    'stay short enough with %i attempts, and the last of them stay',
    (count) => {
      const headers = writeFigures(figures(count))
      expect(JSON.stringify(headers).length).toBeLessThan(13_000)
      const read = readFigures(headers)
      expect(read).toMatchObject({ type: 'image/png', report: { sourceBytes: 1 } })
      expect(read?.report.tried.at(-1)?.name).toBe(count === 0 ? undefined : `way ${count - 1}`)
    },
  )
})
