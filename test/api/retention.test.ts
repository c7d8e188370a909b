import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { type ApiRetentionOptions, createApiRetention } from '../../api/services/retention/index.ts'
import { newId, openRecords } from '../../records/index.ts'
import { createFolderBucket } from '../../storage/folder/index.ts'
import { resultKey } from '../../storage/index.ts'
import { aFileRow, aResult, day, noon, times } from '../records/rows.ts'

const hour = 3_600_000
const bytes = Buffer.from('a picture')

async function aHouse(options: Partial<ApiRetentionOptions> = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'halftone-retention-'))
  const records = await openRecords({ file: join(dir, 'records.db') })
  const bucket = createFolderBucket({ dir: join(dir, 'files') })
  const log: string[] = []
  const say = (_: unknown, message?: unknown) => void log.push(String(message))
  const clock = { at: noon }
  const given = { records, bucket, log: { info: say, warn: say }, now: () => clock.at, ...options }
  const retention = createApiRetention(given)
  onTestFinished(async () => {
    await retention.stop()
    await records.close()
    await bucket.close()
    rmSync(dir, { recursive: true, force: true, maxRetries: 3 })
  })
  const keep = async (expires: number) => {
    const result = aResult()
    const storageKey = resultKey({ id: result.id, name: 'a.webp', expiresAt: expires })
    await bucket.put(storageKey, bytes, { type: 'image/webp' })
    await records.results.add({ ...result, expires, storageKey })
    return { id: result.id, storageKey }
  }
  return { records, bucket, retention, given, clock, log, keep }
}

test('a result goes when its hour is over: first its bytes, then its row says so', async () => {
  const { records, bucket, retention, clock, keep } = await aHouse()
  const due = await keep(noon + 10)
  const later = await keep(noon + hour + 1)
  expect(await retention.tick()).toMatchObject({ results: 0 })
  clock.at = noon + hour
  expect(await retention.tick()).toMatchObject({ results: 1 })
  expect(await bucket.stat(due.storageKey)).toBe(undefined)
  expect(await records.results.get(due.id)).toMatchObject({ storageKey: null })
  expect(await bucket.stat(later.storageKey)).toBeDefined()
  expect(await records.results.get(later.id)).toMatchObject({ storageKey: later.storageKey })
  expect(await retention.tick()).toMatchObject({ results: 0 })
})

test('a result that expires with the hour is not forgotten between two ticks', async () => {
  const { records, retention, clock, keep } = await aHouse()
  const due = await keep(noon + hour)
  clock.at = noon + hour
  await retention.tick()
  expect(await records.results.get(due.id)).toMatchObject({ storageKey: null })
})

test('rows whose bytes could not be removed stay as they are, and the next tick makes up for it', async () => {
  const { records, bucket, given, clock, log, keep } = await aHouse()
  const due = await keep(noon)
  clock.at = noon + hour
  const failing = { ...bucket, sweep: () => Promise.reject(new Error('the disk is away')) }
  const broken = createApiRetention({ ...given, bucket: failing })
  expect(await broken.tick()).toMatchObject({ results: 0 })
  expect(log).toContain('retention could not finish and tries again later')
  expect(await records.results.get(due.id)).toMatchObject({ storageKey: due.storageKey })
  expect(await createApiRetention(given).tick()).toMatchObject({ results: 1 })
})

test('rows that a process left unmarked when it died are marked by the next', async () => {
  const { records, bucket, retention, clock, keep } = await aHouse()
  const due = await keep(noon)
  clock.at = noon + hour
  await bucket.delete([due.storageKey])
  expect(await retention.tick()).toMatchObject({ results: 1 })
  expect(await records.results.get(due.id)).toMatchObject({ storageKey: null })
})

test('the record of a removed file can be asked for thirty days, and is forgotten then', async () => {
  const { records, retention, clock } = await aHouse()
  const [there, removed] = [aFileRow(), aFileRow()]
  for (const file of [there, removed]) await records.files.add(file)
  await records.files.change(removed.id, { state: 'removed', removed: noon })
  clock.at = noon + 30 * day
  expect(await retention.tick()).toMatchObject({ files: 0 })
  expect(await records.files.get(removed.id)).toMatchObject({ state: 'removed', removed: noon })
  clock.at = noon + 30 * day + 1
  expect(await retention.tick()).toMatchObject({ files: 1 })
  expect(await records.files.get(removed.id)).toBeUndefined()
  expect(await records.files.get(there.id)).toBeDefined()
})

test('several at once do it once', async () => {
  const { records, bucket, given, clock, keep } = await aHouse()
  const all = await Promise.all(times(450, () => keep(noon)))
  clock.at = noon + hour
  await Promise.all(times(3, () => createApiRetention(given).tick()))
  expect(await records.results.findExpired({ before: noon + day, limit: 10 })).toEqual([])
  expect((await bucket.list('results/')).files).toEqual([])
  expect(await records.results.get(all[449]?.id ?? '')).toMatchObject({ storageKey: null })
})

test('what is older than a month is forgotten of jobs and deliveries, and nothing that is still to be done', async () => {
  const { records, retention, clock } = await aHouse()
  const delivery = {
    jobId: 'j',
    project: 'p',
    event: 'e',
    url: 'u',
    attempt: 1,
    status: 200,
    ms: 1,
    error: null,
  }
  const [old, young] = [noon - 31 * day, noon - 29 * day]
  for (const at of [old, young]) {
    await records.jobs.promise({ queue: 'q', payload: {} }, at)
    const [job] = await records.jobs.claim({ queue: 'q', limit: 1, leaseMs: 1000, now: at })
    if (job) await records.jobs.finish(job, at)
    await records.deliveries.add({ ...delivery, at })
  }
  const waiting = await records.jobs.promise({ id: newId(old), queue: 'q', payload: {} }, old)
  clock.at = noon
  expect(await retention.tick()).toMatchObject({ jobs: 1, deliveries: 1 })
  expect((await records.jobs.find({ queue: 'q' })).rows.map(({ state }) => state).sort()).toEqual([
    'done',
    'waiting',
  ])
  expect(await records.jobs.get(waiting)).toBeDefined()
  expect((await records.deliveries.find({})).rows.map(({ at }) => at)).toEqual([young])
})

test('a removed file whose bytes could not be erased gets another chance', async () => {
  const { records, retention } = await aHouse()
  const id = await records.jobs.promise({ queue: 'erase', payload: { file: 'x' } }, noon)
  const [job] = await records.jobs.claim({ queue: 'erase', limit: 1, leaseMs: 1000, now: noon })
  if (job) await records.jobs.giveUp(job, 'no', noon)
  expect(await retention.tick()).toMatchObject({ erasures: 1 })
  expect(await records.jobs.get(id)).toMatchObject({ state: 'waiting', attempt: 0 })
})

test('it ticks by itself, and not after it was stopped', async () => {
  const { bucket, given, keep, clock } = await aHouse()
  const due = await keep(noon)
  clock.at = noon + hour
  const retention = createApiRetention({ ...given, everyMs: 5, random: () => 0 })
  retention.start()
  await expect.poll(() => bucket.stat(due.storageKey)).toBe(undefined)
  await retention.stop()
  const after = await keep(noon)
  expect(await retention.tick()).toEqual({ results: 0, jobs: 0, deliveries: 0, erasures: 0, files: 0 })
  expect(await bucket.stat(after.storageKey)).toBeDefined()
})
