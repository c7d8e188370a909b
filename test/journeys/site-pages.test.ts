// Pages of a site behind Halftone: attributes for the pictures that have been seen, every other byte as it was, and all that
// HTTP says of the page still holds.
import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import {
  brotliCompressSync,
  brotliDecompressSync,
  constants,
  createGunzip,
  createGzip,
  gunzipSync,
  gzipSync,
  zstdCompressSync,
  zstdDecompressSync,
} from 'node:zlib'
import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { noisy } from '../dashboard/photographs.ts'
import { type Answered, aNode, type Node } from './cdn.ts'

type Answer = (req: IncomingMessage, res: ServerResponse) => void
const answers: Record<string, Answer> = {}
const asked: string[] = []
const origin = createServer((req, res) => {
  asked.push(`${req.method} ${req.url} ${req.headers['if-none-match'] ?? ''}`.trim())
  const answer = answers[req.url ?? '']
  if (answer) answer(req, res)
  else res.writeHead(404).end()
})

let node: Node
let photo: Buffer

beforeAll(async () => {
  photo = await sharp(await noisy(3))
    .resize(400, 300)
    .jpeg()
    .toBuffer()
  await new Promise<void>((done) => origin.listen(0, '127.0.0.1', done))
  const { port } = origin.address() as AddressInfo
  const where = { origin: `http://127.0.0.1:${port}`, allowAddresses: ['127.0.0.1/32'] }
  const pictures = { wait: '10m' }
  const all = { dimensions: true, srcset: [100, 200], lazy: true, eager: 1, decoding: true, preload: true }
  node = await aNode({
    sites: {
      shop: { ...where, hosts: ['shop.example'], pictures, html: { ...all, link: true } },
      keyed: { ...where, hosts: ['keyed.example'], pictures: { ...pictures, keys: true }, html: all },
      sized: { ...where, hosts: ['sized.example'], pictures: { ...pictures, options: 'w=200' }, html: all },
      plain: { ...where, hosts: ['plain.example'], pictures: false, html: all },
      off: { ...where, hosts: ['off.example'] },
    },
  })
})

afterAll(async () => {
  await node.stop()
  origin.closeAllConnections()
  origin.close()
})

afterEach(() => {
  asked.length = 0
})

const browser = 'image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8'
const modified = 'Mon, 02 Nov 2026 08:00:00 GMT'
type Fields = Record<string, string | string[]>

const given =
  (body: Buffer | string, headers: Fields): Answer =>
  (req, res) => {
    const told: Fields = {
      ...{ etag: '"one"', 'last-modified': modified, 'cache-control': 'public, max-age=600' },
      ...headers,
    }
    if (req.headers['if-none-match'] === told.etag) return void res.writeHead(304, told).end()
    res.writeHead(200, { ...told, 'content-length': Buffer.byteLength(body) })
    res.end(req.method === 'HEAD' ? '' : body)
  }

const page = (body: Buffer | string, headers: Fields = {}): Answer =>
  given(body, { 'content-type': 'text/html; charset=utf-8', ...headers })

let count = 0
/** At an address that no other test uses. */
function at(ending: string, answer: Answer): string {
  const path = `/${count++}${ending}`
  answers[path] = answer
  return path
}

const get = (
  path: string,
  host = 'shop.example',
  headers: Record<string, string> = {},
  method: 'GET' | 'HEAD' = 'GET',
): Promise<Answered> => node.get(path, { host, ...headers }, method)

/** A picture that somebody has got already. */
async function aPicture(host = 'shop.example', ending = '.jpg'): Promise<string> {
  const path = at(ending, given(photo, { 'content-type': 'image/jpeg' }))
  await get(path, host, { accept: browser })
  return path
}

const candidates = (path: string): string =>
  `/cdn-cgi/image/width=100,format=auto${path} 100w, /cdn-cgi/image/width=200,format=auto${path} 200w, ${path} 400w`

const sized = 'width="400" height="300"'
const sizes = 'sizes="(max-width: 400px) 100vw, 400px"'

