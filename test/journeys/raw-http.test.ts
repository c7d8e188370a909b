// Requests as bytes, at a whole CDN: what RFC 9112 leaves to a server, and what Node's parser must go on refusing.
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, get, type IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { said } from '../wire/raw.ts'
import { aNode, type Node } from './cdn.ts'

const folder = mkdtempSync(join(tmpdir(), 'halftone-raw-'))
let cdn: Node
let port: number
beforeAll(async () => {
  const photo = sharp({ create: { width: 64, height: 48, channels: 3, background: '#852' } })
  writeFileSync(join(folder, 'a.png'), await photo.png().toBuffer())
  cdn = await aNode({ sources: { shop: { folder } } })
  port = Number(new URL(cdn.url).port)
  // From here on it is a hit of the fast path.
  await cdn.get(hit)
})
afterAll(async () => {
  await cdn.stop()
  rmSync(folder, { recursive: true, force: true })
})

const hit = '/shop/a.png?w=32'
const picture = 'content-type'
const closing = 'Host: a\r\nConnection: close\r\n'
const chunked = 'Transfer-Encoding: chunked\r\n'
const end = '0\r\n\r\n'
const long = (length: number) => `${hit}&utm_term=${'a'.repeat(length - hit.length - '&utm_term='.length)}`

describe('a request is answered once', () => {
  test.each<[string, string, number[]]>([
    ['a hit whose body breaks', `GET ${hit} HTTP/1.1\r\nHost: a\r\n${chunked}\r\nzz\r\n\r\n`, [200]],
    ['a hit whose chunk has no end', `GET ${hit} HTTP/1.1\r\nHost: a\r\n${chunked}\r\n1\r\nxy\r\n`, [200]],
    [
      'a miss whose body breaks',
      `GET /shop/a.png?w=31 HTTP/1.1\r\nHost: a\r\n${chunked}\r\nzz\r\n\r\n`,
      [400],
    ],
    [
      'a refused method whose body breaks',
      `POST ${hit} HTTP/1.1\r\nHost: a\r\n${chunked}\r\nzz\r\n\r\n`,
      [400],
    ],
    ['a hit, then no request', `GET ${hit} HTTP/1.1\r\nHost: a\r\n\r\nGURKE\r\n\r\n`, [200, 400]],
    ['a miss, then no request', 'GET /shop/a.png?w=30 HTTP/1.1\r\nHost: a\r\n\r\nGURKE\r\n\r\n', [200, 400]],
    [
      'two misses and a hit, then no request',
      `GET /shop/a.png?w=29 HTTP/1.1\r\nHost: a\r\n\r\nGET /shop/a.png?w=28 HTTP/1.1\r\nHost: a\r\n\r\nGET ${hit} HTTP/1.1\r\nHost: a\r\n\r\nGURKE\r\n\r\n`,
      [200, 200, 200, 400],
    ],
    [
      'a miss, then a hit whose body breaks',
      `GET /shop/a.png?w=27 HTTP/1.1\r\nHost: a\r\n\r\nGET ${hit} HTTP/1.1\r\nHost: a\r\n${chunked}\r\nzz\r\n\r\n`,
      [200, 200],
    ],
    [
      'two misses, the body of the second breaks',
      `GET /shop/a.png?w=26 HTTP/1.1\r\nHost: a\r\n\r\nGET /shop/a.png?w=25 HTTP/1.1\r\nHost: a\r\n${chunked}\r\nzz\r\n\r\n`,
      [200, 400],
    ],
  ])('%s', async (_, request, statuses) => {
    expect((await said(port, request)).map(({ status }) => status)).toEqual(statuses)
  })

  test('a hit with half a body, whose client then leaves', async () => {
    const { connect } = await import('node:net')
    const answer = await new Promise<string>((resolve) => {
      let text = ''
      const socket = connect(port, '127.0.0.1', () =>
        socket.end(`GET ${hit} HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf`),
      )
      socket.on('data', (chunk) => (text += chunk.toString('latin1'))).on('close', () => resolve(text))
    })
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200'])
  })
})

test('a hit has the same fields whether node:http has read its request or not', async () => {
  const fieldsOf = async (agent: Agent, headers: Record<string, string>) => {
    const [answer] = (await once(get(`${cdn.url}${hit}`, { agent, headers }), 'response')) as [
      IncomingMessage,
    ]
    await once(answer.resume(), 'end')
    return answer.rawHeaders.filter((_, at, all) => all[at - (at % 2)] !== 'Date')
  }
  const tag = (await cdn.get(hit)).headers.etag ?? ''
  for (const asked of [{}, { 'if-none-match': tag }]) {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const plain = await fieldsOf(agent, asked)
    expect(await fieldsOf(agent, { ...asked, 'x-read': 'by node:http' })).toEqual(plain)
    agent.destroy()
  }
})

