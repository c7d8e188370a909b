// The workers of a queue, over real records.
import { expect, onTestFinished, test } from 'vitest'
import { type JobRecord, openRecords } from '../../records/index.ts'
import { createQueueWorker, type QueueWorkerOptions } from '../../records/queue-worker.ts'
import { aFile } from './folder.ts'
import { times } from './rows.ts'

async function aQueue(options: Partial<QueueWorkerOptions> & Pick<QueueWorkerOptions, 'run'>) {
  const records = await openRecords({ file: aFile() })
  const work = createQueueWorker({
    records,
    queue: 'q',
    most: 3,
    leaseMs: 60_000,
    lookEveryMs: 20,
    ...options,
  })
  onTestFinished(async () => {
    await work.stop()
    await records.close()
  })
  const promise = (more: object = {}) =>
    records.jobs.promise({ queue: 'q', payload: {}, ...more }, (options.now ?? Date.now)())
  const stateOf = async (id: string) => (await records.jobs.get(id))?.state
  return { records, work, promise, stateOf }
}

test('never more at once than it has hands, and all of them done', async () => {
  let now = 0
  let most = 0
  const queue = await aQueue({
    run: async (job) => {
      most = Math.max(most, ++now)
      await new Promise(setImmediate)
      await queue.records.jobs.finish(job, Date.now())
      now--
    },
  })
  const ids = await Promise.all(times(20, () => queue.promise()))
  queue.work.poke()
  await expect.poll(async () => new Set(await Promise.all(ids.map(queue.stateOf)))).toEqual(new Set(['done']))
  expect(most).toBe(3)
})

test('a job that throws is tried again until its attempts are used up, and each failure is told', async () => {
  const told: unknown[] = []
  const queue = await aQueue({
    run: async () => {
      throw new Error('not today')
    },
    random: () => 0,
    onError: (error, job) => void told.push([(error as Error).message, job?.attempt]),
  })
  const id = await queue.promise({ maxAttempts: 3 })
  queue.work.poke()
  await expect.poll(() => queue.stateOf(id)).toBe('dead')
  expect(told).toEqual([1, 2, 3].map((attempt) => ['not today', attempt]))
  expect(await queue.records.jobs.get(id)).toMatchObject({ error: 'not today' })
})

test('a lease is kept while the work lasts, and its loss is told to who works on', async () => {
  let lost = false
  const held = Promise.withResolvers<JobRecord>()
  // A clock that stands still ends no lease, however late a busy machine is with its heartbeats.
  const clock = { now: Date.now() }
  const queue = await aQueue({
    leaseMs: 60,
    now: () => clock.now,
    run: async (job, { signal }) => {
      held.resolve(job)
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      lost = true
    },
  })
  const id = await queue.promise()
  queue.work.poke()
  const job = await held.promise
  clock.now += 10
  await expect
    .poll(async () => (await queue.records.jobs.get(id))?.due, { interval: 5 })
    .toBeGreaterThan(job.due ?? 0)
  expect(lost).toBe(false)
  await queue.records.jobs.giveUp(job, 'taken away', clock.now)
  await expect.poll(() => lost).toBe(true)
})

test('what another process promised is found, and stop waits for what runs', async () => {
  const gate = Promise.withResolvers<void>()
  const queue = await aQueue({
    run: async (job) => {
      await gate.promise
      await queue.records.jobs.finish(job, Date.now())
    },
  })
  queue.work.poke()
  await queue.work.idle()
  const id = await queue.promise()
  await expect.poll(() => queue.stateOf(id)).toBe('running')
  const stopped = queue.work.stop()
  const late = await queue.promise()
  gate.resolve()
  await stopped
  expect([await queue.stateOf(id), await queue.stateOf(late)]).toEqual(['done', 'waiting'])
})
