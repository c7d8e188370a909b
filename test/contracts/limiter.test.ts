import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createMemoryLimiter } from '../../limits/memory.ts'
import { createRedisLimiter } from '../../limits/redis.ts'
import { type RedisServer, redisMissing, startRedis } from '../servers/redis.ts'
import { limiterContract } from './limiter.ts'

let server: RedisServer | undefined

beforeAll(async () => {
  if (redisMissing) return
  server = await startRedis()
  redis = new Redis(server.port)
})
afterAll(async () => {
  redis?.disconnect()
  await server?.stop()
})

let redis: Redis
const secret = 'what hashes the names'
const openOnRedis = () =>
  createRedisLimiter({ ask: (question) => question(redis), name: (part) => `{test}:${part}`, secret })

limiterContract('memory', async () => createMemoryLimiter())
limiterContract('Redis', async () => openOnRedis(), redisMissing)

test.skipIf(redisMissing)(
  'in Redis no name of a bucket is readable, and what is full again is gone',
  async () => {
    await redis.flushall()
    const rule = { name: 'visitor', per: 'address', of: ['pictures'], rate: 20, burst: 5 } as const
    await openOnRedis().take([{ rule, rate: 20, burst: 5, bucket: 'visitor|203.0.113.7' }])
    const [key = ''] = await redis.keys('*')
    expect(key).toMatch(/^\{test\}:limits:[\w+/]{27}=$/)
    expect(await redis.pttl(key)).toBeLessThanOrEqual(50)
    await expect.poll(() => redis.dbsize()).toBe(0)
  },
)
