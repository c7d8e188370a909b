// Pictures of a site behind Halftone: the same address, fewer bytes, and all that HTTP says of them still holds.
import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { secretHeader } from '../../wire/headers.ts'
import { noisy } from '../dashboard/photographs.ts'
import { type Answered, aNode, type Node, type NodeOptions } from './cdn.ts'

type Answer = (req: IncomingMessage, res: ServerResponse) => void
const site: { answers: Record<string, Answer>; asked: string[] } = { answers: {}, asked: [] }
const origin = createServer((req, res) => {
  site.asked.push(`${req.method} ${req.url}`)
  const answer = site.answers[req.url ?? '']
  if (answer) answer(req, res)
  else res.writeHead(404).end()
})

const secret = 'a-secret-between-tiers'
let node: Node
let photo: Buffer
/** Long enough on the slowest machine; what must not be waited for has a site of its own. */
const patient = { wait: '10m' }

beforeAll(async () => {
  photo = await sharp(await noisy(3))
    .withExif({ IFD0: { Artist: 'Ada', Copyright: 'Ada 2026' } })
    .toBuffer()
  await new Promise<void>((done) => origin.listen(0, '127.0.0.1', done))
  const { port } = origin.address() as AddressInfo
  const where = { origin: `http://127.0.0.1:${port}`, allowAddresses: ['127.0.0.1/32'] }
  node = await aNode({
    tierSecret: secret,
    sites: {
      shop: { ...where, hosts: ['www.shop.example'], pictures: patient },
      hurried: { ...where, hosts: ['hurried.example'], pictures: { wait: 0 } },
      hinted: { ...where, hosts: ['hinted.example'], pictures: { ...patient, hints: true, keys: true } },
      untouched: { ...where, hosts: ['untouched.example'], pictures: false },
    },
  })
})

afterAll(async () => {
  await node.stop()
  origin.closeAllConnections()
  origin.close()
})

afterEach(() => {
  site.answers = {}
  site.asked.length = 0
})

const chrome = { accept: 'image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8' }
const tagOf = (body: Buffer): string => `"${createHash('sha256').update(body).digest('hex').slice(0, 16)}"`
const modified = 'Mon, 02 Nov 2026 08:00:00 GMT'

/** An ordinary web server's answer; `headers` over it. */
const picture =
  (body: () => Buffer, headers: Record<string, string | string[]> = {}): Answer =>
  (req, res) => {
    const etag = tagOf(body())
    const told = {
      ...{ 'content-type': 'image/jpeg', 'cache-control': 'public, max-age=600', etag },
      ...{ 'last-modified': modified, 'x-served-by': 'shelf 3' },
      ...headers,
    }
    if (req.headers['if-none-match'] === etag) return void res.writeHead(304, told).end()
    res.writeHead(200, { ...told, 'content-length': body().length }).end(req.method === 'HEAD' ? '' : body())
  }

const ask = (
  path: string,
  headers: Record<string, string> = chrome,
  { host = 'www.shop.example', method = 'GET' as 'GET' | 'HEAD' } = {},
): Promise<Answered> => node.get(path, { host, ...headers }, method)

let count = 0
/** What the origin was asked of an address: a node may still ask for an earlier test's in the background. */
const asksOf = (path: string): string[] => site.asked.filter((each) => each.split(/[ ?]/)[1] === path)

/** At an address that no other test uses: what is stored stays stored. */
function publish(answer: Answer): string {
  const path = `/pictures/${count++}.jpg`
  site.answers[path] = answer
  return path
}

