// A whole web site behind Halftone: what is no picture passes through as it is, both ways, and ends with its client.
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer, text } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { aProcess, type Process } from './processes.ts'

let origin: Server
let halftone: Process
let folder: string
let answer: (req: IncomingMessage, res: ServerResponse) => void
const seen: IncomingMessage[] = []

beforeAll(async () => {
  origin = createServer((req, res) => {
    seen.push(req)
    answer(req, res)
  })
  origin.on('upgrade', (req, socket, head) => {
    seen.push(req)
    socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n')
    if (head.length > 0) socket.write(head)
    socket.on('error', () => {}).pipe(socket)
  })
  await new Promise<void>((done) => origin.listen(0, '127.0.0.1', done))
  const { port } = origin.address() as AddressInfo
  folder = mkdtempSync(join(tmpdir(), 'halftone-site-'))
  const config = join(folder, 'halftone.config.ts')
  const shop = {
    hosts: ['www.shop.example', '*.shop.example'],
    origin: `http://127.0.0.1:${port}`,
    allowAddresses: ['127.0.0.1/32'],
  }
  writeFileSync(config, `export default ${JSON.stringify({ sites: { shop } })}\n`)
  halftone = await aProcess({ environment: { HALFTONE_CONFIG: config } })
})

afterAll(async () => {
  await halftone.end()
  origin.closeAllConnections()
  origin.close()
  rmSync(folder, { recursive: true, force: true })
})

beforeEach(() => {
  seen.length = 0
})

interface Asked {
  readonly method?: string
  readonly path?: string
  readonly headers?: Record<string, string | string[]>
  readonly body?: Buffer
}

function ask({ method = 'GET', path = '/', headers = {}, body }: Asked = {}) {
  const { hostname, port } = new URL(halftone.url)
  const asking = request({
    hostname,
    port,
    method,
    path,
    agent: false,
    headers: { host: 'www.shop.example', ...headers },
  })
  asking.end(body)
  return asking
}

async function answered(asked: Asked = {}): Promise<IncomingMessage> {
  const [res] = await once(ask(asked), 'response')
  return res
}

describe('an answer that is no picture', () => {
  test('comes byte for byte, with its headers as they were, in their order and several lines of them', async () => {
    answer = (_, res) => {
      res.sendDate = false
      res.writeHead(418, 'Short And Stout', [
        ...['Content-Type', 'text/html', 'Set-Cookie', 'a=1; Path=/', 'Set-Cookie', 'b=2'],
        ...['X-Odd', 'caf\u00e9', 'Connection', 'X-Private', 'X-Private', 'not to be seen'],
      ])
      res.end(Buffer.from('<p>no picture</p>'))
    }
    const res = await answered({ path: '/a?b=%20c&&' })
    expect([res.statusCode, res.statusMessage, await text(res)]).toEqual([
      418,
      'Short And Stout',
      '<p>no picture</p>',
    ])
    expect(res.rawHeaders.slice(0, 8)).toEqual([
      ...[
        'Content-Type',
        'text/html',
        'Set-Cookie',
        'a=1; Path=/',
        'Set-Cookie',
        'b=2',
        'X-Odd',
        'caf\u00e9',
      ],
    ])
    expect(res.headers['x-private']).toBeUndefined()
    expect(res.headers.via).toBe('1.1 halftone')
    expect(seen[0]?.url).toBe('/a?b=%20c&&')
  })

  test('tells its origin who asks, and not what a stranger says of itself', async () => {
    answer = (_, res) => void res.end()
    await answered({
      headers: { 'x-forwarded-for': '6.6.6.6', 'proxy-authorization': 'Basic eA==', cookie: 'c=1' },
    })
    const { headers } = seen[0] as IncomingMessage
    expect(headers).toMatchObject({
      host: 'www.shop.example',
      cookie: 'c=1',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
      forwarded: 'for=127.0.0.1;host="www.shop.example";proto=http',
      via: '1.1 halftone',
    })
    expect(headers['proxy-authorization']).toBeUndefined()
  })

  test('may be the answer to a body of any size, sent on while it comes', async () => {
    answer = (req, res) => void req.pipe(res)
    const body = Buffer.alloc(5_000_000, 'halftone ')
    const res = await answered({ method: 'POST', path: '/echo', body })
    expect((await buffer(res)).equals(body)).toBe(true)
  })

  test('may stream for as long as it likes: the first event arrives before the last is sent', async () => {
    let end = () => {}
    answer = (_, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' })
      res.write('data: one\n\n')
      end = () => res.end('data: two\n\n')
    }
    const res = await answered({ path: '/events' })
    const [first] = await once(res, 'data')
    expect(String(first)).toBe('data: one\n\n')
    end()
    const [second] = await once(res, 'data')
    expect(String(second)).toBe('data: two\n\n')
  })

  test('may have early hints in front of it and trailers behind it', async () => {
    answer = (_, res) => {
      res.writeEarlyHints({ link: ['</a.css>; rel=preload; as=style'] })
      res.writeHead(200, { trailer: 'grpc-status' })
      res.write('x')
      res.addTrailers({ 'grpc-status': '0' })
      res.end()
    }
    const asking = ask()
    const hints = once(asking, 'information')
    const [res] = await once(asking, 'response')
    expect((await hints)[0].headers.link).toBe('</a.css>; rel=preload; as=style')
    await text(res)
    expect(res.trailers['grpc-status']).toBe('0')
  })
})