describe('the target of a request', () => {
  test.each<[string, string, number]>([
    ['is a path', hit, 200],
    ['is an address, and its path counts', `http://cdn.example${hit}`, 200],
    ['is an address of another scheme of HTTP', `HTTPS://cdn.example:8443${hit}`, 200],
    ['is an address without a path', 'http://cdn.example', 200],
    ['is an address with a name and a password', `http://me:secret@cdn.example${hit}`, 400],
    ['is an address without a host', `http://${hit}`, 400],
    ['is an address that is not of HTTP', `ftp://cdn.example${hit}`, 400],
    ['has a fragment', `${hit}#top`, 400],
    ['has no slash', 'shop/a.png', 400],
    ['is a star', '*', 400],
    ['has a blank', '/shop/a b.png', 400],
    ['is as long as it may be', long(8192), 200],
    ['is longer', long(8193), 414],
    ['is longer than the parser reads', long(60_000), 414],
    ['is longer than a packet', long(300_000), 414],
  ])('%s', async (_, target, status) => {
    const [answer] = await said(port, `GET ${target} HTTP/1.1\r\n${closing}\r\n`)
    expect(answer?.status).toBe(status)
  })

  test('as an address is the same picture, signature and cache entry as its path', async () => {
    const [one] = await said(port, `GET http://other.example${hit} HTTP/1.1\r\n${closing}\r\n`)
    expect(one?.headers['cache-status']).toMatch(/^halftone-edge; hit/)
  })
})

describe('the head of a request', () => {
  const head = (lines: string, version = '1.1') => `GET ${hit} HTTP/${version}\r\n${lines}\r\n`
  test.each<[string, string, number]>([
    ['two Host lines', head('Host: a\r\nHost: b\r\n'), 400],
    ['the same Host twice', head('Host: a\r\nHost: a\r\n'), 400],
    ['two Host lines in HTTP/1.0', head('Host: a\r\nHost: b\r\n', '1.0'), 400],
    ['no Host', head(''), 400],
    ['no Host in HTTP/1.0', head('', '1.0'), 200],
    ['no Host in HTTP/1.0, no hit', 'GET / HTTP/1.0\r\n\r\n', 200],
    ['an empty Host', head('Host:\r\n'), 400],
    ['a Host with a path', head('Host: a/b\r\n'), 400],
    ['a Host with a name and a password', head('Host: me@a\r\n'), 400],
    ['a Host with a port', head('Host: a:80\r\nConnection: close\r\n'), 200],
    ['a Host that is an address of IPv6', head('Host: [::1]:80\r\nConnection: close\r\n'), 200],
    ['fields that are too long', head(`${closing}x: ${'y'.repeat(17_000)}\r\n`), 431],
    ['fields without an end', head(`${closing}x: ${'y '.repeat(40_000)}`), 431],
    ['HTTP/2.0', head('Host: a\r\n', '2.0'), 505],
    ['HTTP/0.9', 'GET /\r\n\r\n', 400],
    ['lines that end in LF', `GET ${hit} HTTP/1.1\nHost: a\n\n`, 400],
    ['one line that ends in LF', head('Host: a\nx: y\r\n'), 400],
    ['a CR within a value', head('Host: a\r\nx: y\rz\r\n'), 400],
    ['a NUL within a value', head('Host: a\r\nx: y\0z\r\n'), 400],
    ['a folded line', head('Host: a\r\nx: y\r\n z\r\n'), 400],
    ['a blank before the colon', head('Host: a\r\nx : y\r\n'), 400],
    ['a blank before the first field', head(' Host: a\r\nHost: b\r\n'), 400],
    ['empty lines before it', `\r\n\r\n${head(closing)}`, 200],
  ])('%s', async (_, request, status) => {
    const answers = await said(port, request)
    expect(answers.map((answer) => answer.status)).toEqual([status])
    if (status >= 400) expect(answers[0]?.headers.connection).toBe('close')
  })
})