describe('a picture', () => {
  test('comes back in the format that the browser takes, in fewer bytes, with the headers of its origin', async () => {
    const path = publish(picture(() => photo))
    const { status, headers, body } = await ask(path)
    expect(status).toBe(200)
    expect(headers).toMatchObject({
      ...{ 'content-type': 'image/avif', 'cache-control': 'public, max-age=600', vary: 'Accept' },
      ...{ 'last-modified': modified, 'x-served-by': 'shelf 3', 'content-length': String(body.length) },
      ...{ 'halftone-source-bytes': String(photo.length), 'accept-ranges': 'bytes' },
    })
    expect(body.length).toBeLessThan(photo.length)
    const { format, width, height } = await sharp(body).metadata()
    expect([format, width, height]).toEqual(['heif', 320, 240])
    expect(asksOf(path)).toEqual([`GET ${path}`])
    await ask(path)
    expect(asksOf(path).length).toBe(1)
  })

  test('for a browser that reads nothing newer stays what it is, with its author', async () => {
    const path = publish(picture(() => photo))
    const { headers, body } = await ask(path, { accept: '*/*' })
    expect([headers['content-type'], headers.vary]).toEqual(['image/jpeg', 'Accept'])
    expect(body.length).toBeLessThan(photo.length)
    expect((await sharp(body).metadata()).exif?.includes('Ada 2026')).toBe(true)
  })

  test('is turned upright where only a tag said how', async () => {
    const lying = await sharp(photo).withMetadata({ orientation: 6 }).toBuffer()
    const { body } = await ask(publish(picture(() => lying)))
    const { width, height } = await sharp(body).metadata()
    expect([width, height]).toEqual([240, 320])
  })

  test('whose length the origin does not say is one all the same', async () => {
    const path = publish((_, res) => {
      res.writeHead(200, { 'content-type': 'image/jpeg', 'cache-control': 'max-age=600' })
      res.write(photo.subarray(0, 1000))
      res.end(photo.subarray(1000))
    })
    const { headers, body } = await ask(path)
    expect([headers['content-type'], headers['content-length']]).toEqual(['image/avif', String(body.length)])
  })

  test('of another version is made anew, under another tag', async () => {
    let now = photo
    const path = publish(picture(() => now, { 'cache-control': 'public, max-age=0' }))
    const one = await ask(path)
    now = await noisy(9)
    const other = await ask(path)
    expect(other.headers.etag).not.toBe(one.headers.etag)
    expect(other.headers['halftone-source-bytes']).toBe(String(now.length))
  })

  test('that cannot be made smaller goes out as it came, tag and all', async () => {
    const small = await sharp(photo).avif({ quality: 5, effort: 9 }).toBuffer()
    const { headers, body } = await ask(publish(picture(() => small, { 'content-type': 'image/avif' })))
    expect([headers.etag, body.equals(small), headers.vary]).toEqual([tagOf(small), true, 'Accept'])
  })

  test('is sized by the hints of the browser where the site wants that', async () => {
    const hints = { ...chrome, 'sec-ch-width': '150' }
    const { headers, body } = await ask(publish(picture(() => photo)), hints, { host: 'hinted.example' })
    expect((await sharp(body).metadata()).width).toBeLessThan(200)
    expect(headers.vary).toContain('Sec-CH-Width')
    const full = await ask(publish(picture(() => photo)), hints)
    expect((await sharp(full.body).metadata()).width).toBe(320)
  })
})

describe('what HTTP says of it stays true:', () => {
  test('a condition about what was sent is answered here, and one about the original too', async () => {
    const path = publish(picture(() => photo))
    const { headers, body } = await ask(path)
    const own = await ask(path, { ...chrome, 'if-none-match': headers.etag ?? '' })
    expect([own.status, own.body.length, own.headers.etag, own.headers.vary]).toEqual([
      ...[304, 0, headers.etag, 'Accept'],
    ])
    const original = await ask(path, { ...chrome, 'if-none-match': tagOf(photo) })
    expect([original.status, original.headers.etag, original.headers.vary]).toEqual([
      ...[304, tagOf(photo), 'Accept'],
    ])
    const others = await ask(path, { accept: '*/*', 'if-none-match': headers.etag ?? '' })
    expect(others.status).toBe(200)
    expect(others.body.equals(body)).toBe(false)
  })

  test('parts are parts of what the tag in If-Range names', async () => {
    const path = publish(picture(() => photo))
    const { headers, body } = await ask(path)
    const range = { ...chrome, range: 'bytes=100-199' }
    const better = await ask(path, { ...range, 'if-range': headers.etag ?? '' })
    expect([
      better.status,
      better.headers['content-range'],
      better.body.equals(body.subarray(100, 200)),
    ]).toEqual([206, `bytes 100-199/${body.length}`, true])
    const original = await ask(path, { ...range, 'if-range': tagOf(photo) })
    expect([original.status, original.headers.etag, original.body.equals(photo.subarray(100, 200))]).toEqual([
      ...[206, tagOf(photo), true],
    ])
    const plain = await ask(path, range)
    expect([plain.headers.etag, plain.body.equals(photo.subarray(100, 200))]).toEqual([tagOf(photo), true])
    const gone = await ask(path, { ...range, 'if-range': '"ht-aaaaaaaaaaaa-aaaaaaaaaaaaaaaaaaaaaa"' })
    expect([gone.status, gone.body.equals(body)]).toEqual([200, true])
  })

  test('HEAD says what GET would', async () => {
    const path = publish(picture(() => photo))
    const { headers } = await ask(path)
    const head = await ask(path, chrome, { method: 'HEAD' })
    const names = ['etag', 'content-length', 'content-type', 'vary', 'last-modified', 'cache-control']
    expect(names.map((name) => head.headers[name])).toEqual(names.map((name) => headers[name]))
  })

  test('a tag of ours at an address that has no picture any more is no condition', async () => {
    const path = publish((_, res) => void res.setHeader('cache-control', 'max-age=9').end('gone'))
    const { status, body } = await ask(path, { 'if-none-match': '"ht-aaaaaaaaaaaa-aaaaaaaaaaaaaaaaaaaaaa"' })
    expect([status, body.toString()]).toEqual([200, 'gone'])
  })
})