describe('a page', () => {
  test('says of the pictures that have been seen how large they are, and where they are in fewer pixels', async () => {
    const [one, two] = [await aPicture(), await aPicture()]
    const written = `<!doctype html><title>caf\u00e9</title><img src="${one}"><p><img alt=x src=${two.slice(1)}><img src=/unseen.jpg>\r\n`
    const { status, headers, body } = await get(at('.html', page(written)))
    expect(status).toBe(200)
    expect(body.toString()).toBe(
      `<!doctype html><title>caf\u00e9</title><img ${sized} srcset="${candidates(one)}" ${sizes} decoding="async" src="${one}">` +
        `<p><img ${sized} srcset="${candidates(two)}" ${sizes} loading="lazy" decoding="async" alt=x src=${two.slice(1)}>` +
        '<img decoding="async" src=/unseen.jpg>\r\n',
    )
    expect(headers).toMatchObject({
      ...{ 'content-type': 'text/html; charset=utf-8', 'last-modified': modified, 'accept-ranges': 'none' },
      'cache-control': 'public, max-age=600',
    })
    expect(headers.etag).toMatch(/^W\/"one--ht-[\da-f]{6}-s"$/)
  })

  test('names addresses that are that picture in that width', async () => {
    for (const host of ['shop.example', 'keyed.example']) {
      const picture = await aPicture(host)
      const { body } = await get(at('.html', page(`<img src=${picture}>`)), host)
      const srcset = /srcset="([^"]*)"/.exec(body.toString())?.[1] ?? ''
      const widths = await Promise.all(
        srcset.split(', ').map(async (candidate) => {
          const [address = '', width] = candidate.replaceAll('&#38;', '&').split(' ')
          const got = await get(address, host, { accept: browser })
          return [`${(await sharp(got.body).metadata()).width}w`, width]
        }),
      )
      expect(widths).toEqual([
        ['100w', '100w'],
        ['200w', '200w'],
        ['400w', '400w'],
      ])
    }
  })

  test('names a picture by its keys where the site reads them, and leaves one that has some', async () => {
    const picture = await aPicture('keyed.example', '.jpg?v=1')
    const { body } = await get(
      at('.html', page(`<img src="${picture}"><img src="${picture}&w=50">`)),
      'keyed.example',
    )
    expect(body.toString()).toBe(
      `<img ${sized} srcset="${picture}&#38;w=100 100w, ${picture}&#38;w=200 200w, ${picture} 400w" ${sizes} decoding="async" src="${picture}">` +
        `<img width="50" height="38" loading="lazy" decoding="async" src="${picture}&w=50">`,
    )
  })

  test('says the size in which pictures go out, whatever the site makes of them', async () => {
    const small = await aPicture('sized.example')
    const one = await get(at('.html', page(`<img src=${small}>`)), 'sized.example')
    expect(one.body.toString()).toContain(
      '<img width="200" height="150" srcset="/cdn-cgi/image/width=100,format=auto',
    )
    const plain = await aPicture('plain.example')
    const other = await get(at('.html', page(`<img src=${plain}>`)), 'plain.example')
    expect(other.body.toString()).toBe(`<img ${sized} decoding="async" src=${plain}>`)
  })

  test('says it of a picture that lies on its side as people see it, and of another version once it is there', async () => {
    let body = await sharp(photo).withMetadata({ orientation: 6 }).toBuffer()
    const path = at('.jpg', (req, res) =>
      given(body, { 'content-type': 'image/jpeg', 'cache-control': 'max-age=0', etag: `"${body.length}"` })(
        req,
        res,
      ),
    )
    await get(path)
    const html = at('.html', page(`<img src=${path}>`))
    expect((await get(html)).body.toString()).toContain('<img width="300" height="400"')
    body = await sharp(photo).resize(80, 80).jpeg().toBuffer()
    await get(path)
    expect((await get(html)).body.toString()).toContain('<img width="80" height="80"')
  })

  test('of a site that does not want it is not touched', async () => {
    const picture = await aPicture('off.example')
    const { headers, body } = await get(at('.html', page(`<img src=${picture}>`)), 'off.example')
    expect([body.toString(), headers.etag]).toEqual([`<img src=${picture}>`, '"one"'])
  })

  test('keeps what its author says, and what a script or a picture element will change', async () => {
    const picture = await aPicture()
    const kept = [
      `<img src=${picture} width=1 height=2 srcset="a 2x" loading=eager decoding=sync>`,
      `<img src=${picture} data-src=/real.jpg>`,
      `<picture><source srcset=/b.avif><img src=${picture}></picture>`,
      `<img src=https://elsewhere.example${picture} decoding=auto>`,
      `<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" decoding=auto>`,
      `<script>"<img src=${picture}>"</script><noscript><img src=${picture}></noscript>`,
    ].join('\n')
    expect((await get(at('.html', page(kept)))).body.toString()).toBe(kept)
    const width = `<img decoding=sync src=${picture} width=100 usemap=#a>`
    expect((await get(at('.html', page(width)))).body.toString()).toBe(
      width.replace('<img', '<img height="75"'),
    )
    const styled = `<img decoding=sync src=${picture} style="width: 10em">`
    expect((await get(at('.html', page(styled)))).body.toString()).toBe(styled)
  })
})

