// Many processes as one CDN: what one of them does, the others need not do.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exact, exactPath, parse } from '../../transforms/index.ts'
import { type RedisServer, redisMissing, startRedis } from '../servers/redis.ts'
import { aSource, type SourceServer, times } from './cdn.ts'
import { aProcess, type Process } from './processes.ts'

const secret = 'known to all processes of this test'

interface Cluster {
  readonly edges: readonly Process[]
  readonly shields: readonly Process[]
  readonly origins: readonly Process[]
  /** Of all origins together. */
  renders(): Promise<number>
  shared(outcome: string): Promise<number>
  stop(): Promise<void>
}

interface Sizes {
  readonly edges: number
  readonly shields: number
  readonly origins: number
}

async function aCluster(sizes: Sizes, common: Readonly<Record<string, string>>): Promise<Cluster> {
  const start = (count: number, role: string, environment: Readonly<Record<string, string>>) =>
    Promise.all(
      times(count, () => aProcess({ args: ['--role', role], environment: { ...common, ...environment } })),
    )
  const urls = (processes: readonly Process[]) => processes.map(({ url }) => url).join(',')
  const origins = await start(sizes.origins, 'origin', {})
  const shields = await start(sizes.shields, 'shield', { HALFTONE_ORIGINS: urls(origins) })
  const edges = await start(sizes.edges, 'edge', { HALFTONE_SHIELDS: urls(shields) })
  const sum = async (name: string, labels = '') =>
    (await Promise.all(origins.map((origin) => origin.metric(name, labels)))).reduce((a, b) => a + b, 0)
  return {
    ...{ origins, shields, edges },
    renders: () => sum('halftone_render_seconds_count'),
    shared: (outcome) => sum('halftone_requests_total', `tier="cluster",outcome="${outcome}"`),
    stop: async () => {
      await Promise.all([...edges, ...shields, ...origins].map((each) => each.end()))
    },
  }
}

const plain = (background: string): Promise<Buffer> =>
  sharp({ create: { width: 64, height: 48, channels: 3, background } })
    .png()
    .toBuffer()

const widths = [16, 20, 24, 28, 32, 36, 40, 44]
const addresses = (name: string) => widths.map((width) => `/shop/${name}?w=${width}`)
const exactAddresses = (name: string) =>
  widths.map((width) =>
    exactPath('shop', name, exact(parse(`w=${width}`), { formats: 'basic', saveData: false })),
  )

