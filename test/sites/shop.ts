// A web shop as a server of its own: pages, styles, scripts, fonts, pictures, a film, an API, a login, events, a socket.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { type PictureFile, picturesOf } from './pictures.ts'

export interface Shop {
  readonly url: string
  readonly port: number
  /** Files, by path. */
  readonly files: ReadonlyMap<string, ShopFile>
  readonly pictures: readonly PictureFile[]
  stop(): void
}

export interface ShopFile {
  readonly type: string
  readonly body: Buffer
  readonly isPicture: boolean
  readonly headers?: Readonly<Record<string, string | string[]>>
  /** 200 where it is not given; others have no conditions and no parts. */
  readonly status?: number
  /** Sent without a length. */
  readonly isChunked?: boolean
  /** Link of the early hints that go before it. */
  readonly hints?: string
  /** A picture that need not be one. */
  readonly isOdd?: boolean
}

/** Its clock stands still: two answers about the same have the same date. */
const date = new Date().toUTCString()
const modified = 'Mon, 02 Nov 2026 08:00:00 GMT'

const codings = { gzip: gzipSync, br: brotliCompressSync, zstd: zstdCompressSync } as const

/** `more`: what it has beside its usual files. */
export async function aShop(
  sides: readonly number[],
  more: ReadonlyMap<string, ShopFile> = new Map(),
): Promise<Shop> {
  const pictures = await picturesOf(sides)
  const files = new Map([...filesOf(pictures), ...more])
  const server = createServer((req, res) => {
    res.sendDate = false
    const { url = '/' } = req
    const [path = '/'] = url.split('?')
    const file = files.get(url) ?? files.get(path)
    const act = actions[path]
    if (file) sendFile(req, res, file)
    else if (act) void act(req, res)
    else res.writeHead(404, { date, 'content-type': 'text/html' }).end('<h1>Nothing here</h1>')
  })
  acceptSockets(server)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  return {
    ...{ url: `http://127.0.0.1:${port}`, port, files, pictures },
    stop() {
      server.closeAllConnections()
      server.close()
    },
  }
}

function filesOf(pictures: readonly PictureFile[]): ReadonlyMap<string, ShopFile> {
  const files = new Map<string, ShopFile>()
  const put = (path: string, type: string, body: Buffer | string, headers = {}) =>
    files.set(path, { type, body: Buffer.from(body), isPicture: type.startsWith('image/'), headers })
  for (const { name, type, body } of pictures) put(`/pictures/${name}`, type, body)
  const [first] = pictures
  if (first) {
    put('/pictures/own.jpg', first.type, first.body, { 'cache-control': 'private, max-age=60' })
    put('/pictures/as-it-is.jpg', first.type, first.body, { 'cache-control': 'max-age=60, no-transform' })
  }
  for (let n = 0; n < 40; n++) {
    put(`/pages/${n}.html`, 'text/html; charset=utf-8', pageOf(n, pictures))
    put(`/styles/${n}.css`, 'text/css', `.n${n} { color: rgb(${n}, 20, 30) }\n`.repeat(40))
    put(
      `/scripts/${n}.js`,
      'text/javascript',
      `export const n${n} = () => '${n}'\n${'// caf\u00e9\n'.repeat(200)}`,
    )
    put(`/data/${n}.json`, 'application/json', JSON.stringify({ n, of: 'caps'.repeat(n) }))
  }
  const font = createRequire(import.meta.url).resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf')
  put('/favicon.ico', 'image/x-icon', pictures.find(({ name }) => name === 'badge.png')?.body ?? '')
  put('/fonts/sans.ttf', 'font/ttf', readFileSync(font))
  put('/films/shop.mp4', 'video/mp4', Buffer.alloc(3_500_000, 'a film of a shop '))
  put('/', 'text/html; charset=utf-8', home(pictures), { link: '</styles/1.css>; rel=preload; as=style' })
  return files
}

const pageOf = (n: number, pictures: readonly PictureFile[]): string =>
  `<!doctype html><title>Cap ${n}</title><link rel=stylesheet href=/styles/${n}.css><script type=module src=/scripts/${n}.js></script>
<img src=/pictures/${pictures[n % pictures.length]?.name} alt=cap>\n${'<p>A cap, unlike the others.</p>\n'.repeat(30)}`

/** What a browser shows once everything has come: `document.title` is then "done". */
const home = (
  pictures: readonly PictureFile[],
): string => `<!doctype html><meta charset=utf-8><title>shop</title>
<style>@font-face { font-family: Shop; src: url(/fonts/sans.ttf) } body { font: 16px Shop; margin: 8px } img { margin: 2px; vertical-align: top }</style>
<link rel=stylesheet href=/styles/1.css>
<h1 class=n1>Caps &amp; hats</h1><p id=told></p>
${pictures.map(({ name }) => `<img src=/pictures/${name} alt="${name}">`).join('\n')}
<script type=module>
import { n1 } from '/scripts/1.js'
const told = [n1()]
told.push((await (await fetch('/data/3.json')).json()).of)
told.push(await (await fetch('/login', { method: 'POST', body: 'user=ann' })).text())
told.push(await new Promise((done) => { const all = []; const events = new EventSource('/events'); events.onmessage = ({ data }) => { all.push(data); if (data === 'two') { events.close(); done(all.join('+')) } } }))
await document.fonts.ready
await Promise.all([...document.images].map((each) => each.decode().catch(() => {})))
document.getElementById('told').textContent = told.join(', ')
document.title = 'done'
</script>`