describe('stays as it is, byte for byte:', () => {
  const text = Buffer.from('<p>no picture at all</p>'.repeat(50))
  test.each<[string, () => Answer, Record<string, string>?]>([
    ['a private one', () => picture(() => photo, { 'cache-control': 'private, max-age=600' })],
    ['one that is not to be stored', () => picture(() => photo, { 'cache-control': 'no-store' })],
    [
      'one that is not to be transformed',
      () => picture(() => photo, { 'cache-control': 'max-age=9, No-Transform' }),
    ],
    ['one with a coding', () => picture(() => photo, { 'content-encoding': 'x-own' })],
    ['one under another label', () => picture(() => photo, { 'content-type': 'application/octet-stream' })],
    ['a page under the label of a picture', () => picture(() => text)],
    ['a broken one', () => picture(() => photo.subarray(0, 900))],
    [
      'one for somebody who signed in',
      () => picture(() => photo, { 'cache-control': 's-maxage=600' }),
      { authorization: 'Basic eA==' },
    ],
    ['one whose client says no-transform', () => picture(() => photo), { 'cache-control': 'no-transform' }],
  ])('%s', async (_, answer, headers = {}) => {
    const path = publish(answer())
    const direct = await directly(path, headers)
    const { status, body, headers: told } = await ask(path, { ...chrome, ...headers })
    expect([status, body.equals(direct.body)]).toEqual([200, true])
    for (const name of ['content-type', 'etag', 'content-encoding', 'cache-control'])
      expect(told[name]).toBe(direct.headers[name])
  })

  test('one that sets a cookie', async () => {
    const path = publish(picture(() => photo, { 'set-cookie': 'seen=1', 'cache-control': 'private' }))
    const { headers, body } = await ask(path)
    expect([headers['set-cookie'], body.equals(photo)]).toEqual(['seen=1', true])
  })

  test('any at a site that does not want it', async () => {
    const { headers, body } = await ask(publish(picture(() => photo)), chrome, { host: 'untouched.example' })
    expect([headers.vary, body.equals(photo)]).toEqual([undefined, true])
  })
})

describe('who says which picture is wanted gets that one', () => {
  const sizeOf = async ({ body }: Answered) => {
    const { width, height, format } = await sharp(body).metadata()
    return [width, height, format]
  }

  test('below /cdn-cgi/image/ of the same host, by path or by whole address', async () => {
    const path = publish(picture(() => photo))
    const cropped = await ask(`/cdn-cgi/image/width=100,height=100,fit=cover,format=auto${path}`)
    expect(await sizeOf(cropped)).toEqual([100, 100, 'heif'])
    expect([
      cropped.headers.vary,
      cropped.headers['cache-control'],
      cropped.headers['last-modified'],
    ]).toEqual([...['Accept', 'public, max-age=600', modified]])
    const whole = await ask(`/cdn-cgi/image/width=64,format=jpeg/https://www.shop.example${path}`)
    expect(await sizeOf(whole)).toEqual([64, 48, 'jpeg'])
    expect(asksOf(path)).toEqual([`GET ${path}`])
    const { etag = '' } = cropped.headers
    const again = await ask(`/cdn-cgi/image/width=100,height=100,fit=cover,format=auto${path}`, {
      ...chrome,
      'if-none-match': etag,
    })
    expect([again.status, again.headers.etag]).toEqual([304, etag])
    const facts = await ask(`/cdn-cgi/image/format=json${path}`)
    expect(JSON.parse(facts.body.toString())).toMatchObject({ original: { width: 320, height: 240 } })
  })

  test('but not of other hosts, and not by options that there are not', async () => {
    const path = publish(picture(() => photo))
    expect((await ask('/cdn-cgi/image/width=9/https://other.example/a.jpg')).status).toBe(403)
    expect((await ask(`/cdn-cgi/image/width=many${path}`)).status).toBe(400)
    expect((await ask('/cdn-cgi/image/width=9/not-there.jpg')).status).toBe(404)
    expect(asksOf('/not-there.jpg')).toEqual(['GET /not-there.jpg'])
    expect(asksOf(path)).toEqual([])
  })

  test('by the keys of a query, where the site wants that; they do not reach its server', async () => {
    const path = publish(picture(() => photo))
    site.answers[`${path}?v=2`] = picture(() => photo)
    const keyed = await ask(`${path}?w=80&v=2`, chrome, { host: 'hinted.example' })
    expect(await sizeOf(keyed)).toEqual([80, 60, 'heif'])
    expect(asksOf(path)).toEqual([`GET ${path}?v=2`])
    expect((await ask(`${path}?w=many`, chrome, { host: 'hinted.example' })).status).toBe(400)
    await ask(`${path}?w=80`)
    expect(asksOf(path).at(-1)).toBe(`GET ${path}?w=80`)
  })
})

