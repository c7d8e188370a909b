// The plans of keys in Redis, as nginx reads them.
import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createPlanPublisher, type PlanPublisher } from '../../limits/plans.ts'
import { hashName } from '../../limits/redis.ts'
import { type RedisServer, redisMissing, startRedis } from '../servers/redis.ts'

describe.skipIf(redisMissing)(`plans in Redis${redisMissing ? ` (${redisMissing})` : ''}`, () => {
  const secret = 'secret of the names'
  let server: RedisServer
  let redis: Redis
  let publisher: PlanPublisher
  beforeAll(async () => {
    server = await startRedis()
    redis = new Redis(server.port)
    redis.on('error', () => {})
  })
  afterAll(async () => {
    redis?.disconnect()
    await server?.stop()
  })
  afterEach(async () => {
    await publisher.close()
    await redis.flushall()
  })

  const open = (plans: ReadonlyMap<string, string>) =>
    createPlanPublisher({
      ...{ ask: (question) => question(redis), name: (part) => `{test}:${part}`, secret },
      ...{ plans: async () => plans, everyMs: 20 },
    })
  const kept = () => redis.hgetall('{test}:limit-plans')
  const hashed = (plans: Record<string, string>) =>
    Object.fromEntries(Object.entries(plans).map(([id, plan]) => [hashName(secret, id), plan]))

  test('follow the records: given, changed, taken away', async () => {
    const plans = new Map([['k1', 'small']])
    publisher = open(plans)
    await expect.poll(kept).toEqual(hashed({ k1: 'small' }))
    plans.set('k1', 'large').set('k2', 'small')
    await expect.poll(kept).toEqual(hashed({ k1: 'large', k2: 'small' }))
    plans.clear()
    await expect.poll(kept).toEqual({})
  })

  test('are there again after Redis forgot them, and never by halves', async () => {
    const plans = new Map(Array.from({ length: 2500 }, (_, i) => [`k${i}`, 'small'] as const))
    publisher = open(plans)
    await expect.poll(() => redis.hlen('{test}:limit-plans')).toBe(2500)
    await redis.del('{test}:limit-plans')
    await expect.poll(() => redis.hlen('{test}:limit-plans')).toBe(2500)
    expect(await redis.ttl('{test}:limit-plans')).toBe(-1)
    expect((await redis.keys('*')).sort()).toEqual(['{test}:limit-plans', '{test}:limit-plans-digest'])
  })

  test('hold no key in clear', async () => {
    publisher = open(new Map([['0123abcd', 'small']]))
    expect(await publisher.publish()).toBe(true)
    expect(JSON.stringify(await kept())).not.toContain('0123abcd')
  })
})
