// The limits as `halftone nginx` writes them: nginx counts before anything else, and nothing counts twice.
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { writeNginx } from '../../cli/nginx.ts'
import { makeConfig, type WrittenConfig } from '../../config.ts'
import type { RuleTable } from '../../limits/rules.ts'
import { aClient, aNode, aSource, siteOf } from '../journeys/cdn.ts'
import { jpeg } from '../pictures.ts'
import { freePort } from '../servers/ports.ts'
import { end, start, untilAnswers } from '../servers/processes.ts'
import { redisMissing, startRedis } from '../servers/redis.ts'
import { nginxMissing } from './front.ts'

const missing = nginxMissing ?? redisMissing
/** A thousandth of a request a second: in the time of a test nothing comes back. */
const rate = 0.001

describe.skipIf(missing)(`the written nginx${missing ? ` (${missing})` : ''}`, () => {
  let ends: (() => unknown)[] = []
  let photo: Buffer
  beforeAll(async () => {
    photo = await jpeg()
  })
  afterEach(async () => {
    for (const end of ends.reverse()) await end()
    ends = []
  })

  /** An edge behind an nginx, both by one configuration. */
  async function both(written: WrittenConfig) {
    const source = await aSource({ '/cat.jpg': photo })
    source.cacheControl = 'max-age=3600'
    const redis = await startRedis()
    const shared: WrittenConfig = {
      ...{ sources: { shop: siteOf(source) }, redis: redis.url, redisMs: 2000, behindNginx: true },
      ...{ trustedProxies: '127.0.0.1', tierSecret: 'the secret of all tiers', ...written },
    }
    const node = await aNode(shared)
    ends.push(source.stop, redis.stop, node.stop)
    await expect.poll(() => node.metric('halftone_redis_here')).toBe(1)
    await expect.poll(() => node.metric('halftone_limits_fallback')).toBe(0)

    const out = mkdtempSync(join(tmpdir(), 'halftone-limited-'))
    ends.push(() => rmSync(out, { recursive: true, force: true, maxRetries: 3 }))
    const port = await freePort()
    const cache = join(out, 'cache')
    const config = makeConfig(
      { ...shared, edges: node.url, nginxHttp: `127.0.0.1:${port}`, nginxCache: cache, dataDir: out },
      {},
    )
    const user = process.getuid?.() === 0 ? 'nobody nogroup' : 'nobody'
    vi.spyOn(console, 'log').mockImplementationOnce(() => {})
    writeNginx(config, { out, user, run: out, logs: out, workers: '2', interface: 'lo', router: '51' })
    mkdirSync(cache)
    chmodSync(out, 0o755)
    chmodSync(cache, 0o777)
    const log = join(out, 'error.log')
    const command = ['nginx', '-p', out, '-e', log, '-c', join(out, 'nginx.conf'), '-g', 'daemon off;']
    const server = start('nginx', command, join(out, 'output.log'))
    const url = `http://127.0.0.1:${port}`
    const client = aClient(url)
    ends.push(() => end(server), client.close)
    await untilAnswers(`${url}/-/health`, [server])
    return { ...client, node }
  }

  const from = (address: string) => ({ 'x-forwarded-for': address })
  const cat = '/shop/cat.jpg?w=40'

  test('counts pictures and the API by one bucket, and tells Node so', async () => {
    const rules: RuleTable['rules'] = [
      { name: 'visitor', per: 'address', of: ['pictures', 'api'], rate, burst: 4 },
    ]
    const { get, node } = await both({ limits: { rules } })
    const seen = []
    for (let i = 0; i < 3; i++) seen.push(await get(cat, from('203.0.113.7')))
    expect(seen.map(({ status }) => status)).toEqual([200, 200, 200])
    expect(seen.map(({ headers }) => headers.ratelimit?.replace(/;t=.*/, ''))).toEqual(
      [3, 2, 1].map((left) => `"visitor";r=${left}`),
    )
    // The API is asked from the same address: one left.
    const api = await get('/v1/account', from('203.0.113.7'))
    expect([api.status, api.headers.ratelimit?.replace(/;t=.*/, '')]).toEqual([401, '"visitor";r=0'])
    const refused = await get(cat, from('203.0.113.7'))
    expect(refused.status).toBe(429)
    expect(JSON.parse(String(refused.body))).toMatchObject({ 'violated-policies': ['visitor'] })
    expect(refused.headers).toMatchObject({
      'retry-after': expect.stringMatching(/^\d{3,4}$/),
      'access-control-allow-origin': '*',
    })
    // Node has the same bucket, and did not count again.
    expect((await node.get(cat, from('203.0.113.7'))).status).toBe(429)
    expect(String((await get('/-/metrics')).body)).toContain('halftone_limited_total{scope="address"} 1')
  })
})