describe('an early hint', () => {
  const link = '</a.jpg>; rel=preload; as=image; imagesrcset="/a.jpg 1x, /b.jpg 2x"'
  const hinting: typeof answer = (_, res) => {
    // Node's own function refuses such a link.
    res.socket?.write(`HTTP/1.1 103 Early Hints\r\nLink: ${link}\r\n\r\n`)
    res.end('page')
  }

  test.each([
    ['passes', {}, [link]],
    ['does not pass through a proxy that may take it for the answer', { via: '1.1 front' }, []],
    ['nor through one that says nothing but for whom it asks', { 'x-real-ip': '6.6.6.6' }, []],
  ])('%s', async (_, headers, wanted) => {
    answer = hinting
    const asking = ask({ headers })
    const hints: unknown[] = []
    asking.on('information', (told) => hints.push(told.headers.link))
    const [res] = await once(asking, 'response')
    expect([await text(res), hints]).toEqual(['page', wanted])
  })
})

describe('when somebody goes', () => {
  test('an origin that breaks off in the middle is an aborted answer, never a short one', async () => {
    answer = (_, res) => {
      res.writeHead(200, { 'content-length': 100 })
      res.write('half')
      setImmediate(() => res.destroy())
    }
    await expect(text(await answered())).rejects.toThrow(/aborted/)
  })

  test('so is one without a length', async () => {
    answer = (_, res) => {
      res.write('half')
      setImmediate(() => res.destroy())
    }
    await expect(text(await answered())).rejects.toThrow(/aborted/)
  })

  test('a client that leaves frees the connection of its origin', async () => {
    const closed = Promise.withResolvers<void>()
    answer = (_, res) => {
      res.once('close', closed.resolve)
      res.write('begin')
    }
    const res = await answered()
    await once(res, 'data')
    res.destroy()
    await closed.promise
  })

  test('an origin that is not there is a 502 that says so', async () => {
    answer = (req) => void req.socket.destroy()
    const res = await answered({ method: 'POST', body: Buffer.from('x') })
    expect([res.statusCode, res.headers['content-type']]).toEqual([502, 'application/problem+json'])
  })
})

describe('a connection that changes its protocol', () => {
  const handshake = (host: string) =>
    `GET /socket HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n`

  async function open(host: string) {
    const { hostname, port } = new URL(halftone.url)
    const socket = connect(Number(port), hostname)
    socket.write(handshake(host))
    const [head] = await once(socket, 'data')
    return { socket, head: String(head) }
  }

  test('is joined with its origin, both ways, and ends with it', async () => {
    const { socket, head } = await open('www.shop.example')
    expect(head).toMatch(/^HTTP\/1.1 101 /)
    expect(head).toMatch(/^upgrade: echo\r$/im)
    socket.write('ping')
    const [echo] = await once(socket, 'data')
    expect(String(echo)).toBe('ping')
    const { socket: atOrigin } = seen[0] as IncomingMessage
    const closed = once(atOrigin, 'close')
    socket.destroy()
    await closed
  })

  test('is refused where no site is meant', async () => {
    const { socket, head } = await open('127.0.0.1')
    expect(head).not.toMatch(/101/)
    socket.destroy()
  })
})

test('names below one belong to the site too; other hosts are no site', async () => {
  answer = (_, res) => void res.end('the shop')
  expect(await text(await answered({ headers: { host: 'de.shop.example:443' } }))).toBe('the shop')
  const other = await answered({ headers: { host: '127.0.0.1' }, path: '/healthz' })
  expect(other.statusCode).toBe(200)
})

test('a host that nobody knows is refused, and the neighbours’ own paths are not', async () => {
  const unknown = await answered({ headers: { host: 'unknown.example' } })
  expect([unknown.statusCode, JSON.parse(await text(unknown)).type]).toEqual([
    ...[421, 'urn:halftone:problem:unknown-host'],
  ])
})

test('what is stored of a site is purged by the API, and by the site’s own words', async () => {
  const { stdout } = spawnSync('bin/halftone', ['keys', 'add', '--project', 'p', '--user', 'u', '--json'], {
    env: { ...process.env, HALFTONE_DATA: halftone.dataDir },
    encoding: 'utf8',
  })
  const { id, secret } = JSON.parse(stdout)
  const purge = (order: object) =>
    fetch(`${halftone.url}/v1/purge`, {
      method: 'POST',
      headers: { authorization: `Bearer ${id}.${secret}`, 'content-type': 'application/json' },
      body: JSON.stringify(order),
    })
  answer = (_, res) => {
    res.writeHead(200, { 'cache-control': 'max-age=600', 'surrogate-key': 'one' })
    res.end('stored')
  }
  const did = async () => {
    const res = await answered({ path: '/stored' })
    await text(res)
    return /halftone; (hit|fwd=[\w-]+)/.exec(String(res.headers['cache-status']))?.[1]
  }
  await did()
  for (const order of [
    { urls: ['https://www.shop.example/stored'] },
    { prefixes: ['http://www.shop.example/st'] },
    { sites: ['shop'] },
    { keys: ['site:shop:one'] },
    { all: true },
  ]) {
    expect(await did()).toBe('hit')
    expect((await purge(order)).status).toBe(200)
    expect(await did()).toBe('fwd=uri-miss')
  }
  expect((await purge({ sites: ['nobody'] })).status).toBe(404)
})