describe('what is not touched', () => {
  test.each<[string, Fields, number?]>([
    ['text', { 'content-type': 'text/plain' }],
    ['XHTML', { 'content-type': 'application/xhtml+xml' }],
    ['what says no-transform', { 'cache-control': 'max-age=60, no-transform' }],
    ['UTF-16', { 'content-type': 'text/html; charset=utf-16' }],
    ['ISO-2022-JP', { 'content-type': 'text/html; charset="iso-2022-jp"' }],
    ['an encoding that nobody knows', { 'content-type': 'text/html; charset=odd' }],
    ['a coding that nobody knows', { 'content-encoding': 'compress' }],
    ['a signed page', { 'signature-input': 'sig1=("content-digest")' }],
  ])('%s', async (_, headers) => {
    const picture = await aPicture()
    const written = `<img src=${picture}>`
    const got = await get(at('.html', page(written, headers)))
    expect([got.body.toString(), got.headers.etag]).toEqual([written, '"one"'])
    expect(got.headers['content-length']).toBe(String(written.length))
  })

  test('an error, and a page for somebody who says no-transform', async () => {
    const written = `<img src=${await aPicture()}>`
    const missing = at('.html', (_, res) => res.writeHead(404, { 'content-type': 'text/html' }).end(written))
    expect((await get(missing)).body.toString()).toBe(written)
    const path = at('.html', page(written))
    const got = await get(path, 'shop.example', { 'cache-control': 'no-transform' })
    expect([got.body.toString(), got.headers.etag]).toEqual([written, '"one"'])
  })
})

