import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Leases, LeaseTimes } from '../../cluster/leases/lease.ts'
import { createMemoryLeases } from '../../cluster/leases/memory.ts'
import { createRedisLeases } from '../../cluster/leases/redis.ts'
import { openRedis, type RedisRoom } from '../../cluster/redis.ts'
import { redisIn } from '../../config/redis.ts'
import { type RedisServer, redisMissing, startRedis, startRedisCluster } from '../servers/redis.ts'
import { never } from '../signals.ts'
import { leaseContract } from './lease.ts'

leaseContract('memory', async (count, times) => {
  const leases = createMemoryLeases(times)
  return Array.from({ length: count }, () => leases.member())
})

const rooms: RedisRoom[] = []
let places = 0

/** Members in rooms of their own, as processes are. */
const membersAt =
  (url: () => string) =>
  async (count: number, times: LeaseTimes): Promise<readonly Leases[]> => {
    const place = redisIn(url())
    if (!place) throw new Error(url())
    const prefix = `place-${++places}`
    const opened = Array.from({ length: count }, () => openRedis({ ...place, prefix, answerMs: 5000 }))
    rooms.push(...opened)
    const members = opened.map((room) => createRedisLeases(room, times))
    await Promise.all(opened.map((room) => expect.poll(room.state).toBe('here')))
    return members
  }

describe.skipIf(redisMissing)(`leases in Redis ${redisMissing ?? ''}`, () => {
  let redis: RedisServer
  let cluster: Awaited<ReturnType<typeof startRedisCluster>>
  beforeAll(async () => {
    ;[redis, cluster] = await Promise.all([startRedis(), startRedisCluster()])
  })
  afterEach(async () => {
    await Promise.all(rooms.splice(0).map((room) => room.close()))
  })
  afterAll(() => Promise.all([redis?.stop(), cluster?.stop()]))

  leaseContract('one server', (...all) => membersAt(() => redis.url)(...all))
  leaseContract('Cluster', (...all) => membersAt(() => cluster.url)(...all))

  test('when Redis goes away, who waits goes on alone at once, and so does everybody who comes', async () => {
    const long = { hedgeMs: 600_000, leaseMs: 600_000 }
    const [holder, second] = (await membersAt(() => redis.url)(2, long)) as [Leases, Leases]
    await holder.take('a')
    const taken = await second.take('a')
    const wait = taken.kind === 'held' ? taken.wait(never) : Promise.reject(new Error(taken.kind))
    await redis.kill()
    expect(await wait).toBe('alone')
    expect((await second.take('b')).kind).toBe('alone')
    await redis.again()
    await expect.poll(async () => (await second.take('c')).kind).toBe('granted')
  })
})
