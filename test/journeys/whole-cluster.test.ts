// The whole CDN of many nodes: what is done once, what a purge reaches, what killed members cost, and a rolling
// restart.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Front } from '../nginx/front.ts'
import { times } from './cdn.ts'
import type { Process } from './processes.ts'
import { holdSource, startWholeCluster, type WholeCluster, wholeMissing } from './whole-cluster.ts'
import { type Fault, type Load, plainPictures, startLoad } from './whole-load.ts'
import { purgesInAll } from './whole-purges.ts'

const pictures = 16
/** The first ones are the load's. */
const loaded = 12

describe.skipIf(wholeMissing)(`a whole cluster${wholeMissing ? ` (${wholeMissing})` : ''}`, () => {
  let cluster: WholeCluster
  beforeAll(async () => {
    cluster = await startWholeCluster(await plainPictures(pictures))
  })
  afterAll(() => cluster?.stop())

  const fetched = (name: string) =>
    cluster.source.requests.filter((request) => request === `GET /${name}`).length
  const renders = () => cluster.ofOrigins('halftone_render_seconds_count')
  const ready = (member: Pick<Process, 'get'>) =>
    expect.poll(async () => (await member.get('/readyz')).status).toBe(200)

  test('300 requests at once for 8 sizes, over all edges and both nginx, fetch once and render 8 times', async () => {
    const doors = [...cluster.edges, ...cluster.fronts]
    const answers = await Promise.all(
      times(300, (i) => doors[i % doors.length]?.get(`/shop/p12.png?w=${30 + (i % 8)}`)),
    )
    expect(new Set(answers.map((answer) => answer?.status))).toEqual(new Set([200]))
    expect(new Set(answers.map((answer) => answer?.headers.etag)).size).toBe(8)
    expect(fetched('p12.png')).toBe(1)
    expect(await renders()).toBe(8)
  })

  purgesInAll(() => cluster)

  describe('under a steady load', () => {
    let load: Load
    afterAll(() => load?.stop())

    test('of kept pictures, kept ones that nginx asks an edge for, and new ones', async () => {
      load = await startLoad(cluster, loaded)
      await load.more()
    })

    /** Killed, missed for a while, and back. */
    async function killed(what: string, member: Process): Promise<void> {
      load.during(what)
      await member.end('SIGKILL')
      await load.more()
      await member.again()
      await ready(member)
      await load.more()
    }

    test('kill -9 of the origin that holds a lease: another one takes over', async () => {
      load.during('the holder of a lease')
      const { origins, fronts, source } = cluster
      const held = holdSource(source, '/p13.png')
      const asked = fronts[0]?.get('/shop/p13.png?w=30')
      await expect.poll(held.count).toBe(1)
      // Others of the load are done at once.
      const holds = (origin: Process) => origin.metric('halftone_leases_held')
      await expect
        .poll(async () => (await Promise.all(origins.map(holds))).filter((count) => count > 0).length)
        .toBe(1)
      const counts = await Promise.all(origins.map(holds))
      const holder = origins[counts.findIndex((count) => count > 0)] as Process
      await holder.end('SIGKILL')
      held.free()
      expect((await asked)?.status).toBe(200)
      await holder.again()
      await ready(holder)
      await load.more()
    })

    test.each([
      ['a shield', () => cluster.shields[0]],
      ['an origin', () => cluster.origins[1]],
      ['an edge', () => cluster.edges[2]],
    ])('kill -9 of %s', async (what, member) => {
      await killed(what, member() as Process)
    })

    test('kill -9 of the workers of one nginx, while one of them fetches a picture', async () => {
      load.during('the workers of an nginx')
      const [front] = cluster.fronts as [Front]
      const held = holdSource(cluster.source, '/p14.png')
      const cut = front.get('/shop/p14.png?w=30').catch(() => 'cut')
      await expect.poll(held.count).toBe(1)
      const workers = front.workers()
      for (const pid of workers) process.kill(pid, 'SIGKILL')
      expect(await cut).toBe('cut')
      // With the last one who waited, every tier gives up.
      await expect.poll(held.left).toBe(1)
      held.free()
      await expect.poll(() => front.workers().filter((pid) => !workers.includes(pid)).length).toBe(2)
      expect((await front.get('/shop/p14.png?w=30')).status).toBe(200)
      expect(held.count()).toBe(2)
      await load.more()
    })

    test('kill -9 of Redis', async () => {
      load.during('Redis')
      await cluster.redis.kill()
      await load.more()
      await cluster.redis.again()
      for (const { get } of [...cluster.edges, ...cluster.shields, ...cluster.origins])
        await expect.poll(async () => JSON.parse((await get('/readyz')).body.toString()).redis).toBe('here')
      await load.more()
    })

    test('a rolling restart of every member, one of each role at a time, and nginx that reads its configuration again', async () => {
      load.during('a rolling restart')
      const { origins, shields, edges, api, fronts } = cluster
      const roles = [origins, shields, edges, [api]]
      for (const turn of times(Math.max(...roles.map(({ length }) => length)), (i) => i)) {
        await Promise.all(
          roles
            .flatMap((members) => members[turn] ?? [])
            .map(async (member) => {
              await member.end('SIGTERM')
              await member.again()
              await ready(member)
            }),
        )
        await load.more()
      }
      for (const front of fronts) {
        front.reload()
        await load.more()
      }
    })

    test('no answer was wrong or torn, and none failed but those of a killed worker’s connections', async () => {
      await load.stop()
      const isCut = ({ during, what }: Fault) => during === 'the workers of an nginx' && what === 'cut'
      expect(load.faults.filter((fault) => !isCut(fault))).toEqual([])
      const [front] = cluster.fronts as [Front]
      const isSame = async ([path, body]: [string, Buffer]) => (await front.get(path)).body.equals(body)
      expect(new Set(await Promise.all([...load.seen].map(isSame)))).toEqual(new Set([true]))
    })
  })
})