describe('HTTP', () => {
  test('a page is confirmed by its tag, at the cache and at its server', async () => {
    for (const life of ['public, max-age=600', 'no-store']) {
      const path = at(
        '.html',
        page('<img src=/a.jpg>', { 'cache-control': life, 'content-md5': 'x', digest: 'sha-256=x' }),
      )
      const first = await get(path)
      const tag = first.headers.etag ?? ''
      expect([first.headers['content-md5'], first.headers.digest]).toEqual([undefined, undefined])
      asked.length = 0
      const again = await get(path, 'shop.example', { 'if-none-match': tag })
      expect([again.status, again.headers.etag, again.body.length]).toEqual([304, tag, 0])
      expect(asked).toEqual(life === 'no-store' ? [`GET ${path} "one"`] : [])
      expect((await get(path, 'shop.example', { 'if-none-match': '"other"' })).status).toBe(200)
    }
  })

  test('a tag that is weak is asked for as the weak one that it was', async () => {
    const path = at('.html', page('<img src=/a.jpg>', { etag: 'W/"two"', 'cache-control': 'no-store' }))
    const { headers } = await get(path)
    const again = await get(path, 'shop.example', { 'if-none-match': `"x", ${headers.etag}` })
    expect(asked.at(-1)).toBe(`GET ${path} "x", W/"two"`)
    expect([again.status, again.headers.etag]).toEqual([304, headers.etag])
  })

  test('there are no parts of a page, and its head says what the page says', async () => {
    const path = at('.html', page(`<img src=/a.jpg>${'x'.repeat(1000)}`))
    const range = { range: 'bytes=10-19' }
    const [never, known] = [await get(path, 'shop.example', range), await get(path, 'shop.example', range)]
    for (const { status, body } of [never, known]) expect([status, body.length]).toEqual([200, 1033])
    const head = await get(path, 'shop.example', {}, 'HEAD')
    expect([head.status, head.body.length, head.headers['content-length']]).toEqual([200, 0, undefined])
    expect(head.headers.etag).toBe(known.headers.etag)
    const film = at('.mp4', given('0123456789', { 'content-type': 'video/mp4' }))
    expect((await get(film, 'shop.example', { range: 'bytes=1-2' })).body.toString()).toBe('12')
  })

  test('a page that is stored is made once, and made anew when more is known', async () => {
    const [known, new_] = [await aPicture(), at('.jpg', given(photo, { 'content-type': 'image/jpeg' }))]
    const path = at('.html', page(`<img src=${known}><img src=${new_}>`))
    const [first, second] = [await get(path), await get(path)]
    // Where it was made before, its length is known.
    expect([first.headers['content-length'], second.headers['content-length']]).toEqual([
      undefined,
      String(second.body.length),
    ])
    expect(second.body.equals(first.body)).toBe(true)
    await get(new_)
    const third = await get(path)
    expect(third.body.toString().match(/width="400"/g)?.length).toBe(2)
    expect(asked.filter((each) => each.includes('.html')).length).toBe(1)
  })

  test.each([
    ['gzip', gzipSync, gunzipSync],
    ['br', brotliCompressSync, brotliDecompressSync],
    ['zstd', zstdCompressSync, zstdDecompressSync],
  ] as const)('a page in %s stays in it', async (coding, encode, decode) => {
    const picture = await aPicture()
    const path = at('.html', page(encode(`<img src=${picture}>caf\u00e9`), { 'content-encoding': coding }))
    for (const _ of ['made', 'kept']) {
      const { headers, body } = await get(path, 'shop.example', { 'accept-encoding': coding })
      expect(headers['content-encoding']).toBe(coding)
      expect(decode(body).toString()).toContain(`<img ${sized}`)
      expect(decode(body).toString()).toContain('caf\u00e9')
    }
  })

  test('what cannot be decoded, or breaks off, breaks off', async () => {
    const broken = at(
      '.html',
      page('no gzip at all', { 'content-encoding': 'gzip', 'cache-control': 'no-store' }),
    )
    await expect(get(broken)).rejects.toThrow()
    const short = at('.html', (_, res) => {
      res.writeHead(200, { 'content-type': 'text/html', 'content-length': 1000 })
      res.write('<img src=/a.jpg>')
      setImmediate(() => res.destroy())
    })
    await expect(get(short)).rejects.toThrow()
  })

  test('where the policy of a page bars other addresses there are none', async () => {
    const picture = await aPicture()
    const bare = `<img ${sized} decoding="async" src=${picture}>`
    const barring = "default-src 'self'; img-src http://shop.example/pictures/"
    const header = await get(
      at('.html', page(`<img src=${picture}>`, { 'content-security-policy': barring })),
    )
    expect(header.body.toString()).toBe(bare)
    const meta = `<meta http-equiv=Content-Security-Policy content="${barring}">`
    expect((await get(at('.html', page(`${meta}<img src=${picture}>`)))).body.toString()).toBe(meta + bare)
    const open = page(`<img src=${picture}>`, { 'content-security-policy': "img-src 'self' data:" })
    expect((await get(at('.html', open))).body.toString()).toContain('srcset=')
  })
})

