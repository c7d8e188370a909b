// Clusters that are measured: every process of Halftone, Redis, nginx in front, and a source server in this process.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Front, startFront, tierSecret } from '../test/nginx/front.ts'
import { startRedis } from '../test/servers/redis.ts'
import { costs, freePort, type Server, startHalftone, treeOf } from './servers.ts'

export interface Cluster {
  readonly edges: readonly Server[]
  readonly fronts: readonly Front[]
  readonly api: Server | undefined
  /** `key.secret` for the api. */
  readonly token: string
  /** CPU seconds of all processes but nginx, Redis among them. */
  cpuSeconds(): number
  stop(): Promise<void>
}

export interface Sizes {
  readonly edges: number
  readonly shields: number
  readonly origins: number
  readonly fronts?: number
  readonly hasApi?: boolean
  /** For every process. */
  readonly settings?: Readonly<Record<string, string>>
}

const halftone = fileURLToPath(new URL('../bin/halftone', import.meta.url))

const common = (config: string, redis: string | undefined): Record<string, string> => ({
  HALFTONE_CONFIG: config,
  HALFTONE_SAMPLES: 'false',
  HALFTONE_TIER_SECRET: tierSecret,
  ...(redis && { HALFTONE_REDIS: redis, HALFTONE_REDIS_TIMEOUT: '10s' }),
})

/** All tiers in processes of their own, with Redis where there is more than one of anything. */
export async function startCluster(config: string, sizes: Sizes): Promise<Cluster> {
  const isMany = Math.max(sizes.edges, sizes.shields, sizes.origins) > 1
  const redis = isMany ? await startRedis() : undefined
  const data = mkdtempSync(join(tmpdir(), 'halftone-bench-api-'))
  const start = (role: string, more: Record<string, string>, port?: number) =>
    startHalftone(
      { ...common(config, redis?.url), ...sizes.settings, HALFTONE_ROLES: role, ...more },
      undefined,
      port,
    )
  const many = <T>(count: number, make: () => Promise<T>) => Promise.all(Array.from({ length: count }, make))
  const origins = await many(sizes.origins, () => start('origin', {}))
  const ports = await many(sizes.shields, freePort)
  const HALFTONE_SHIELDS = ports.map((port) => `http://127.0.0.1:${port}`).join()
  const HALFTONE_ORIGINS = urlsOf(origins)
  const shields = await Promise.all(
    ports.map((port) => start('shield', { HALFTONE_ORIGINS, HALFTONE_SHIELDS }, port)),
  )
  const behind = { HALFTONE_SHIELDS, HALFTONE_BEHIND_NGINX: String(sizes.fronts !== undefined) }
  const edges = await many(sizes.edges, () => start('edge', behind))
  const sources = new Map([['shop', { defaults: '', signing: { scheme: 'hmac-sha256', keys: [] } as const }]])
  const fronts = await many(sizes.fronts ?? 0, () =>
    startFront({ edges: edges.map(({ url }) => url), sources }),
  )
  const toApi = { HALFTONE_DATA: data, HALFTONE_NGINX: urlsOf(fronts) }
  const api = sizes.hasApi ? await start('api,processor', toApi) : undefined
  const all = [...origins, ...shields, ...edges, ...(api ? [api] : [])]
  const redisCost =
    redis && costs(() => treeOf(Number(/process_id:(\d+)/.exec(redis.say('info', 'server'))?.[1])))
  return {
    ...{ edges, fronts, api },
    token: api ? tokenIn(data) : '',
    cpuSeconds: () => all.reduce((sum, server) => sum + server.cpuSeconds(), redisCost?.cpuSeconds() ?? 0),
    async stop() {
      await Promise.all(fronts.map((front) => front.close()))
      await Promise.all(all.map((server) => server.stop()))
      await redis?.stop()
      rmSync(data, { recursive: true, force: true })
    },
  }
}

const urlsOf = (servers: readonly { readonly url: string }[]): string => servers.map(({ url }) => url).join()

function tokenIn(data: string): string {
  const args = ['keys', 'add', '--project', 'shop', '--user', 'ann', '--json']
  const { stdout } = spawnSync(halftone, args, {
    env: { ...process.env, HALFTONE_DATA: data },
    encoding: 'utf8',
  })
  const { id, secret } = JSON.parse(stdout)
  return `${id}.${secret}`
}

export interface SourceSite {
  /** The file of a configuration whose source `shop` this is. */
  readonly config: string
  /** Pictures by path. */
  readonly pictures: Map<string, Buffer>
  /** The first request for a picture waits for so long, all others for nothing. */
  freezeFirst(ms: number): void
  stop(): void
}

export async function startSite(): Promise<SourceSite> {
  const pictures = new Map<string, Buffer>()
  const asked = new Set<string>()
  let frozenMs = 0
  const server = createServer(async (request, response) => {
    const url = request.url ?? ''
    const body = pictures.get(url)
    if (!body) return void response.writeHead(404).end()
    if (frozenMs > 0 && !asked.has(url)) {
      asked.add(url)
      await pause(frozenMs)
    }
    response.writeHead(200, { 'cache-control': 'max-age=3600', 'content-length': body.length }).end(body)
  }).listen(0, '127.0.0.1')
  await new Promise((done) => server.once('listening', done))
  const site = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const folder = mkdtempSync(join(tmpdir(), 'halftone-bench-site-'))
  const config = join(folder, 'halftone.config.ts')
  const shop = { site, allowAddresses: ['127.0.0.1/32'] }
  writeFileSync(config, `export default ${JSON.stringify({ sources: { shop } })}\n`)
  return {
    ...{ config, pictures },
    freezeFirst: (ms) => {
      frozenMs = ms
    },
    stop() {
      server.close()
      server.closeAllConnections()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
