// Falling back to memory, over a real Redis and over one that this file makes slow.
import { afterEach, describe, expect, test } from 'vitest'
import { openRedis, type RedisRoom } from '../../cluster/redis.ts'
import { createFallbackLimiter, type FallbackLimiter } from '../../limits/fallback.ts'
import type { Decision, Limiter } from '../../limits/limiter.ts'
import { createMemoryLimiter } from '../../limits/memory.ts'
import { createRedisLimiter } from '../../limits/redis.ts'
import type { Claim } from '../../limits/rules.ts'
import { type RedisServer, redisMissing, startRedis } from '../servers/redis.ts'

const rule = { name: 'visitor', per: 'address', of: ['pictures'], rate: 0.001, burst: 3 } as const
const claim: Claim = { rule, rate: 0.001, burst: 3, bucket: 'visitor|203.0.113.7' }
const one: Decision = { isAdmitted: true, used: [1e9] }

let limiter: FallbackLimiter
afterEach(() => limiter.close())

describe('with a shared limiter that fails', () => {
  const over = (shared: Limiter, changes: boolean[] = []) => {
    limiter = createFallbackLimiter({
      ...{ shared, local: createMemoryLimiter(), waitMs: 20, retryMs: 10 },
      changed: (isAway) => changes.push(isAway),
    })
    return changes
  }

  test('who was out of requests is so still', async () => {
    let fails = false
    const changes = over({
      take: async () => {
        if (fails) throw new Error('gone')
        return { isAdmitted: true, used: [3e9] }
      },
    })
    expect((await limiter.take([claim])).isAdmitted).toBe(true)
    fails = true
    expect((await limiter.take([claim])).isAdmitted).toBe(false)
    expect(changes).toEqual([true])
  })

  test('nobody waits for one that does not answer, and later requests do not ask it', async () => {
    const asked: number[] = []
    over({
      take: (claims) => {
        asked.push(claims.length)
        return new Promise(() => {})
      },
    })
    for (let i = 0; i < 5; i++) expect((await limiter.take([claim])).isAdmitted).toBe(i < 3)
    // With no claim it is looked for in the background.
    expect(asked.filter((claims) => claims > 0)).toHaveLength(1)
    expect(limiter.isAway()).toBe(true)
  })

  test('it is back by itself, and told once each time', async () => {
    let fails = true
    const changes = over({
      take: async () => {
        if (fails) throw new Error('gone')
        return one
      },
    })
    await limiter.take([claim])
    fails = false
    await expect.poll(() => limiter.isAway()).toBe(false)
    expect(await limiter.take([claim])).toEqual(one)
    expect(changes).toEqual([true, false])
  })
})

describe.skipIf(redisMissing)(`over Redis${redisMissing ? ` (${redisMissing})` : ''}`, () => {
  let server: RedisServer
  let room: RedisRoom
  afterEach(async () => {
    await room.close()
    await server.stop()
  })

  const open = async () => {
    server = await startRedis()
    const place = { kind: 'single', nodes: [{ host: '127.0.0.1', port: server.port }] } as const
    room = openRedis({ ...place, hasTls: false, database: 0, prefix: 'test', answerMs: 1000 })
    expect(await room.arrival(20_000)).toBe(true)
    limiter = createFallbackLimiter({
      shared: createRedisLimiter({ ask: room.ask, name: room.name, secret: 'secret of the names' }),
      local: createMemoryLimiter(),
      // Long, for a busy machine: one that was killed refuses at once.
      waitMs: 1000,
    })
  }

  test.each(['kill', 'freeze'] as const)(
    'after a %s the next request is limited all the same',
    async (way) => {
      await open()
      for (let i = 0; i < 3; i++) expect((await limiter.take([claim])).isAdmitted).toBe(true)
      await server[way]()
      expect((await limiter.take([claim])).isAdmitted).toBe(false)
      expect(limiter.isAway()).toBe(true)
      const other = { ...claim, bucket: 'visitor|198.51.100.1' }
      const decisions = []
      for (let i = 0; i < 5; i++) decisions.push((await limiter.take([other])).isAdmitted)
      expect(decisions).toEqual([true, true, true, false, false])

      if (way === 'kill') await server.again()
      else server.resume()
      await expect.poll(() => limiter.isAway()).toBe(false)
      await limiter.take([{ ...claim, bucket: 'visitor|192.0.2.1' }])
      expect(server.say('keys', '*')).toContain('{test}:limits:')
    },
  )
})
