// What HTTP demands of a cache about freshness, asked of the whole CDN by the address of a picture, with default settings.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { httpDate } from '../../http/dates.ts'
import { aClock } from '../clocks.ts'
import { aNode, type Node } from '../journeys/cdn.ts'

const clock = aClock()
let server: Server
let cdn: Node
/** What the source answers with at each path, and how often it was asked. */
const sources = new Map<string, { readonly headers: Said; asked: number }>()

type Said = () => Record<string, string>

beforeAll(async () => {
  const widths = await Promise.all([1, 2, 3].map(aPicture))
  server = createServer((request, response) => {
    const source = sources.get(request.url ?? '')
    if (!source) return void response.writeHead(404).end()
    response.writeHead(200, { date: httpDate(clock.now()), ...source.headers() }).end(widths[source.asked++])
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const site = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  cdn = await aNode({ clock, sources: { site: { site, allowAddresses: ['127.0.0.1/32'] } } })
})

afterAll(async () => {
  await cdn.stop()
  server.closeAllConnections()
  await new Promise((done) => server.close(done))
})

/** Its width tells which answer of the source it is. */
const aPicture = (width: number): Promise<Buffer> =>
  sharp({ create: { width, height: 1, channels: 3, background: '#888' } })
    .png()
    .toBuffer()

let number = 0

/** Whether a picture whose source said this is answered from a cache after so many seconds. */
async function isReused(headers: Said, seconds: number): Promise<boolean> {
  const path = `/${++number}.png`
  sources.set(path, { headers, asked: 0 })
  const get = async () => (await sharp((await cdn.get(`/site${path}?fm=png`)).body).metadata()).width
  expect(await get()).toBe(1)
  clock.forward(seconds)
  return (await get()) === 1
}

const said =
  (headers: Record<string, string>): Said =>
  () =>
    headers
const control = (field: string): Said => said({ 'cache-control': field })
const from = (seconds: number): string => httpDate(clock.now() + seconds * 1000)

describe('a picture is not used again without asking', () => {
  test.each<[string, Said]>([
    ['RFC 9111 4.2: past its max-age', control('max-age=2')],
    ['RFC 9111 4.2.1: past its s-maxage, whatever its max-age', control('max-age=3600, s-maxage=2')],
    ['RFC 9111 4.2.1: with max-age=0', control('max-age=0')],
    ['RFC 9111 4.2.1: with a max-age that is no number', control('max-age=a100')],
    ['RFC 9111 4.2.1: of two max-age the first counts', control('max-age=2, max-age=3600')],
    ['RFC 9111 5.2: a quoted max-age is another word', control('extension="max-age=3600", max-age=2')],
    [
      'RFC 9111 4.2.3: when it was too old on arrival',
      said({ 'cache-control': 'max-age=3600', age: '7200' }),
    ],
    ['RFC 9111 4.2.3: when its Date shows that', () => ({ 'cache-control': 'max-age=60', date: from(-90) })],
    ['RFC 9111 5.1: of several ages the first', said({ 'cache-control': 'max-age=3600', age: '7200, 0' })],
    ['RFC 9111 5.3: past its Expires', () => ({ expires: from(2) })],
    ['RFC 9111 5.3: with an Expires that is no date', said({ expires: '0' })],
    [
      'RFC 9111 5.3: max-age is before Expires',
      () => ({ 'cache-control': 'max-age=2', expires: from(3600) }),
    ],
    ['RFC 9111 5.2.2.2: must-revalidate', control('max-age=2, must-revalidate')],
    [
      'RFC 9111 5.2.2.2: against a window beside it',
      control('max-age=2, must-revalidate, stale-while-revalidate=60'),
    ],
    ['RFC 9111 5.2.2.4: no-cache', control('no-cache, max-age=3600')],
    ['RFC 9111 5.2.2.5: no-store', control('no-store, max-age=3600')],
    ['RFC 9111 5.2.2.7: private', control('private, max-age=3600')],
    ['RFC 9111 5.2.2.8: proxy-revalidate', control('max-age=2, proxy-revalidate')],
    ['RFC 9111 5.2.2: in capitals', control('NO-STORE, MAX-AGE=3600')],
    ['RFC 9111 4.1: Vary: *', said({ 'cache-control': 'max-age=3600', vary: '*' })],
    [
      'RFC 9111 4.1: Vary with a star among others',
      said({ 'cache-control': 'max-age=3600', vary: 'Accept, *' }),
    ],
    ['RFC 5861 3: past its own stale window', control('max-age=1, stale-while-revalidate=1')],
    [
      'RFC 9213 2.2: past its CDN-Cache-Control',
      said({ 'cdn-cache-control': 'max-age=2', 'cache-control': 'max-age=3600' }),
    ],
    [
      'RFC 9213 2.2: CDN-Cache-Control: no-store',
      said({ 'cdn-cache-control': 'no-store', 'cache-control': 'max-age=3600' }),
    ],
    [
      'RFC 9213 2.2: a broken CDN-Cache-Control is passed over',
      said({ 'cdn-cache-control': 'max-age=3600, &', 'cache-control': 'max-age=2' }),
    ],
  ])('%s', async (_, headers) => expect(await isReused(headers, 3)).toBe(false))
})

describe('a picture is used again', () => {
  test.each<[string, Said]>([
    ['RFC 9111 4.2: within its max-age', control('max-age=3600')],
    ['RFC 9111 4.2.1: within its s-maxage', control('max-age=1, s-maxage=3600')],
    ['RFC 9111 5.3: within its Expires', () => ({ expires: from(3600) })],
    ['RFC 9110 5.6.7: in the form of RFC 850', said({ expires: 'Thursday, 18-Aug-50 02:01:18 GMT' })],
    ['RFC 9111 1.2.2: a number that is too large means for ever', control('max-age=99999999999')],
    ['RFC 5861 3: within its own stale window', control('max-age=1, stale-while-revalidate=3600')],
    [
      'RFC 9213 2.2: within its CDN-Cache-Control',
      said({ 'cdn-cache-control': 'max-age=3600', 'cache-control': 'no-store' }),
    ],
    ['for an hour, where its source says nothing', said({})],
  ])('%s', async (_, headers) => expect(await isReused(headers, 3)).toBe(true))
})