describe('the original goes out at once', () => {
  test('when the better one is not ready, which is there the next time', async () => {
    // Nobody has asked for it before: it has to be made.
    const fresh = await noisy(31, { width: 640, height: 480 })
    const path = publish(picture(() => fresh))
    const host = { host: 'hurried.example' }
    const first = await ask(path, chrome, host)
    expect([first.body.equals(fresh), first.headers.etag, first.headers.vary]).toEqual([
      ...[true, tagOf(fresh), 'Accept'],
    ])
    await expect
      .poll(async () => (await ask(path, chrome, host)).headers['content-type'], { timeout: 60_000 })
      .toBe('image/avif')
    expect(asksOf(path).length).toBe(1)
  })
})

test('what a purge names is fetched and made anew', async () => {
  let now = photo
  const path = publish(picture(() => now))
  const before = await ask(path)
  now = await noisy(12)
  expect((await ask(path)).headers.etag).toBe(before.headers.etag)
  const target = { kind: 'address', value: `//www.shop.example${path}` }
  const purged = await fetch(`${node.url}/purge`, {
    method: 'POST',
    headers: { [secretHeader]: secret },
    body: JSON.stringify({ purges: [{ target, isSoft: false }] }),
  })
  expect(purged.status).toBe(200)
  const { headers } = await ask(path)
  expect([headers['content-type'], headers['halftone-source-bytes']]).toEqual([
    'image/avif',
    String(now.length),
  ])
})

test('nobody asks for the pictures of a site by the name that the tiers know', async () => {
  const path = publish(picture(() => photo))
  await ask(path)
  const digest = createHash('sha256').update(photo).digest('base64url')
  const inner = encodeURIComponent(`http://www.shop.example${path}#${digest}`)
  const { status, body } = await node.get(`/site--shop/${inner}?w=10`)
  expect([status, JSON.parse(body.toString()).type]).toEqual([404, 'urn:halftone:problem:unknown-source'])
})

test('a tier in another process fetches the picture by itself, and makes it of the very same bytes', async () => {
  const { port } = origin.address() as AddressInfo
  const sites = {
    shop: {
      ...{ origin: `http://127.0.0.1:${port}`, allowAddresses: ['127.0.0.1/32'] },
      ...{ hosts: ['www.shop.example'], pictures: patient },
    },
  }
  await using opened = new AsyncDisposableStack()
  const start = async (options: NodeOptions) =>
    opened.adopt(await aNode({ ...options, sites, tierSecret: secret }), (each) => each.stop())
  const below = await start({ roles: ['shield', 'origin'] })
  const edge = await start({ roles: ['edge'], shields: [below.url] })
  const path = publish(picture(() => photo))
  const { headers } = await edge.get(path, { host: 'www.shop.example', ...chrome })
  expect([headers['content-type'], asksOf(path)]).toEqual(['image/avif', [`GET ${path}`, `GET ${path}`]])
  // The site has another one by then: what was seen first goes out as it is.
  const [first, later] = [await noisy(20), await noisy(21)]
  const changed: string = publish(picture(() => (asksOf(changed).length > 1 ? later : first)))
  const { body } = await edge.get(changed, { host: 'www.shop.example', ...chrome })
  expect([body.equals(first), asksOf(changed).length]).toEqual([true, 2])
})

test('what was saved is counted', async () => {
  const before = await node.metric('halftone_site_saved_bytes_total')
  const { body } = await ask(publish(picture(() => photo)))
  expect(await node.metric('halftone_site_saved_bytes_total')).toBe(before + photo.length - body.length)
})

async function directly(path: string, headers: Record<string, string>) {
  const { port } = origin.address() as AddressInfo
  const res = await fetch(`http://127.0.0.1:${port}${path}`, { headers })
  return { body: Buffer.from(await res.arrayBuffer()), headers: Object.fromEntries(res.headers) }
}
