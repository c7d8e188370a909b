// A node whose Redis goes and comes back: it says so, and serves as before.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RedisServer, redisMissing, startRedis } from '../servers/redis.ts'
import { aNode, type Node } from './cdn.ts'

describe.skipIf(redisMissing)(`a node with Redis ${redisMissing ?? ''}`, () => {
  let redis: RedisServer
  let node: Node
  beforeAll(async () => {
    redis = await startRedis()
    node = await aNode({
      self: 'http://127.0.0.1:1',
      redis: redis.url,
      tierSecret: 'known to all of this test',
      samples: true,
    })
  })
  afterAll(async () => {
    await node?.stop()
    await redis?.stop()
  })

  const said = async () => {
    const { status, body } = await node.get('/readyz')
    return { status, ...JSON.parse(body.toString()) }
  }

  test('is ready with it and without it, and says which', async () => {
    const seen = async (state: 'here' | 'away') => {
      await expect.poll(said).toEqual({ status: 'ready', redis: state })
      expect((await node.get('/readyz')).status).toBe(200)
      expect(await node.metric('halftone_redis_here')).toBe(state === 'here' ? 1 : 0)
      expect((await node.get(`/samples/landscape.jpg?w=${state === 'here' ? 20 : 21}`)).status).toBe(200)
    }
    await seen('here')
    await redis.kill()
    await seen('away')
    await redis.again()
    await seen('here')
  })
})
