// Whole web sites behind the nginx that `halftone nginx` writes: TLS and HTTP/2 for visitors, and everything else passes.
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect, type IncomingHttpHeaders } from 'node:http2'
import { request } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aProcess, type Process } from '../journeys/processes.ts'
import { jpeg } from '../pictures.ts'
import { freePort } from '../servers/ports.ts'
import { aSite, type Front, nginxMissing, startFront, tierSecret } from './front.ts'

describe.skipIf(nginxMissing)(`sites behind nginx${nginxMissing ? `: ${nginxMissing}` : ''}`, () => {
  const seen: IncomingMessage[] = []
  let respond: (req: IncomingMessage, res: ServerResponse) => void = (_, res) => void res.end()
  const origin = createServer((req, res) => {
    seen.push(req)
    respond(req, res)
  })
  origin.on('upgrade', (req, socket) => {
    seen.push(req)
    socket.write(
      'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nwelcome',
    )
    socket.on('error', () => {}).on('data', (bytes) => socket.write(`heard ${bytes}`))
  })
  let edge: Process
  let front: Front
  let folder: string
  let httpsPort: number

  beforeAll(async () => {
    await new Promise<void>((done) => origin.listen(0, '127.0.0.1', done))
    folder = mkdtempSync(join(tmpdir(), 'halftone-sites-'))
    const config = join(folder, 'halftone.config.ts')
    httpsPort = await freePort()
    const hosts = ['www.shop.example', '*.shop.example']
    const site = {
      ...{ hosts, origin: `http://127.0.0.1:${(origin.address() as AddressInfo).port}` },
      ...{ allowAddresses: ['127.0.0.1/32'], pictures: { wait: '10m' } },
    }
    const written = {
      behindNginx: true,
      // Which is said of others: this one does not.
      proxiesPassHints: true,
      tierSecret,
      trustedProxies: ['127.0.0.1/32'],
      hosts: ['cdn.example'],
      sites: { shop: site },
    }
    writeFileSync(config, `export default ${JSON.stringify(written)}\n`)
    edge = await aProcess({ environment: { HALFTONE_CONFIG: config } })
    const sites = { hosts, ownHosts: ['cdn.example'] }
    front = await startFront({
      ...{ edges: [edge.url], sources: aSite },
      settings: { https: [`127.0.0.1:${httpsPort}`], sites },
    })
  })

  afterAll(async () => {
    await front.close()
    await edge.end()
    origin.closeAllConnections()
    origin.close()
    rmSync(folder, { recursive: true, force: true })
  })

  /** Over TLS and HTTP/2. */
  async function get(path: string, host = 'www.shop.example', headers: Record<string, string> = {}) {
    const session = connect(`https://127.0.0.1:${httpsPort}`, { rejectUnauthorized: false })
    try {
      const stream = session.request({ ':path': path, ':authority': host, ...headers })
      const [told] = (await once(stream, 'response')) as [IncomingHttpHeaders & { ':status'?: number }]
      return { status: told[':status'], headers: told, body: await buffer(stream) }
    } finally {
      session.close()
    }
  }

  test('a page comes over TLS and HTTP/2 as its server sent it, and the server knows how it was asked for', async () => {
    const date = 'Mon, 02 Nov 2026 08:00:00 GMT'
    respond = (_, res) => {
      res.sendDate = false
      res.writeHead(200, {
        date,
        server: 'shelf',
        'content-type': 'text/html',
        'x-accel-expires': '100',
        x_odd: '1',
      })
      res.end('<h1>Caps</h1>')
    }
    const { status, headers, body } = await get('/a//b%2Fc?d=%20', 'www.shop.example', {
      x_mine: '2',
      'x-forwarded-proto': 'ftp',
    })
    expect([status, body.toString()]).toEqual([200, '<h1>Caps</h1>'])
    expect(headers).toMatchObject({ date, server: 'shelf', x_odd: '1', 'content-type': 'text/html' })
    expect(headers['request-id']).toBeUndefined()
    const asked = seen.at(-1)
    expect(asked?.url).toBe('/a//b%2Fc?d=%20')
    expect(asked?.headers).toMatchObject({
      ...{
        host: 'www.shop.example',
        'x-forwarded-host': 'www.shop.example',
        'x-forwarded-proto': 'https',
        x_mine: '2',
      },
      'x-forwarded-for': '127.0.0.1, 127.0.0.1',
    })
  })

  test('a picture of it is the better one, at every name of the site', async () => {
    const red = await jpeg({ width: 320, height: 200 })
    respond = (_, res) =>
      void res.writeHead(200, { 'content-type': 'image/jpeg', 'cache-control': 'max-age=60' }).end(red)
    for (const host of ['www.shop.example', 'deep.below.shop.example']) {
      const { headers, body } = await get('/shop/red.jpg', host, { accept: 'image/webp' })
      expect([headers['content-type'], body.length < red.length]).toEqual(['image/webp', true])
      expect(headers['cache-status']).not.toContain('halftone-nginx')
    }
  })

  test('a WebSocket is joined', async () => {
    const asking = request({
      ...{ host: '127.0.0.1', port: httpsPort, path: '/socket', rejectUnauthorized: false },
      headers: {
        host: 'www.shop.example',
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
      },
    })
    asking.end()
    const [res, socket, head] = await once(asking, 'upgrade')
    expect(res.statusCode).toBe(101)
    expect(String(head.length > 0 ? head : (await once(socket, 'data'))[0])).toBe('welcome')
    socket.write('you')
    expect(String((await once(socket, 'data'))[0])).toBe('heard you')
    socket.destroy()
  })

  test('events come one by one', async () => {
    let end = () => {}
    respond = (_, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' })
      res.write('data: one\n\n')
      end = () => void res.end('data: two\n\n')
    }
    const session = connect(`https://127.0.0.1:${httpsPort}`, { rejectUnauthorized: false })
    const stream = session.request({ ':path': '/events', ':authority': 'www.shop.example' })
    expect(String((await once(stream, 'data'))[0])).toBe('data: one\n\n')
    end()
    expect(String(await buffer(stream))).toBe('data: two\n\n')
    session.close()
  })

  test('an early hint of its server is not taken for the page', async () => {
    respond = (_, res) => {
      res.writeEarlyHints({ link: '</a.css>; rel=preload; as=style' })
      res.end('page')
    }
    const { status, body } = await get('/hinted', 'www.shop.example', { 'sec-fetch-mode': 'navigate' })
    expect([status, body.toString()]).toEqual([200, 'page'])
  })

  test('a name that is nobody\u2019s is refused, and Halftone itself is found under its own', async () => {
    const before = seen.length
    for (const host of ['shop.example', 'www.shop.example.evil.example', 'other.example']) {
      const { status, headers, body } = await get('/', host)
      expect([host, status, headers['content-type'], JSON.parse(String(body)).type]).toEqual([
        ...[host, 421, 'application/problem+json', 'urn:halftone:problem:unknown-host'],
      ])
    }
    for (const host of ['cdn.example', '127.0.0.1', '[::1]', 'localhost'])
      expect([host, (await get('/nosuch/a.jpg', host)).status]).toEqual([host, 404])
    expect(seen.length).toBe(before)
  })

  test('nginx reads what was written without a complaint of names', () => {
    const check = ['-t', '-e', join(front.folder, 'error.log'), '-c', join(front.folder, 'nginx.conf')]
    const { status, stderr } = spawnSync('/usr/sbin/nginx', check, { encoding: 'utf8' })
    expect([status, stderr]).toEqual([0, expect.not.stringMatching(/conflicting|server name/)])
  })
})
