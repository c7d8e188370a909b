import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { createRecordedLog } from '../../assembly/recorded-log.ts'
import { createPurgeStream } from '../../cluster/purge-stream.ts'
import { openRedis, type RedisRoom } from '../../cluster/redis.ts'
import { redisIn } from '../../config/redis.ts'
import type { SharedLog } from '../../purging/index.ts'
import { type DatabaseLocation, openRecords, type Records } from '../../records/index.ts'
import { noPostgres, type Server, startPostgres } from '../records/postgres.ts'
import {
  type RedisServer,
  redisMissing,
  startRedis,
  startRedisCluster,
  startSentinels,
} from '../servers/redis.ts'
import { ofKey } from './purge-log.ts'
import { sharedLogContract } from './shared-log.ts'

const dir = mkdtempSync(join(tmpdir(), 'halftone-shared-log-'))
let postgres: Server | undefined
const opened: Records[] = []
let files = 0
beforeAll(async () => {
  if (!noPostgres) postgres = await startPostgres()
})
afterAll(async () => {
  for (const records of opened) await records.close()
  await postgres?.stop()
  rmSync(dir, { recursive: true, force: true })
})

/** Connections of their own, as processes have. */
async function viewsIn(where: DatabaseLocation, count: number, most: number): Promise<readonly SharedLog[]> {
  const views: SharedLog[] = []
  for (let i = 0; i < count; i++) {
    const records = await openRecords(where)
    opened.push(records)
    views.push(createRecordedLog(records, { most }))
  }
  return views
}

sharedLogContract('SQLite', (members, most) => viewsIn({ file: join(dir, `${++files}.db`) }, members, most))
describe.skipIf(noPostgres)(`PostgreSQL ${noPostgres ?? ''}`, () => {
  sharedLogContract('PostgreSQL', async (members, most) =>
    viewsIn({ url: (await postgres?.fresh()) ?? '' }, members, most),
  )
})

const rooms: RedisRoom[] = []
let places = 0

async function viewsAt(url: string, count: number, most: number): Promise<readonly SharedLog[]> {
  const place = redisIn(url)
  if (!place) throw new Error(url)
  const prefix = `place-${++places}`
  const opened = Array.from({ length: count }, () => openRedis({ ...place, prefix, answerMs: 5000 }))
  rooms.push(...opened)
  await Promise.all(opened.map((room) => expect.poll(room.state).toBe('here')))
  return opened.map((room) => createPurgeStream(room, { most }))
}

describe.skipIf(redisMissing)(`a stream in Redis ${redisMissing ?? ''}`, () => {
  let redis: RedisServer
  let cluster: Awaited<ReturnType<typeof startRedisCluster>>
  beforeAll(async () => {
    ;[redis, cluster] = await Promise.all([startRedis(), startRedisCluster()])
  })
  afterEach(async () => {
    await Promise.all(rooms.splice(0).map((room) => room.close()))
  })
  afterAll(() => Promise.all([redis?.stop(), cluster?.stop()]))

  sharedLogContract('one server', (members, most) => viewsAt(redis.url, members, most))
  sharedLogContract('Cluster', (members, most) => viewsAt(cluster.url, members, most))

  test('under Sentinel, when the master is killed: nobody who knew all forgets anything, and nobody misses anything', async () => {
    const sentinels = await startSentinels()
    onTestFinished(() => sentinels.stop())
    const [one, other] = (await viewsAt(sentinels.url, 2, 100)) as [SharedLog, SharedLog]
    const { end: old } = await one.behind(undefined)
    let newest = old
    for (const key of ['a', 'b', 'c']) newest = (await one.append([ofKey(key)], newest)).place
    await sentinels.killMaster()
    await expect.poll(() => one.behind(newest).catch(String)).toMatchObject({ orders: [], isWhole: true })
    const missed = await other.behind(old)
    expect(missed.isWhole ? missed.orders.length : 3).toBe(3)
    const next = await one.append([ofKey('d')], newest)
    expect((await one.behind(newest)).orders.map(({ place }) => place)).toEqual([next.place])
  })

  test('that comes back without its data: who knew all goes on, and who knew less is told', async () => {
    const [one, other] = (await viewsAt(redis.url, 2, 100)) as [SharedLog, SharedLog]
    const { end: old } = await one.behind(undefined)
    const { place } = await one.append([ofKey('a')], old)
    redis.say('flushall')
    expect(await one.behind(place)).toEqual({ orders: [], end: place, isWhole: true })
    expect((await other.behind(old)).isWhole).toBe(false)
    const next = await one.append([ofKey('b')], place)
    expect((await one.behind(place)).orders.map((order) => order.place)).toEqual([next.place])
  })

  test('an order that is the first after a loss begins the log where its member stood', async () => {
    const [one, other] = (await viewsAt(redis.url, 2, 100)) as [SharedLog, SharedLog]
    const { end: old } = await one.behind(undefined)
    const { place } = await one.append([ofKey('a')], old)
    redis.say('flushall')
    await one.append([ofKey('b')], place)
    expect((await other.behind(place)).orders).toHaveLength(1)
    expect((await other.behind(old)).isWhole).toBe(false)
  })
})
