// What a site's visitors do to it on a bad day, at scale: 10,000 downloads that are aborted, a film of 2 GB, clients that do
// not read, 2,000 silent WebSockets. Memory, file handles and the connections to the origin are looked at before and after.

import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { prepareLooking } from './look-inside.ts'
import { keep } from './report.ts'
import { type Server, startHalftone } from './servers.ts'

const block = 2 ** 20
const filmBytes = Number(process.env.FILM_BYTES ?? 2e9)
const aborts = Number(process.env.ABORTS ?? 10_000)
const sockets = Number(process.env.SOCKETS ?? 2000)
const deaf = 100

/** A film whose bytes tell their place: each MiB begins with its number. */
function filmPart(start: number, end: number): Buffer {
  const part = Buffer.alloc(end - start + 1, 'film')
  for (let at = Math.ceil(start / block) * block; at + 8 <= end + 1; at += block)
    part.writeBigUInt64LE(BigInt(at / block), at - start)
  return part
}

let filmRequests = 0
function film(req: IncomingMessage, res: ServerResponse): void {
  filmRequests++
  const headers = { 'cache-control': 'public, max-age=86400', etag: '"film"', 'accept-ranges': 'bytes' }
  let at = 0
  res.writeHead(200, { ...headers, 'content-length': filmBytes })
  const more = (): void => {
    for (let isTaken = true; isTaken && at < filmBytes && !res.destroyed; ) {
      const end = Math.min(at + block, filmBytes) - 1
      isTaken = res.write(filmPart(at, end))
      at = end + 1
    }
    if (at >= filmBytes) res.end()
  }
  res.on('drain', more)
  req.on('error', () => {})
  more()
}

const mebibyte = Buffer.alloc(block, 'x')
/** A body without an end, as fast as it is taken. */
function endless(path: string, res: ServerResponse): void {
  const rule = path.startsWith('/stored') ? 'public, max-age=60' : 'no-store'
  res.writeHead(200, { 'cache-control': rule })
  const more = (): void => {
    while (!res.destroyed && res.write(mebibyte)) {}
  }
  res.on('drain', more)
  more()
}

