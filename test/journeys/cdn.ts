// A whole CDN for a journey: a real source server, and Halftone in this process, listening on loopback, with a clock to turn.
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { Pool } from 'undici'
import { makeConfig, type WrittenConfig } from '../../config.ts'
import { createHalftone } from '../../main.ts'
import { createMetrics } from '../../metrics.ts'
import { listen } from '../../wire/server.ts'
import { aClock, type Clock } from '../clocks.ts'

export interface SourceServer {
  readonly url: string
  /** Every request so far, as "METHOD /path". */
  readonly requests: string[]
  /** Answers instead of the pictures, for as long as it is set. */
  respond: ((request: IncomingMessage, response: ServerResponse) => void) | undefined
  pictures: Record<string, Buffer>
  cacheControl: string
  stop(): Promise<void>
}

/** A customer's web server: pictures by path, with ETags, and a record of what was asked. */
export async function aSource(pictures: Record<string, Buffer>, clock = aClock()): Promise<SourceServer> {
  const server = createServer((request, response) => {
    source.requests.push(`${request.method} ${request.url}`)
    if (source.respond) return source.respond(request, response)
    const body = source.pictures[request.url ?? '']
    if (!body) return void response.writeHead(404).end()
    const etag = `"${createHash('sha256').update(body).digest('hex')}"`
    // Its clock is the CDN's: a Date from before the clock was turned would make every answer look old.
    const date = new Date(clock.now()).toUTCString()
    const headers = { date, etag, 'cache-control': source.cacheControl }
    if (request.headers['if-none-match'] === etag) return void response.writeHead(304, headers).end()
    response.writeHead(200, { ...headers, 'content-length': body.length }).end(body)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const source: SourceServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    respond: undefined,
    pictures,
    cacheControl: 'public, max-age=60',
    stop: () =>
      new Promise((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
  return source
}

export interface Answered {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  /** The members of Cache-Status, the tier nearest the client last. */
  readonly tiers: readonly string[]
}

export type Get = (
  path: string,
  headers?: Record<string, string>,
  method?: 'GET' | 'HEAD' | 'OPTIONS' | 'POST',
) => Promise<Answered>

export interface Client {
  readonly get: Get
  close(): Promise<void>
}

interface ClientOptions {
  readonly connections?: number
  /** Sends a request once more whose connection ended before an answer began, as browsers do (RFC 9110 9.2.2): a server
   * may close a kept connection at the moment in which the request leaves. */
  readonly repeats?: boolean
}

/** A client that sends exactly the path it is given: `fetch` would tidy it first. */
export function aClient(url: string, { connections = 256, repeats = false }: ClientOptions = {}): Client {
  const pool = new Pool(url, { connections })
  return {
    close: () => pool.destroy(),
    async get(path, headers = {}, method = 'GET') {
      const send = () => pool.request({ path, method, headers })
      const response = await (repeats ? send().catch(send) : send())
      const flat = Object.fromEntries(
        Object.entries(response.headers).map(([name, value]) => [name, String(value)]),
      )
      return {
        status: response.statusCode,
        headers: flat,
        body: Buffer.from(await response.body.arrayBuffer()),
        tiers: (flat['cache-status'] ?? '').split(/,\s*/).filter(Boolean),
      }
    },
  }
}

export interface Node extends Client {
  readonly url: string
  /** The value of a metric, summed over its labels that contain `labels`. */
  metric(name: string, labels?: string): Promise<number>
  stop(): Promise<void>
}

export interface NodeOptions extends WrittenConfig {
  readonly clock?: Clock
  /** Gets each line of the log. */
  readonly lines?: Line[]
}

export type Line = Readonly<Record<string, unknown>>

/** One Halftone, listening on a free port, with its own data folder. Every tier in it unless `roles` says otherwise. */
export async function aNode({ clock = aClock(), lines, ...written }: NodeOptions): Promise<Node> {
  const dataDir = mkdtempSync(join(tmpdir(), 'halftone-test-'))
  const config = makeConfig(
    {
      ...{ port: 0, samples: false, workers: 2, dataDir, logLevel: lines ? 'info' : 'silent' },
      // A member needs both; who is asked for by others names its own.
      ...(written.redis && { self: 'http://127.0.0.1:1', tierSecret: 'a-secret-between-tiers' }),
      ...written,
    },
    {},
  )
  const halftone = await createHalftone({
    config,
    log: pino({ level: config.logLevel }, { write: (line) => lines?.push(JSON.parse(line)) }),
    metrics: createMetrics(),
    version: 'test',
    now: clock.now,
  })
  const limits = { lingerMs: 0 }
  const { listener, plain } = halftone
  const server = await listen({ host: config.host, port: config.port, listener, plain, limits })
  const client = aClient(server.url)
  return {
    url: server.url,
    ...client,
    metric: (name, labels = '') => metricOf(client.get, name, labels),
    async stop() {
      await client.close()
      await server.close(2000)
      await halftone.close()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

export async function metricOf(get: Get, name: string, labels = ''): Promise<number> {
  const lines = (await get('/metrics')).body.toString().split('\n')
  return lines
    .filter((line) => (line.startsWith(`${name} `) || line.startsWith(`${name}{`)) && line.includes(labels))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
}

/** A source written for the journeys' own server: loopback is allowed because it is named. */
export const siteOf = (source: SourceServer) => ({ site: `${source.url}/`, allowAddresses: ['127.0.0.1/32'] })

export const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index))
