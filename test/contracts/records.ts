// What the records promise, whatever database they are in.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type DatabaseLocation, newId, openRecords, type Records } from '../../records/index.ts'
import { aFileRow, aResult, day, noon, times } from '../records/rows.ts'
import { countsAndKeysContract, filesContract } from './records-files.ts'
import { jobsContract } from './records-jobs.ts'
import { migrationsContract } from './records-migrations.ts'
import { sealingContract } from './records-sealing.ts'

/** `open` names a fresh, empty database each time it is called; `skip` is the reason why there is none here. */
export function recordsContract(name: string, open: () => Promise<DatabaseLocation>, skip?: string): void {
  describe.skipIf(skip)(`records contract: ${name}${skip ? ` (skipped: ${skip})` : ''}`, () => {
    let where: DatabaseLocation
    let records: Records
    beforeAll(async () => {
      where = await open()
      records = await openRecords(where)
    })
    afterAll(async () => {
      await records?.close()
    })
    const opened = (): Records => records

    opening(() => where, open)
    results(opened)
    filesContract(opened)
    countsAndKeysContract(opened)
    transactions(opened)
    longTransactions(open)
    jobsContract(opened)
    sealingContract(open)
    migrationsContract(open)
  })
}

function opening(where: () => DatabaseLocation, open: () => Promise<DatabaseLocation>): void {
  test('many that open a new database at once migrate it once, and all can use it', async () => {
    const fresh = await open()
    const all = await Promise.all(times(5, () => openRecords(fresh)))
    await Promise.all(all.map((one, i) => one.results.add(aResult({ user: `opener-${i}` }))))
    expect((await all[0]?.results.find())?.rows).toHaveLength(5)
    await Promise.all(all.map((one) => one.close()))
  })

  test('what one connection wrote another reads after it was acknowledged', async () => {
    const other = await openRecords(where())
    const mine = await openRecords(where())
    const file = aFileRow()
    await mine.files.add(file)
    expect(await other.files.get(file.id)).toMatchObject({ name: 'cat.jpg', stored: null, metadata: {} })
    await mine.close()
    await other.close()
  })
}

function results(records: () => Records): void {
  test('a result comes back as it was, with the time of its id', async () => {
    const whole = aResult({
      level: '7',
      score: 88.25,
      quality: 81,
      ms: 12.5,
      detail: { reason: 'curve', encodes: 2 },
      expires: noon + 3_600_000,
      storageKey: 'a1/b2/c3/x',
    })
    await records().results.add(whole)
    expect(await records().results.get(whole.id)).toEqual({ ...whole, created: noon })
    expect(await records().results.get('nothing')).toBeUndefined()
  })

  test('JPEG below 800 KiB with a profile and many colours, lossless, 3 days ago, by user X', async () => {
    const user = 'x'
    const wanted = times(3, (i) => aResult({ user, at: noon - 3 * day + i }))
    const others = [
      aResult({ user, at: noon - 3 * day, sourceFormat: 'png' }),
      aResult({ user, at: noon - 3 * day, sourceBytes: 800 * 1024 }),
      aResult({ user, at: noon - 3 * day, hasIcc: false, iccName: null }),
      aResult({ user, at: noon - 3 * day, uniqueColours: 10_000 }),
      aResult({ user, at: noon - 3 * day, uniqueColours: null }),
      aResult({ user, at: noon - 3 * day, mode: 'lossy' }),
      aResult({ user, at: noon - 2 * day }),
      aResult({ user: 'y', at: noon - 3 * day }),
    ]
    await records().results.add(...others, ...wanted)
    const midnight = Date.UTC(2026, 10, 18)
    const found = await records().results.find({
      user,
      sourceFormat: 'jpeg',
      sourceBytes: { below: 800 * 1024 },
      hasIcc: true,
      uniqueColours: { from: 10_001 },
      mode: 'lossless',
      created: { from: midnight, below: midnight + day },
    })
    expect(found.rows.map(({ id }) => id)).toEqual(wanted.map(({ id }) => id).reverse())
    expect(found.next).toBeNull()
  })

  test('pages show each row once, newest first, though rows come in between', async () => {
    const user = 'pager'
    const rows = times(25, (i) => aResult({ user, at: noon + i }))
    await records().results.add(...rows)
    const seen: string[] = []
    for (let after: string | null = ''; after !== null; ) {
      const page = after === '' ? { limit: 10 } : { limit: 10, after }
      const found = await records().results.find({ user, page })
      seen.push(...found.rows.map(({ id }) => id))
      await records().results.add(aResult({ user, at: noon + 1000 }))
      after = found.next
    }
    expect(seen).toEqual(rows.map(({ id }) => id).reverse())
  })

  test('what has expired is due until it is marked removed, and its record stays', async () => {
    const keyId = 'expiry'
    const due = aResult({ keyId, expires: 5, storageKey: 'a' })
    const later = aResult({ keyId, expires: 50, storageKey: 'b' })
    await records().results.add(due, later, aResult({ keyId }))
    const expired = await records().results.findExpired({ before: 10, limit: 100 })
    expect(expired.map(({ id }) => id)).toEqual([due.id])
    await records().results.markRemoved([due.id])
    expect(await records().results.findExpired({ before: 10, limit: 100 })).toEqual([])
    expect((await records().results.find({ keyId })).rows).toHaveLength(3)

    const ancient = aResult({ keyId, at: 1000 })
    await records().results.add(ancient)
    expect(await records().results.forget({ before: 2000, limit: 10 })).toBe(1)
    expect(await records().results.get(ancient.id)).toBeUndefined()
  })
}

