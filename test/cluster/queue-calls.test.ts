// Workers of other processes are called when something was promised, and need not wait for their own next look.
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { createQueueCalls } from '../../cluster/queue-calls.ts'
import { openRedis } from '../../cluster/redis.ts'
import { redisIn } from '../../config/redis.ts'
import { createQueueWorker, openRecords, type Records } from '../../records/index.ts'
import { aFile } from '../records/folder.ts'
import { type RedisServer, redisMissing, startRedis } from '../servers/redis.ts'

describe.skipIf(redisMissing)(`calls between workers ${redisMissing ?? ''}`, () => {
  let redis: RedisServer
  beforeAll(async () => {
    redis = await startRedis()
  })
  afterAll(() => redis?.stop())

  /** One that would look by itself in an hour. */
  async function aWorker(records: Records, run: (id: string) => Promise<void>) {
    const place = redisIn(redis.url)
    if (!place) throw new Error(redis.url)
    const room = openRedis({ ...place, prefix: 'test', answerMs: 5000 })
    const worker = createQueueWorker({
      records: { ...records, calls: createQueueCalls(room) },
      ...{ queue: 'q', most: 1, leaseMs: 600_000, lookEveryMs: 3_600_000 },
      run: async (job) => {
        await run(job.id)
        await records.jobs.finish(job, Date.now())
      },
    })
    onTestFinished(async () => {
      await worker.stop()
      await room.close()
    })
    await expect.poll(room.state).toBe('here')
    return worker
  }

  test('who has his hands full is helped', async () => {
    const records = await openRecords({ file: aFile() })
    onTestFinished(() => records.close())
    const gate = Promise.withResolvers<void>()
    const begun: string[] = []
    // Whoever has the first has his hands full with it.
    const run = async (id: string) => {
      begun.push(id)
      if (begun.length === 1) await gate.promise
    }
    const [busy, idle] = [await aWorker(records, run), await aWorker(records, run)]
    idle.poke()
    await idle.idle()
    const promise = () => records.jobs.promise({ queue: 'q', payload: {} }, Date.now())
    const first = await promise()
    busy.poke()
    await expect.poll(() => begun).toEqual([first])
    const second = await promise()
    busy.poke()
    await expect.poll(() => begun).toEqual([first, second])
    gate.resolve()
  })
})