/** As it comes. */
async function asking(path: string, headers: Record<string, string> = {}) {
  const { hostname, port } = new URL(node.url)
  const sent = request({ hostname, port, path, headers: { host: 'shop.example', ...headers } })
  const hints: string[] = []
  sent.on('information', ({ statusCode, headers }) => hints.push(`${statusCode} ${headers.link}`))
  sent.end()
  const [res] = (await once(sent, 'response')) as [IncomingMessage]
  return { res, hints, sent }
}

describe('a slow page', () => {
  test.each(['identity', 'gzip'])(
    'in %s shows its beginning before its server has the end',
    async (coding) => {
      let end = () => {}
      const path = at('.html', (_, res) => {
        res.writeHead(200, {
          'content-type': 'text/html',
          ...(coding === 'gzip' && { 'content-encoding': coding }),
        })
        const out = coding === 'gzip' ? createGzip({ flush: constants.Z_SYNC_FLUSH }) : res
        if (out !== res) out.pipe(res)
        out.write('<h1>Soon</h1><img src=/a.jpg><im')
        end = () => void out.end('g src=/b.jpg>')
      })
      const { res } = await asking(path)
      const body = coding === 'gzip' ? res.pipe(createGunzip()) : res
      const [first] = await once(body, 'data')
      expect(String(first)).toBe('<h1>Soon</h1><img decoding="async" src=/a.jpg>')
      end()
      expect((await buffer(body)).toString()).toBe('<img decoding="async" src=/b.jpg>')
    },
  )

  test('whose reader leaves is left', async () => {
    const gone = Promise.withResolvers<void>()
    const path = at('.html', (_, res) => {
      res.writeHead(200, { 'content-type': 'text/html', 'cache-control': 'no-store' })
      res.write('<p>a')
      res.once('close', gone.resolve)
    })
    const { res } = await asking(path)
    await once(res, 'data')
    res.destroy()
    await gone.promise
  })
})

describe('the largest of the first pictures', () => {
  const navigate = { 'sec-fetch-mode': 'navigate' }
  const preload = (path: string): string =>
    `<${path}>; rel=preload; as=image; imagesrcset="${candidates(path)}"; imagesizes="(max-width: 400px) 100vw, 400px"`

  async function aPage(life: string, headers: Record<string, string> = {}) {
    const picture = await aPicture()
    const written = `<img src=${picture}><img src=${await aPicture()}>`
    const kind = { 'content-type': 'text/html', 'cache-control': life }
    const path = at('.html', (_, res) => res.writeHead(200, kind).end(written))
    await get(path, 'shop.example', headers)
    return { picture, path }
  }

  test('is told of before the page, and with it, once the page has been seen', async () => {
    const { picture, path } = await aPage('max-age=0')
    const { res, hints } = await asking(path, navigate)
    await buffer(res)
    expect(hints).toEqual([`103 ${preload(picture)}`])
    expect(res.headers.link).toBe(preload(picture))
  })

  test('is told to no one but a browser that goes to the page, and not by a proxy that may not know hints', async () => {
    const { path } = await aPage('max-age=0')
    for (const headers of [{}, { 'sec-fetch-mode': 'cors' }, { ...navigate, via: '1.1 front' }]) {
      const { res, hints } = await asking(path, headers)
      await buffer(res)
      expect(hints).toEqual([])
    }
  })

  test.each([
    ['that says so', 'private, max-age=600', {}],
    ['that nobody may keep', 'no-store', {}],
    ['that is not stored, and whose visitor has a cookie', 'public', { cookie: 'a=1' }],
  ])('of a page for one visitor alone (%s) is told to nobody', async (_, life, headers) => {
    const { path } = await aPage(life, headers)
    const { res, hints } = await asking(path, { ...navigate, ...headers })
    await buffer(res)
    expect([hints, res.headers.link]).toEqual([[], undefined])
  })

  test('does not keep a page waiting that is there', async () => {
    const { path } = await aPage('max-age=600')
    const { res, hints } = await asking(path, navigate)
    await buffer(res)
    expect(hints).toEqual([])
  })
})
