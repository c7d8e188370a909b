// What the connections to Redis promise, against real ones: one server, Sentinel, Cluster.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { openRedis, RedisAway, type RedisRoom } from '../../cluster/redis.ts'
import { redisIn } from '../../config/redis.ts'
import {
  type RedisServer,
  redisMissing,
  startRedis,
  startRedisCluster,
  startSentinels,
} from '../servers/redis.ts'

const rooms: RedisRoom[] = []
afterEach(async () => {
  await Promise.all(rooms.splice(0).map((room) => room.close()))
})

/** Of a server on a busy machine, so it may take its time; where an absence is meant it is waited for. */
function aRoom(url: string, answerMs = 5000): RedisRoom {
  const place = redisIn(url)
  if (!place) throw new Error(url)
  const room = openRedis({ ...place, prefix: 'test', answerMs })
  rooms.push(room)
  return room
}

const here = (room: RedisRoom) => expect.poll(room.state).toBe('here')
const away = (room: RedisRoom) => expect.poll(room.state).toBe('away')

const both = { lua: `return redis.call('INCRBY', KEYS[1], ARGV[1]) + redis.call('INCR', KEYS[2])`, keys: 2 }

describe.skipIf(redisMissing)(`Redis ${redisMissing ?? ''}`, () => {
  let redis: RedisServer
  let sentinels: Awaited<ReturnType<typeof startSentinels>>
  let cluster: Awaited<ReturnType<typeof startRedisCluster>>
  beforeAll(async () => {
    ;[redis, sentinels, cluster] = await Promise.all([startRedis(), startSentinels(), startRedisCluster()])
  })
  afterAll(() => Promise.all([redis, sentinels, cluster].map((server) => server?.stop())))
  const urls = { single: () => redis.url, sentinel: () => sentinels.url, cluster: () => cluster.url }

  describe.each(Object.entries(urls))('%s', (_, url) => {
    test('runs a script over several keys, and carries messages from one process to another', async () => {
      const [one, other] = [aRoom(url()), aRoom(url())]
      await Promise.all([here(one), here(other)])
      const add = one.script(both)
      expect(await add([one.name('a'), one.name('b')], [41])).toBe(42)
      const heard: string[] = []
      await other.listen('news', (message) => heard.push(message))
      await one.ask((client) => client.publish(one.name('news'), 'hello'))
      await expect.poll(() => heard).toEqual(['hello'])
    })

    test('a command that Redis refuses is refused, and Redis is there all the same', async () => {
      const room = aRoom(url())
      await here(room)
      const wrong = room.script({ lua: 'return redis.call("NOTHING")', keys: 1 })
      await expect(wrong([room.name('a')], [])).rejects.not.toBeInstanceOf(RedisAway)
      expect(room.state()).toBe('here')
    })
  })

  test('a server that is killed is away at once, and back by itself with its channels', async () => {
    const room = aRoom(redis.url)
    await here(room)
    const heard: string[] = []
    await room.listen('news', (message) => heard.push(message))
    const states: string[] = []
    room.watch((state) => states.push(state))
    await redis.kill()
    await away(room)
    await expect(room.ask((client) => client.ping())).rejects.toBeInstanceOf(RedisAway)
    await redis.again()
    await here(room)
    await room.ask((client) => client.publish(room.name('news'), 'again'))
    await expect.poll(() => heard).toEqual(['again'])
    expect(states).toEqual(['away', 'here'])
  })

  test('a server that takes commands and says nothing is away after the deadline', async () => {
    const room = aRoom(redis.url, 50)
    await here(room)
    redis.freeze()
    await expect(room.ask((client) => client.ping())).rejects.toBeInstanceOf(RedisAway)
    expect(room.state()).toBe('away')
    redis.resume()
    await here(room)
  })

  test('what is under way when the server is killed fails, and nobody waits for its deadline', async () => {
    const room = aRoom(redis.url, 60_000)
    await here(room)
    redis.freeze()
    const asked = expect(room.ask((client) => client.ping())).rejects.toBeInstanceOf(RedisAway)
    await redis.kill()
    await asked
    await redis.again()
  })

  test('the master is killed: the one that Sentinel names next is found', async () => {
    const room = aRoom(sentinels.url)
    await here(room)
    const heard: string[] = []
    await room.listen('news', (message) => heard.push(message))
    await sentinels.killMaster()
    await away(room)
    await here(room)
    await expect.poll(() => room.ask((client) => client.set(room.name('k'), 'v')).catch(String)).toBe('OK')
    await room.ask((client) => client.publish(room.name('news'), 'from the new master'))
    await expect.poll(() => heard).toEqual(['from the new master'])
  })
})