describe('the length of a body', () => {
  const post = (lines: string, body: string, version = '1.1') =>
    `POST /shop/a.png HTTP/${version}\r\nHost: a\r\n${lines}\r\n${body}`
  const both = 'Content-Length: 5\r\n'
  test.each<[string, string, number]>([
    ['both Content-Length and chunked', post(both + chunked, end), 400],
    ['both, the other way round', post(chunked + both, end), 400],
    ['two lengths', post('Content-Length: 1\r\nContent-Length: 2\r\n', 'a'), 400],
    ['the same length twice', post('Content-Length: 1\r\nContent-Length: 1\r\n', 'a'), 400],
    ['a length with a sign', post('Content-Length: +1\r\n', 'a'), 400],
    ['a length that is a list', post('Content-Length: 1, 1\r\n', 'a'), 400],
    ['another coding', post('Transfer-Encoding: gzip\r\n', end), 501],
    ['another coding before chunked', post('Transfer-Encoding: gzip, chunked\r\n', end), 501],
    ['another coding after chunked', post('Transfer-Encoding: chunked, gzip\r\n', end), 400],
    ['chunked twice', post(chunked + chunked, end), 400],
    ['a size with a prefix', post(chunked, `0x1\r\na\r\n${end}`), 400],
    ['a chunk that ends in LF', post(chunked, `1\na\n${end}`), 400],
    ['a chunk extension', post(`Connection: close\r\n${chunked}`, `1;a=b\r\nx\r\n${end}`), 405],
    ['chunked in HTTP/1.0', post(`Connection: keep-alive\r\n${chunked}`, end, '1.0'), 405],
    ['both in HTTP/1.0', post(both + chunked, end, '1.0'), 400],
  ])('%s', async (_, request, status) => {
    // What follows is never answered: after each of these the connection ends.
    const answers = await said(port, `${request}GET ${hit} HTTP/1.1\r\n${closing}\r\n`)
    expect(answers.map((answer) => answer.status)).toEqual([status])
    expect(answers[0]?.headers.connection).toBe('close')
  })
})

describe('methods', () => {
  test('HEAD has no part of a picture, whatever range it asks for', async () => {
    const request = (path: string) =>
      `HEAD ${path} HTTP/1.1\r\n${closing}Range: bytes=0-9\r\nIf-Range: "x"\r\n\r\n`
    for (const path of [hit, '/shop/a.png?w=24', '/shop/a.png?fm=original']) {
      const [answer] = await said(port, request(path))
      expect([answer?.status, answer?.headers['content-range']]).toEqual([200, undefined])
      expect(Number(answer?.headers['content-length'])).toBeGreaterThan(10)
    }
  })

  test.each(['*', '/', hit, '/nowhere', '/openapi.json'])(
    'OPTIONS %s tells what is allowed',
    async (target) => {
      const [answer] = await said(port, `OPTIONS ${target} HTTP/1.1\r\n${closing}\r\n`)
      expect([answer?.status, answer?.headers.allow]).toEqual([204, expect.stringContaining('OPTIONS')])
    },
  )

  test.each(['POST', 'PUT', 'DELETE', 'TRACE', 'CONNECT'])(
    '%s is refused with what is allowed',
    async (method) => {
      const target = method === 'CONNECT' ? 'a:443' : hit
      const [answer] = await said(port, `${method} ${target} HTTP/1.1\r\n${closing}\r\n`)
      expect([answer?.status, answer?.headers.allow]).toEqual([405, 'GET, HEAD, OPTIONS'])
    },
  )
})

describe('what every host is asked for', () => {
  test('/favicon.ico is an icon', async () => {
    const { status, headers, body } = await cdn.get('/favicon.ico')
    expect([status, headers[picture]]).toEqual([200, 'image/x-icon'])
    // ICO: a reserved 0, the type 1, and as many pictures as there are PNGs.
    expect([body.readUInt16LE(0), body.readUInt16LE(2), body.readUInt16LE(4)]).toEqual([0, 1, 2])
    const at = body.readUInt32LE(6 + 12)
    expect(await sharp(body.subarray(at, at + body.readUInt32LE(6 + 8))).metadata()).toMatchObject({
      width: 16,
    })
  })

  test('/robots.txt lets pictures be found and nothing else', async () => {
    const { status, headers, body } = await cdn.get('/robots.txt')
    expect([status, headers[picture]]).toEqual([200, expect.stringMatching(/^text\/plain/)])
    expect(body.toString()).toMatch(/^User-agent: \*\n/)
    expect(body.toString()).not.toMatch(/^Disallow: \/$/m)
  })
})
