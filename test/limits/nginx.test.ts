// Limits in real nginx over a real Redis: two nginx with two workers each, Redis gone and back, and Node beside them.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { limitsSecret } from '../../assembly/limits.ts'
import { redisIn } from '../../config/redis.ts'
import type { LuaLimits } from '../../limits/lua-table.ts'
import type { Rule, RuleTable } from '../../limits/rules.ts'
import { type Answered, aClient, aNode, aSource, type Client, siteOf, times } from '../journeys/cdn.ts'
import { jpeg } from '../pictures.ts'
import {
  type RedisServer,
  redisMissing,
  startRedis,
  startRedisCluster,
  startSentinels,
} from '../servers/redis.ts'
import { aHalftone } from '../uploadcare/halftone.ts'
import { type Front, nginxMissing, startFront } from './front.ts'
import { targetTable } from './target-table.ts'

const missing = nginxMissing ?? redisMissing
/** A thousandth of a request a second: in the time of a test nothing comes back. */
const rate = 0.001
/** Long, for a busy machine: while Redis is there nothing is to be counted elsewhere. */
const waitMs = 2000
const tierSecret = 'the secret of all tiers'
const secret = limitsSecret({ tierSecret: [tierSecret] })

describe.skipIf(missing)(`limits in nginx${missing ? ` (${missing})` : ''}`, () => {
  let redis: RedisServer
  let ends: (() => Promise<unknown>)[] = []
  beforeAll(async () => {
    redis = await startRedis()
  })
  afterAll(() => redis?.stop())
  afterEach(async () => {
    for (const end of ends.reverse()) await end()
    ends = []
    redis.say('flushall')
  })

  const limitsOf = (table: Partial<RuleTable>, isShared = true): LuaLimits => ({
    table: { rules: [], plans: {}, ...table },
    targets: targetTable,
    secret,
    name: (part) => `{halftone}:${part}`,
    redis: isShared
      ? { kind: 'single', nodes: [{ host: '127.0.0.1', port: redis.port }], database: 0, waitMs }
      : undefined,
  })

  const sharedBy = (url: string): LuaLimits['redis'] => {
    const read = redisIn(url)
    return read && { ...read, waitMs }
  }

  async function front(limits: LuaLimits, api?: string): Promise<Front & Client> {
    const started = await startFront({ limits, ...(api === undefined ? {} : { api }) })
    const client = aClient(started.url, { connections: 32 })
    ends.push(started.stop, client.close)
    return { ...started, ...client }
  }

  const visitor = (limit: { rate: number; burst: number }): Rule => ({
    name: 'visitor',
    per: 'address',
    of: ['pictures'],
    ...limit,
  })
  const from = (address: string) => ({ 'x-forwarded-for': address })
  const admittedIn = (answers: readonly Answered[]) => answers.filter(({ status }) => status !== 429).length
  const metricOf = async ({ get }: Client, name: string) =>
    new RegExp(`^${name} (\\d+)$`, 'm').exec(String((await get('/metrics')).body))?.[1]

  test('over two nginx with two workers each a burst is exact to the request', async () => {
    const limits = limitsOf({ rules: [visitor({ rate, burst: 1000 })] })
    const fronts = [await front(limits), await front(limits)]
    const answers = await Promise.all(
      times(3000, (i) => (fronts[i % 2] as Client).get('/cat.jpg', from('203.0.113.7'))),
    )
    expect(admittedIn(answers)).toBe(1000)
    const workers = [0, 1].map(
      (one) =>
        new Set(answers.filter((_, i) => i % 2 === one).flatMap(({ headers }) => headers.worker ?? [])),
    )
    expect(workers.map((of) => of.size)).toEqual([2, 2])
  })

  test('and a rate is exact within one per cent', async () => {
    const limit = { rate: 400, burst: 400 }
    const limits = limitsOf({ rules: [visitor(limit)] })
    const fronts = [await front(limits), await front(limits)]
    const began = performance.now()
    const time = { firstAnswered: Number.POSITIVE_INFINITY, lastRefusedAsked: 0 }
    let admitted = 0
    let isOver = false
    async function ask(client: Client): Promise<void> {
      while (!isOver) {
        const asked = performance.now()
        const { status } = await client.get('/cat.jpg', from('203.0.113.7'))
        time.firstAnswered = Math.min(time.firstAnswered, performance.now())
        if (status !== 429) admitted++
        else if (asked - began > 1500) {
          isOver = true
          time.lastRefusedAsked = Math.max(time.lastRefusedAsked, asked)
        }
      }
    }
    await Promise.all(times(32, (i) => ask(fronts[i % 2] as Client)))
    const allowedIn = (from: number, until: number) => limit.burst + (limit.rate * (until - from)) / 1000
    // What Redis' clock measured lies between these two.
    expect(admitted).toBeGreaterThanOrEqual(0.99 * allowedIn(time.firstAnswered, time.lastRefusedAsked))
    expect(admitted).toBeLessThanOrEqual(1.01 * allowedIn(began, performance.now()))
  })

  test('what is told is what Node tells', async () => {
    const { get } = await front(
      limitsOf({
        rules: [
          visitor({ rate: 0.5, burst: 2 }),
          { ...visitor({ rate, burst: 1 }), name: 'site', per: 'source' },
        ],
      }),
    )
    const first = await get('/cat.jpg?source=shop', { ...from('203.0.113.7'), 'halftone-limited': 'mine' })
    expect(first.headers).toMatchObject({
      'ratelimit-policy': '"visitor";q=2;w=4, "site";q=1;w=1000',
      ratelimit: '"visitor";r=1;t=2, "site";r=0;t=1000',
      counted: 'visitor, site',
    })
    const refused = await get('/cat.jpg?source=shop', from('203.0.113.7'))
    expect(refused.status).toBe(429)
    expect(refused.headers).toMatchObject({
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      'retry-after': expect.stringMatching(/^\d{3,4}$/),
      'access-control-allow-origin': '*',
    })
    expect(JSON.parse(String(refused.body))).toEqual({
      type: 'urn:halftone:problem:rate-limited',
      title: 'Too many requests',
      status: 429,
      detail: "Too many requests: the limit 'site' lets no more through just now.",
      'violated-policies': ['site'],
    })
    // Of what was refused nothing was taken, and no source has no bucket.
    expect((await get('/cat.jpg', from('203.0.113.7'))).headers).toMatchObject({
      ratelimit: expect.stringMatching(/^"visitor";r=[01];t=\d$/),
      counted: 'visitor',
    })
  })

  test('nothing of a client is readable in Redis', async () => {
    const { get } = await front(limitsOf({ rules: [visitor({ rate, burst: 2 })] }))
    await get('/cat.jpg', from('203.0.113.7'))
    expect(redis.say('keys', '*')).toMatch(/^\{halftone\}:limits:[\w+/]{27}=$/)
  })

  test.each(['kill', 'freeze'] as const)(
    'Redis gone by a %s: the next request is limited in shared memory; back by itself',
    async (way) => {
      const limits = limitsOf({ rules: [visitor({ rate, burst: 10 })] })
      const fronts = [await front(limits), await front(limits)] as const
      const [one] = fronts
      for (let i = 0; i < 12; i++) await one.get('/cat.jpg', from('203.0.113.7'))
      await redis[way]()
      const next = await one.get('/cat.jpg', from('203.0.113.7'))
      expect(next.status).toBe(429)
      expect(await metricOf(one, 'halftone_limits_fallback')).toBe('1')
      // Both workers of an nginx share it: exact there too.
      const answers = await Promise.all(times(60, () => one.get('/cat.jpg', from('198.51.100.1'))))
      expect(admittedIn(answers)).toBe(10)

      if (way === 'kill') await redis.again()
      else redis.resume()
      for (const each of fronts) await expect.poll(() => metricOf(each, 'halftone_limits_fallback')).toBe('0')
      const shared = await Promise.all(
        times(40, (i) => (fronts[i % 2] as Client).get('/cat.jpg', from('192.0.2.1'))),
      )
      expect(admittedIn(shared)).toBe(10)
    },
  )

  test('without Redis the workers of one nginx share its memory, exactly', async () => {
    const { get } = await front(limitsOf({ rules: [visitor({ rate, burst: 500 })] }, false))
    const answers = await Promise.all(times(2000, () => get('/cat.jpg', from('203.0.113.7'))))
    expect(admittedIn(answers)).toBe(500)
    expect(new Set(answers.flatMap(({ headers }) => headers.worker ?? [])).size).toBe(2)
  })

  test('the master that sentinels name has the buckets; when it dies, they lie in shared memory until there is another', async () => {
    const group = await startSentinels()
    ends.push(group.stop)
    const limits = limitsOf({ rules: [visitor({ rate, burst: 10 })] })
    const shared = { ...limits, redis: sharedBy(group.url) }
    const fronts = [await front(shared), await front(shared)] as const
    const admittedOf = async (address: string) => {
      const all = times(40, (i) => (fronts[i % 2] as Client).get('/cat.jpg', from(address)))
      return admittedIn(await Promise.all(all))
    }
    const back = async () => {
      for (const each of fronts) {
        // The first request finds that no master is known.
        await each.get('/cat.jpg')
        await expect.poll(() => metricOf(each, 'halftone_limits_fallback')).toBe('0')
      }
    }
    await back()
    expect(await admittedOf('203.0.113.7')).toBe(10)
    await group.killMaster()
    // Each of the two lets its own allowance through; the new master, if it is there before the last request, one more.
    const alone = await admittedOf('198.51.100.1')
    expect(alone).toBeGreaterThanOrEqual(20)
    expect(alone).toBeLessThanOrEqual(30)
    await back()
    expect(await admittedOf('192.0.2.1')).toBe(10)
  })

  test('on a Cluster the node that has the buckets is found', async () => {
    const group = await startRedisCluster()
    ends.push(group.stop)
    const limits = limitsOf({ rules: [visitor({ rate, burst: 10 })] })
    const shared = { ...limits, redis: sharedBy(group.url) }
    const fronts = [await front(shared), await front(shared)] as const
    const all = times(40, (i) => (fronts[i % 2] as Client).get('/cat.jpg', from('203.0.113.7')))
    expect(admittedIn(await Promise.all(all))).toBe(10)
    expect(await metricOf(fronts[0], 'halftone_limits_fallback')).toBe('0')
  })

  test('Node and nginx count in one bucket, and what came through nginx counts once', async () => {
    const source = await aSource({ '/cat.jpg': await jpeg() })
    const rules = [visitor({ rate, burst: 10 })]
    const node = await aNode({
      ...{
        sources: { shop: siteOf(source) },
        redis: redis.url,
        redisMs: waitMs,
        tierSecret,
        trustedProxies: '127.0.0.1',
      },
      limits: { rules },
    })
    ends.push(source.stop, node.stop)
    await expect.poll(() => node.metric('halftone_redis_here')).toBe(1)
    await expect.poll(() => node.metric('halftone_limits_fallback')).toBe(0)
    const { get } = await front(limitsOf({ rules }), node.url)
    const cat = '/shop/cat.jpg?w=40'
    for (let i = 0; i < 4; i++) {
      const { status, headers } = await get(cat, from('203.0.113.7'))
      expect([status, headers.ratelimit?.replace(/;t=.*/, '')]).toEqual([200, `"visitor";r=${9 - i}`])
    }
    const direct = await Promise.all(times(10, () => node.get(cat, from('203.0.113.7'))))
    expect(admittedIn(direct)).toBe(6)
    expect((await get(cat, from('203.0.113.7'))).status).toBe(429)
  })

  test('a key that is used up is refused by nginx, from its plan of the moment; its calls are counted in Node', async () => {
    const table: RuleTable = {
      rules: [{ name: 'calls', per: 'key', of: ['api'], rate, burst: 2 }],
      plans: { large: { calls: { rate, burst: 4 } }, partner: { calls: null } },
    }
    const halftone = await aHalftone({
      redis: redis.url,
      redisMs: waitMs,
      tierSecret,
      limits: table,
      trustedProxies: '127.0.0.1',
    })
    ends.push(halftone.stop)
    const readyz = async () => JSON.parse(String((await halftone.get('/readyz')).body)).redis
    await expect.poll(readyz).toBe('here')
    const { get } = await front(limitsOf(table), halftone.url)
    const { key, secret } = await halftone.accounts.create({ project: 'shop', user: 'ann', scopes: ['*'] })
    const account = (word = secret) => get('/v1/account', { authorization: `Bearer ${key.id}.${word}` })

    // Who does not know the secret uses up nothing, and is told by Node that it is wrong.
    for (let i = 0; i < 3; i++) expect((await account('wrong')).status).toBe(401)
    const first = await account()
    expect([first.status, first.headers.ratelimit?.replace(/;t=.*/, '')]).toEqual([200, '"calls";r=1'])
    expect((await account()).status).toBe(200)
    const refused = await account()
    expect([refused.status, refused.headers.reached]).toEqual([429, undefined])
    expect(refused.headers.ratelimit).toMatch(/^"calls";r=0;/)

    await halftone.records.keys.change(key.id, { plan: 'large' })
    await expect.poll(async () => (await account()).status).toBe(200)
    await expect.poll(async () => (await account()).status).toBe(429)
    await halftone.records.keys.change(key.id, { plan: 'partner' })
    await expect.poll(async () => (await account()).status).toBe(200)
    await halftone.records.keys.change(key.id, { plan: '' })
    await expect.poll(async () => (await account()).headers.reached).toBeUndefined()
  })
})
