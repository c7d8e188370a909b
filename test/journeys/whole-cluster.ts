// All that a CDN of many nodes has, as real processes: two nginx, three edges, two shields, three origins, an api, Redis,
// a bucket below the origins, and a customer's server.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Signing } from '../../edge/signature.ts'
import { type Front, nginxMissing, startFront, tierSecret } from '../nginx/front.ts'
import { freePorts } from '../servers/ports.ts'
import { type RedisServer, redisMissing, startRedis } from '../servers/redis.ts'
import { aSource, type SourceServer, times } from './cdn.ts'
import { aProcess, type Process } from './processes.ts'
import { tokenFor } from './purges.ts'

export const wholeMissing = nginxMissing ?? redisMissing

/** Of the source `locked`, which has the pictures of `shop`. */
export const signing: Signing = { scheme: 'hmac-sha256', keys: ['a-key-of-sixteen+'] }

export interface Said {
  readonly complete: boolean
  readonly parts: readonly { part: string; member: string; purged?: string; failed?: string }[]
}

export interface WholeCluster {
  readonly source: SourceServer
  readonly redis: RedisServer
  readonly fronts: readonly Front[]
  readonly edges: readonly Process[]
  readonly shields: readonly Process[]
  readonly origins: readonly Process[]
  readonly api: Process
  /** Of all origins together, since each was started. */
  ofOrigins(name: string, labels?: string): Promise<number>
  /** POST /v1/purge. */
  purge(order: object): Promise<{ status: number; said: Said }>
  stop(): Promise<void>
}

/** Where every core is busy for minutes, nobody is to be taken for one who is slow or gone. */
const patience = {
  HALFTONE_REDIS_TIMEOUT: '30s',
  HALFTONE_HEDGE: '200s',
  HALFTONE_EDGE_DEADLINE: '300s',
  HALFTONE_SHIELD_DEADLINE: '280s',
  HALFTONE_LASTING_DEADLINE: '20s',
  HALFTONE_CONNECT: '20s',
}

export async function startWholeCluster(
  pictures: Record<string, Buffer>,
  settings: Readonly<Record<string, string>> = patience,
): Promise<WholeCluster> {
  const folder = mkdtempSync(join(tmpdir(), 'halftone-whole-'))
  const redis = await startRedis()
  // The clock of processes of their own is the machine's.
  const source = await aSource(pictures, { now: Date.now, forward: () => {} })
  source.cacheControl = 'public, max-age=3600'
  const common = {
    HALFTONE_CONFIG: configIn(folder, source),
    HALFTONE_TIER_SECRET: tierSecret,
    HALFTONE_REDIS: redis.url,
    HALFTONE_WORKERS: '1',
    HALFTONE_LAME_DUCK: '2s',
    ...settings,
  }
  const start = (role: string, more: Readonly<Record<string, string>>, port?: number) =>
    aProcess({
      args: ['--role', role],
      environment: { ...common, ...more },
      ...(port === undefined ? {} : { port }),
    })
  const bucket = JSON.stringify({ kind: 'folder', dir: join(folder, 'bucket') })
  const lasting = { HALFTONE_LASTING: bucket, HALFTONE_LASTING_SOURCES: 'true' }
  const origins = await Promise.all(times(3, () => start('origin', lasting)))
  // Neighbours know each other.
  const ports = await freePorts(2)
  const shieldUrls = ports.map((port) => `http://127.0.0.1:${port}`).join()
  const behind = { HALFTONE_ORIGINS: urlsOf(origins), HALFTONE_SHIELDS: shieldUrls }
  const shields = await Promise.all(ports.map((port) => start('shield', behind, port)))
  const toEdges = { HALFTONE_SHIELDS: shieldUrls, HALFTONE_BEHIND_NGINX: 'true' }
  const edges = await Promise.all(times(3, () => start('edge', toEdges)))
  const sources = new Map([
    ['shop', { defaults: '', signing: { ...signing, keys: [] } }],
    ['locked', { defaults: '', signing }],
  ])
  const fronted = { edges: edges.map(({ url }) => url), sources }
  const waits = { edgeMs: 300_000, connectMs: 20_000 }
  const fronts = await Promise.all(times(2, () => startFront({ ...fronted, settings: waits })))
  const api = await start('api,processor', { HALFTONE_NGINX: urlsOf(fronts) })
  const token = tokenFor(api)
  return {
    ...{ source, redis, fronts, edges, shields, origins, api },
    async ofOrigins(name, labels = '') {
      const counts = await Promise.all(origins.map((origin) => origin.metric(name, labels)))
      return counts.reduce((sum, count) => sum + count, 0)
    },
    async purge(order) {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
      const sent = { method: 'POST', headers, body: JSON.stringify(order) }
      const answer = await fetch(`${api.url}/v1/purge`, sent)
      return { status: answer.status, said: (await answer.json()) as Said }
    },
    async stop() {
      await Promise.all(fronts.map((front) => front.close()))
      await Promise.all([api, ...edges, ...shields, ...origins].map((each) => each.end('SIGKILL')))
      for (const { dataDir } of [api, ...edges, ...shields, ...origins])
        rmSync(dataDir, { recursive: true, force: true, maxRetries: 3 })
      await source.stop()
      await redis.stop()
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}

function configIn(folder: string, source: SourceServer): string {
  const site = { site: `${source.url}/`, allowAddresses: ['127.0.0.1/32'] }
  const sources = { shop: site, locked: { ...site, keys: signing.keys[0] } }
  const file = join(folder, 'halftone.config.ts')
  writeFileSync(file, `export default ${JSON.stringify({ sources })}\n`)
  return file
}

const urlsOf = (servers: readonly { readonly url: string }[]): string => servers.map(({ url }) => url).join()

/** One picture of the source is not answered until `free`. `count` are the requests for it, from now on, and `left` those
 * that nobody waits for any more. */
export function holdSource(source: SourceServer, url: string) {
  const { promise, resolve } = Promise.withResolvers<void>()
  let count = 0
  let left = 0
  source.respond = async (request, response) => {
    const body = source.pictures[request.url ?? '']
    if (request.url === url) {
      count++
      response.once('close', () => {
        if (!response.writableEnded) left++
      })
      await promise
    }
    response.writeHead(body ? 200 : 404, { 'cache-control': source.cacheControl }).end(body)
  }
  return { count: () => count, left: () => left, free: resolve }
}