describe.skipIf(redisMissing)(`a cluster ${redisMissing ?? ''}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'halftone-cluster-'))
  let redis: RedisServer
  let source: SourceServer
  let environment: Record<string, string>
  beforeAll(async () => {
    // Each of its own: results are kept by content.
    const cats = await Promise.all(times(9, (i) => plain(`rgb(${i * 20},0,0)`)))
    redis = await startRedis()
    source = await aSource(Object.fromEntries(cats.map((cat, i) => [`/cat-${i}.png`, cat])))
    source.cacheControl = 'public, max-age=3600'
    const site = { site: `${source.url}/`, allowAddresses: ['127.0.0.1/32'] }
    const file = join(folder, 'halftone.config.ts')
    writeFileSync(file, `export default ${JSON.stringify({ sources: { shop: site } })}\n`)
    environment = {
      HALFTONE_CONFIG: file,
      HALFTONE_TIER_SECRET: secret,
      HALFTONE_REDIS: redis.url,
      // A machine with too much to do is not to be taken for one whose Redis is away.
      HALFTONE_REDIS_TIMEOUT: '30s',
      HALFTONE_WORKERS: '1',
    }
  })
  afterAll(async () => {
    await source?.stop()
    await redis?.stop()
    rmSync(folder, { recursive: true, force: true })
  })
  const fetched = (name: string) => source.requests.filter((request) => request === `GET /${name}`).length

  describe('of three edges, two shields and three origins', () => {
    let cluster: Cluster
    beforeAll(async () => {
      const patience = {
        HALFTONE_HEDGE: '200s',
        HALFTONE_EDGE_DEADLINE: '300s',
        HALFTONE_SHIELD_DEADLINE: '280s',
      }
      cluster = await aCluster({ edges: 3, shields: 2, origins: 3 }, { ...environment, ...patience })
    })
    afterAll(() => cluster?.stop())

    test('every process says that Redis is here', async () => {
      for (const { get } of [...cluster.edges, ...cluster.shields, ...cluster.origins])
        await expect
          .poll(async () => JSON.parse((await get('/readyz')).body.toString()))
          .toEqual({ status: 'ready', redis: 'here' })
    })

    test('300 requests at once for 8 sizes over all edges fetch the source once and render 8 times', async () => {
      const wanted = addresses('cat-1.png')
      const answers = await Promise.all(
        times(300, (i) => (cluster.edges[i % 3] as Process).get(wanted[i % 8] as string)),
      )
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
      expect(fetched('cat-1.png')).toBe(1)
      expect(await cluster.renders()).toBe(8)
    })

    test('and so they do where all origins are asked, as when shields do not agree on who is there', async () => {
      const before = await cluster.renders()
      const wanted = exactAddresses('cat-2.png')
      const answers = await Promise.all(
        times(300, (i) =>
          (cluster.origins[i % 3] as Process).get(wanted[i % 8] as string, { 'halftone-secret': secret }),
        ),
      )
      const tags = new Map(answers.map(({ headers, status }, i) => [`${i % 8} ${status} ${headers.etag}`, i]))
      expect(tags.size).toBe(8)
      expect(fetched('cat-2.png')).toBe(1)
      expect((await cluster.renders()) - before).toBe(8)
      expect(await cluster.shared('received')).toBeGreaterThanOrEqual(2)
    })

    test('Redis is killed and comes back: nobody notices but the origins', async () => {
      await redis.kill()
      const [origin] = cluster.origins as [Process]
      await expect
        .poll(async () => JSON.parse((await origin.get('/readyz')).body.toString()).redis)
        .toBe('away')
      const wanted = addresses('cat-3.png')
      const answers = await Promise.all(
        times(24, (i) => (cluster.edges[i % 3] as Process).get(wanted[i % 8] as string)),
      )
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
      expect(await cluster.shared('alone')).toBeGreaterThan(0)
      await redis.again()
      for (const { get } of cluster.origins)
        await expect.poll(async () => JSON.parse((await get('/readyz')).body.toString()).redis).toBe('here')
    })

    test('what one member made is handed to no stranger', async () => {
      for (const { get } of cluster.origins) expect((await get('/held/anything')).status).toBe(403)
    })
  })

  test('the first attempt at a source freezes: all get their pictures while it is still frozen', async () => {
    const patience = {
      HALFTONE_HEDGE: '1s',
      HALFTONE_SOURCE_DEADLINE: '300s',
      HALFTONE_EDGE_DEADLINE: '300s',
    }
    const deadlines = { ...patience, HALFTONE_SHIELD_DEADLINE: '300s' }
    const cluster = await aCluster({ edges: 1, shields: 1, origins: 2 }, { ...environment, ...deadlines })
    let attempts = 0
    const served = source.pictures['/cat-4.png'] as Buffer
    const frozen: ServerResponse[] = []
    source.respond = (_, response) => {
      if (++attempts === 1) frozen.push(response)
      else response.writeHead(200, { 'cache-control': 'max-age=3600' }).end(served)
    }
    const [edge] = cluster.edges as [Process]
    const answers = await Promise.all(addresses('cat-4.png').map((address) => edge.get(address)))
    // Nobody has answered it, and nobody waits for it any more.
    frozen[0]?.destroy()
    source.respond = undefined
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200))
    expect(attempts).toBe(2)
    await cluster.stop()
  })
})