function transactions(records: () => Records): void {
  const promise = (user: string) => ({ queue: `tx-${user}`, payload: { user } })

  test('a result and the job promised with it are both there, or neither', async () => {
    await records().transaction(async (t) => {
      await t.results.add(aResult({ user: 'both' }))
      await t.jobs.promise(promise('both'), noon)
    })
    const failing = records().transaction(async (t) => {
      await t.results.add(aResult({ user: 'neither' }))
      await t.jobs.promise(promise('neither'), noon)
      throw new Error('on second thoughts')
    })
    await expect(failing).rejects.toThrow('on second thoughts')
    const counted = async (user: string) => [
      (await records().results.find({ user })).rows.length,
      (await records().jobs.find({ queue: `tx-${user}` })).rows.length,
    ]
    expect(await counted('both')).toEqual([1, 1])
    expect(await counted('neither')).toEqual([0, 0])
  })

  test('of many transactions at once only those that failed are undone', async () => {
    const taken = newId(noon)
    await records().results.add(aResult({ id: taken, user: 'crowd' }))
    const settled = await Promise.allSettled(
      times(60, (i) =>
        records().transaction(async (t) => {
          await t.results.add(aResult({ user: 'crowd' }))
          if (i % 3 === 1) await t.results.add(aResult({ id: taken, user: 'crowd' }))
          if (i % 3 === 2) throw new Error('given up')
        }),
      ),
    )
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(20)
    expect((await records().results.find({ user: 'crowd', page: { limit: 1000 } })).rows).toHaveLength(21)
  })

  test('a single write that fails takes none of its neighbours with it', async () => {
    const id = newId(noon)
    const adds = times(30, (i) => records().results.add(aResult({ user: 'singles', ...(i % 2 && { id }) })))
    const settled = await Promise.allSettled(adds)
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(16)
    expect((await records().results.find({ user: 'singles' })).rows).toHaveLength(16)
  })
}

function longTransactions(open: () => Promise<DatabaseLocation>): void {
  test('a transaction that waits for itself is undone after its time, and the others go on', async () => {
    const records = await openRecords({ ...(await open()), turnMs: 200 })
    const id = newId(noon)
    const stuck = records.transaction(async (t) => {
      await t.results.add(aResult({ id }))
      await new Promise(() => {})
    })
    const others = records.results.add(aResult({ user: 'other' }))
    await others
    await expect
      .poll(() => records.results.find({ user: 'other' }))
      .toMatchObject({ rows: [{ user: 'other' }] })
    expect(await records.results.get(id)).toBeUndefined()
    void stuck
  })
}