async function anOrigin() {
  const server = createServer((req, res) => {
    const path = req.url ?? '/'
    if (path === '/film') film(req, res)
    else if (path === '/fine') res.end('fine')
    else endless(path, res)
  })
  server.on('upgrade', (_, socket) => {
    socket.on('error', () => {})
    socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n')
    socket.pipe(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    connections: () => new Promise<number>((done) => server.getConnections((_, count) => done(count))),
    stop() {
      server.closeAllConnections()
      server.close()
    },
  }
}

const origin = await anOrigin()
const folder = mkdtempSync(join(tmpdir(), 'halftone-bench-faults-'))
const config = join(folder, 'halftone.config.ts')
const site = { hosts: ['localhost'], origin: origin.url, allowAddresses: ['127.0.0.1/32'] }
writeFileSync(config, `export default ${JSON.stringify({ sites: { site } })}\n`)
const looking = prepareLooking()
const halftone: Server = await startHalftone({
  ...looking.environment,
  ...{ HALFTONE_CONFIG: config, HALFTONE_SAMPLES: 'false', HALFTONE_SITE_DISK: '8GB' },
})
const { port } = new URL(halftone.url)

type Row = {
  /** MB of all its processes. */
  readonly memory: number
  /** MB that its main process has in use: JavaScript's heap, and buffers outside of it. */
  readonly heap: number
  readonly buffers: number
  readonly files: number
  readonly originConnections: number
}
const rows: Record<string, Readonly<Record<string, number>>> = {}

async function look(): Promise<Row> {
  const { heapUsed, arrayBuffers } = await looking.look(halftone)
  return {
    memory: inMegabytes(halftone.memory()),
    ...{ heap: inMegabytes(heapUsed), buffers: inMegabytes(arrayBuffers) },
    files: halftone.pids().reduce((sum, pid) => sum + readdirSync(`/proc/${pid}/fd`).length, 0),
    originConnections: await origin.connections(),
  }
}

const inMegabytes = (bytes: number): number => Math.round(bytes / 1e6)

/** Until nothing is open to the origin that was not before, half a minute at most. */
async function settled(name: string, more: Readonly<Record<string, number>> = {}): Promise<void> {
  for (let tries = 0; tries < 300 && (await origin.connections()) > 0; tries++) await pause(100)
  rows[name] = { ...(await look()), ...more }
  console.log(name, rows[name])
}

/** The most memory while something goes on. */
async function peakDuring(work: () => Promise<void>): Promise<number> {
  let peak = 0
  const timer = setInterval(() => {
    peak = Math.max(peak, halftone.memory())
  }, 100)
  await work()
  clearInterval(timer)
  return inMegabytes(peak)
}

async function opened(path: string, headers: Record<string, string> = {}): Promise<IncomingMessage> {
  const asking = request({
    host: '127.0.0.1',
    port,
    path,
    agent: false,
    headers: { host: 'localhost', ...headers },
  })
  asking.on('error', () => {})
  asking.end()
  const [res] = (await once(asking, 'response')) as [IncomingMessage]
  res.on('error', () => {})
  return res
}

async function abortMany(count: number): Promise<void> {
  const abortOne = async (at: number): Promise<void> => {
    // Some of them share an answer, some have their own.
    const res = await opened(at % 2 === 0 ? `/stored/${at % 40}` : `/passed/${at}`)
    await once(res, 'data')
    res.destroy()
  }
  for (let at = 0; at < count; at += 40)
    await Promise.all(Array.from({ length: 40 }, (_, of) => abortOne(at + of)))
}

async function readFilm(): Promise<void> {
  const res = await opened('/film')
  let at = 0
  for await (const chunk of res as AsyncIterable<Buffer>) {
    const next = Math.ceil(at / block) * block
    if (next + 8 <= at + chunk.length && chunk.readBigUInt64LE(next - at) !== BigInt(next / block))
      throw new Error(`the film is wrong at ${next}`)
    at += chunk.length
  }
  if (at !== filmBytes) throw new Error(`the film has ${at} bytes`)
}

async function checkRanges(): Promise<void> {
  for (let n = 0; n < 50; n++) {
    const start = Math.floor((filmBytes - 5e6) * (n / 50)) + n
    const end = start + 4_000_000
    const res = await opened('/film', { range: `bytes=${start}-${end}` })
    const chunks: Buffer[] = []
    for await (const chunk of res as AsyncIterable<Buffer>) chunks.push(chunk)
    // A film that is asked for from within a word of it begins in that word.
    const expected = filmPart(start - (start % 4), end).subarray(start % 4)
    if (res.statusCode !== 206 || !Buffer.concat(chunks).equals(expected))
      throw new Error(`bytes ${start} are wrong`)
  }
}

async function openSockets(count: number): Promise<Socket[]> {
  const open: Socket[] = []
  for (let at = 0; at < count; at++) {
    const socket = connect(Number(port), '127.0.0.1')
    socket.on('error', () => {})
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n')
    await once(socket, 'data')
    open.push(socket)
  }
  return open
}

try {
  await abortMany(200)
  await settled('before')
  const filmPeak = await peakDuring(readFilm)
  await settled('a film that passed, and was stored', { peak: filmPeak, filmRequests })
  const rangesPeak = await peakDuring(checkRanges)
  await settled('50 ranges of it', { peak: rangesPeak, filmRequests })
  // Each time as many again as there were: what leaks doubles.
  let done = 0
  for (const share of [8, 4, 2, 1]) {
    await abortMany(aborts / share - done)
    done = aborts / share
    await settled(`${done} aborted downloads`)
  }
  const deafOnes = await Promise.all(Array.from({ length: deaf }, (_, at) => opened(`/passed/deaf/${at}`)))
  await pause(2000)
  rows[`${deaf} clients that do not read`] = await look()
  for (const each of deafOnes) each.destroy()
  await settled('when they have gone')
  const idle = await openSockets(sockets)
  rows[`${sockets} silent WebSockets`] = await look()
  for (const each of idle) each.destroy()
  await settled('when those have gone')
  console.table(rows)
  keep('site-faults', { about: 'faults of visitors at scale; MB, file handles', rows, ratios: {}, raw: rows })
} finally {
  await halftone.stop()
  looking.end()
  origin.stop()
  rmSync(folder, { recursive: true, force: true })
}
