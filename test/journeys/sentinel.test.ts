// Redis under Sentinel: the master is killed, and neither a picture nor a purge is lost.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RedisGroup, redisMissing, startSentinels } from '../servers/redis.ts'
import { aSource, type SourceServer, times } from './cdn.ts'
import { aProcess, type Process } from './processes.ts'
import { blue, colourOf, plain, red, tokenFor } from './purges.ts'
import { holdSource } from './whole-cluster.ts'

describe.skipIf(redisMissing)(`the master of Redis is killed ${redisMissing ?? ''}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'halftone-sentinel-'))
  let redis: RedisGroup
  let source: SourceServer
  let nodes: [Process, Process]
  let api: Process
  let token: string

  beforeAll(async () => {
    redis = await startSentinels()
    source = await aSource({ '/cat.png': await plain(red) }, { now: Date.now, forward: () => {} })
    source.cacheControl = 'public, max-age=3600'
    const config = join(folder, 'halftone.config.ts')
    const site = { site: `${source.url}/`, allowAddresses: ['127.0.0.1/32'] }
    writeFileSync(config, `export default ${JSON.stringify({ sources: { shop: site } })}\n`)
    const environment = {
      HALFTONE_CONFIG: config,
      HALFTONE_TIER_SECRET: 'known to all processes of this test',
      HALFTONE_REDIS: redis.url,
      HALFTONE_REDIS_TIMEOUT: '30s',
      HALFTONE_HEDGE: '200s',
    }
    const start = (role: string) => aProcess({ args: ['--role', role], environment })
    nodes = await Promise.all([start('edge,shield,origin'), start('edge,shield,origin')])
    api = await start('api,processor')
    token = tokenFor(api)
  })
  afterAll(async () => {
    await Promise.all([api, ...(nodes ?? [])].map((each) => each?.end('SIGKILL')))
    for (const { dataDir } of [api, ...nodes])
      rmSync(dataDir, { recursive: true, force: true, maxRetries: 3 })
    await source?.stop()
    await redis?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const order = async (body: object): Promise<number> => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const sent = { method: 'POST', headers, body: JSON.stringify(body) }
    return (await fetch(`${api.url}/v1/purge`, sent)).status
  }
  const stateAt = async ({ get }: Process) => JSON.parse((await get('/readyz')).body.toString()).redis

  test('those who wait for its leases get their pictures, and what it had logged is known to who was down', async () => {
    const [one, other] = nodes
    const address = '/shop/cat.png?w=32'
    expect(await colourOf(await one.get(address))).toBe(red)
    expect(await colourOf(await other.get(address))).toBe(red)
    await other.end('SIGKILL')
    source.pictures['/cat.png'] = await plain(blue)
    expect(await order({ pictures: ['/shop/cat.png'] })).toBe(202)

    source.pictures['/new.png'] = await plain(red)
    const held = holdSource(source, '/new.png')
    const asked = times(8, (i) => one.get(`/shop/new.png?w=${30 + i}`))
    await expect.poll(held.count).toBe(1)
    await redis.killMaster()
    held.free()
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual(times(8, () => 200))

    for (const node of [one, api]) await expect.poll(() => stateAt(node)).toBe('here')
    await other.again()
    expect(await colourOf(await other.get(address))).toBe(blue)
    expect(await colourOf(await one.get(address))).toBe(blue)
  })

  test('the new one takes up the log', async () => {
    const [one, other] = nodes
    const address = '/shop/next.png?w=32'
    source.pictures['/next.png'] = await plain(red)
    for (const { get } of nodes) expect(await colourOf(await get(address))).toBe(red)
    await other.end('SIGKILL')
    source.pictures['/next.png'] = await plain(blue)
    expect(await order({ pictures: ['/shop/next.png'] })).toBe(202)
    await other.again()
    for (const { get } of [one, other]) expect(await colourOf(await get(address))).toBe(blue)
  })
})
