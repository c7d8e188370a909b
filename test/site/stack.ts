// Sites as the tests see them: real origins on loopback, the cache with its memory and disk, and a listener with all the
// rules of the front. Only the clock is the test's.
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { createDiskStore } from '../../cache/disk.ts'
import { createMemoryStore } from '../../cache/memory.ts'
import { createTieredStore } from '../../cache/tiered.ts'
import { createGuard } from '../../fetch/guard.ts'
import { giveBack } from '../../fetch/read-buffers.ts'
import { createEpochs, createMemoryLog, type Purge } from '../../purging/index.ts'
import { createSiteCache, createSiteStore, type Outcome } from '../../site/cache/index.ts'
import { createSites } from '../../site/index.ts'
import { listen } from '../../wire/server.ts'

export type Handler = (req: IncomingMessage, res: ServerResponse) => void

export interface Origin {
  readonly server: Server
  readonly url: string
  /** Requests seen. */
  readonly seen: IncomingMessage[]
  answer: Handler
  /** Open connections. */
  connections(): Promise<number>
}

export async function anOrigin(): Promise<Origin> {
  const seen: IncomingMessage[] = []
  const server = createServer({ keepAliveTimeout: 60_000 }, (req, res) => {
    seen.push(req)
    origin.answer(req, res)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin: Origin = {
    server,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    answer: (_, res) => void res.end(),
    connections: () => new Promise((done) => server.getConnections((_, count) => done(count))),
  }
  return origin
}

export interface Answer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly rawHeaders: readonly string[]
  readonly body: Buffer
  /** The first word of our member of Cache-Status: `hit`, or `fwd=...`. */
  readonly did: string
}

export interface Asked {
  readonly path?: string
  readonly method?: string
  readonly host?: string
  readonly headers?: Record<string, string | string[]>
  readonly body?: Buffer | string
}

export interface SiteStackOptions {
  readonly memoryBytes?: number
  /** Where the second site's origin is, where it is not one of these. */
  readonly otherUrl?: string
  /** Whether who asks is a proxy of our own. */
  readonly isBehindProxy?: boolean
}

export async function aSite({ memoryBytes = 16e6, otherUrl, isBehindProxy = false }: SiteStackOptions = {}) {
  const origin = await anOrigin()
  const other = await anOrigin()
  const clock = { now: Date.parse('2026-05-01T12:00:00Z') }
  const diskBytes = 256e6
  const dir = mkdtempSync(join(tmpdir(), 'halftone-site-'))
  const memory = createMemoryStore({ maxBytes: memoryBytes })
  const disk = createDiskStore({ dir, maxBytes: diskBytes })
  const tiered = createTieredStore({ memory, disk })
  const failed = (thrown: unknown): void => {
    throw thrown
  }
  const store = createSiteStore({ memory, memoryBytes, tiered, disk, diskBytes, failed })
  const log = createMemoryLog({ now: () => clock.now })
  const outcomes: Outcome[] = []
  const cache = createSiteCache({
    store,
    epochs: await createEpochs(log),
    now: () => clock.now,
    observe: (outcome) => outcomes.push(outcome),
  })
  const guarded = { allowAddresses: ['127.0.0.1/32'], lendsBuffers: true }
  const agents = [createGuard(guarded), createGuard(guarded)] as const
  const sites = createSites({
    sites: [
      { name: 'shop', hosts: ['shop.test'], origin: origin.url, dispatcher: agents[0], giveBack },
      { name: 'blog', hosts: ['blog.test'], origin: otherUrl ?? other.url, dispatcher: agents[1], giveBack },
    ],
    cache,
    ownHosts: ['own.test'],
    isTrusted: () => isBehindProxy,
    failed: () => {},
  })
  let atSocket = 0
  const front = await listen({
    host: '127.0.0.1',
    port: 0,
    plain(target, fields, socket) {
      const answer = sites.has(fields.host) ? sites.plain(target, fields, socket) : undefined
      if (answer) atSocket++
      return answer
    },
    listener: (req, res) => {
      if (!sites.answer(req, res) && !sites.refuse(req, res)) res.end('our own')
    },
    upgrades: { takes: sites.takesUpgrade, take: sites.upgrade },
  })

  function send({ path = '/', method = 'GET', host = 'shop.test', headers = {}, body }: Asked = {}) {
    const asking = request({
      ...{ host: '127.0.0.1', port: front.port, path, method, agent: false },
      headers: { host, ...headers },
    })
    asking.end(body)
    return asking
  }

  return {
    hits: () => sites.hits().requests,
    /** Of these those that no HTTP server has seen. */
    atSocket: () => atSocket,
    ...{ origin, other, clock, cache, store, memory, disk, outcomes, send, port: front.port },
    pass: (seconds: number) => {
      clock.now += seconds * 1000
    },
    async ask(asked: Asked = {}): Promise<Answer> {
      const [res] = (await once(send(asked), 'response')) as [IncomingMessage]
      const body = await buffer(res)
      const did = /halftone; ([^;,]+)/.exec(String(res.headers['cache-status'] ?? ''))?.[1] ?? ''
      return { status: res.statusCode ?? 0, headers: res.headers, rawHeaders: res.rawHeaders, body, did }
    },
    purge: (...purges: Purge[]) => log.append(purges),
    /** Forgets what is in memory: what is on disk is read again. */
    async forgetMemory() {
      await cache.idle()
      await memory.close()
    },
    async close() {
      await front.close(0)
      await Promise.all(agents.map((agent) => agent.destroy()))
      for (const { server } of [origin, other]) {
        server.closeAllConnections()
        server.close()
      }
      await cache.idle()
      await tiered.close()
      rmSync(dir, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}

export type SiteStack = Awaited<ReturnType<typeof aSite>>