/** An ordinary file server's answer: conditions, one range, codings. */
function sendFile(req: IncomingMessage, res: ServerResponse, file: ShopFile): void {
  const isText = /^text|json/.test(file.type)
  const coding = isText ? codingFor(req.headers['accept-encoding']) : undefined
  const body = coding ? coded(file, coding) : file.body
  const etag = `"${createHash('sha256').update(body).digest('hex').slice(0, 12)}"`
  const headers = {
    ...{ date, etag, 'last-modified': modified, 'cache-control': 'public, max-age=86400' },
    ...{ 'content-type': file.type, 'x-shelf': '3, 4', 'accept-ranges': 'bytes' },
    ...(isText && { vary: 'Accept-Encoding' }),
    ...(coding && { 'content-encoding': coding }),
    ...file.headers,
  }
  if (file.hints !== undefined) res.writeEarlyHints({ link: file.hints })
  if (file.status !== undefined) return void res.writeHead(file.status, headers).end(body)
  // A cache in between has its own clock, and the shop's stands still.
  if (req.headers['if-none-match'] === etag) return void res.writeHead(304, headers).end()
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(req.headers.range ?? '') ?? []
  if (file.isChunked) {
    res.writeHead(200, headers).write(body.subarray(0, body.length / 2))
    return void res.end(body.subarray(body.length / 2))
  }
  if (first === undefined || last === undefined)
    return void res.writeHead(200, { ...headers, 'content-length': body.length }).end(body)
  const part = body.subarray(Number(first), Number(last) + 1)
  const range = { 'content-range': `bytes ${first}-${last}/${body.length}`, 'content-length': part.length }
  res.writeHead(206, { ...headers, ...range }).end(part)
}

const codedFiles = new WeakMap<ShopFile, Map<string, Buffer>>()

/** Each once: the slowest of them takes longer than all the rest of an answer. */
function coded(file: ShopFile, coding: keyof typeof codings): Buffer {
  const known = codedFiles.get(file) ?? new Map<string, Buffer>()
  codedFiles.set(file, known)
  const body = known.get(coding) ?? codings[coding](file.body)
  known.set(coding, body)
  return body
}

const codingFor = (accepted = ''): keyof typeof codings | undefined =>
  (Object.keys(codings) as (keyof typeof codings)[]).find((each) => accepted.includes(each))

type Act = (req: IncomingMessage, res: ServerResponse) => void | Promise<void>

/** What is no file. */
export const actions: Readonly<Record<string, Act>> = {
  '/login': async (req, res) => {
    const user = await text(req)
    const cookies = ['session=abc; Path=/; HttpOnly', 'theme=dark; Path=/']
    res.writeHead(200, { date, 'set-cookie': cookies, 'cache-control': 'no-store' }).end(`hello ${user}`)
  },
  '/account': (req, res) => {
    const { cookie, authorization } = req.headers
    if (!cookie && !authorization)
      return void res.writeHead(401, { date, 'www-authenticate': 'Basic realm="shop"' }).end()
    res.writeHead(200, { date, 'cache-control': 'private' }).end(`${cookie} ${authorization}`)
  },
  '/old': (_, res) => void res.writeHead(301, { date, location: '/pages/1.html' }).end('moved'),
  '/away': (_, res) => void res.writeHead(302, { date, location: 'https://elsewhere.example/' }).end(),
  '/again': (_, res) => void res.writeHead(307, { date, location: '/login' }).end(),
  '/for-ever': (_, res) => void res.writeHead(308, { date, location: '/pages/2.html' }).end(),
  '/gone': (_, res) => void res.writeHead(410, { date, 'content-type': 'text/plain' }).end('gone'),
  '/broken': (_, res) => void res.writeHead(500, 'Out Of Caps', { date }).end('sorry'),
  '/nothing': (_, res) => void res.writeHead(204, { date, 'x-nothing': '1' }).end(),
  '/events': (_, res) => {
    res.writeHead(200, { date, 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
    res.write('data: one\n\n')
    setImmediate(() => res.end('data: two\n\n'))
  },
  '/slow-page': (_, res) => {
    res.writeHead(200, { date, 'content-type': 'text/html', trailer: 'server-timing' })
    res.write('<p>first</p>')
    res.addTrailers({ 'server-timing': 'db;dur=3' })
    setImmediate(() => res.end('<p>last</p>'))
  },
  '/hinted': (_, res) => {
    res.writeEarlyHints({ link: '</styles/2.css>; rel=preload; as=style' })
    res.writeHead(200, { date, 'content-type': 'text/html' }).end('<p>hinted</p>')
  },
  '/echo': (req, res) => void req.pipe(res.writeHead(200, { date, 'content-type': 'application/grpc' })),
  '/any': (req, res) =>
    void res.writeHead(200, { date, allow: 'GET, PUT', 'x-method': req.method ?? '' }).end(),
}

function acceptSockets(server: Server): void {
  server.on('upgrade', (req, socket) => {
    const key = String(req.headers['sec-websocket-key'])
    const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    )
    // A frame of a server: text, "caps".
    socket.write(Buffer.from([0x81, 4, ...Buffer.from('caps')]))
    socket.on('error', () => {}).on('data', () => socket.end())
  })
}
