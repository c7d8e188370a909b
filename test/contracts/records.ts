// What the records promise, whatever database they are in.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newId, openRecords, type Records, type Where } from '../../records/index.ts'
import { aFileRow, aResult, day, noon, times } from '../records/rows.ts'
import { jobsContract } from './records-jobs.ts'

/** `open` names a fresh, empty database each time it is called; `skip` is the reason why there is none here. */
export function recordsContract(name: string, open: () => Promise<Where>, skip?: string): void {
  describe.skipIf(skip)(`records contract: ${name}${skip ? ` (skipped: ${skip})` : ''}`, () => {
    let where: Where
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
    files(opened)
    countsAndKeys(opened)
    transactions(opened)
    jobsContract(opened)
  })
}

function opening(where: () => Where, open: () => Promise<Where>): void {
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
  })
}

function files(records: () => Records): void {
  test('a file is uploaded, made ready, stored and removed, and the totals follow', async () => {
    const project = 'life'
    const file = aFileRow({
      project,
      state: 'uploading',
      upload: { partSize: 5, parts: [1, 2] },
      tags: ['a', 'b'],
      metadata: { kind: 'pet "x" ünicode' },
    })
    await records().files.add(file)
    expect((await records().files.find({ project })).rows).toEqual([])
    await records().files.change(file.id, { state: 'ready', upload: null, facts: { width: 3 } })
    expect(await records().files.totals(project)).toEqual({ stored: 0, unstored: 1, removed: 0 })
    await records().files.change(file.id, { stored: noon + 5 })
    expect(await records().files.totals(project)).toEqual({ stored: 1, unstored: 0, removed: 0 })
    expect(await records().files.get(file.id)).toEqual({
      ...file,
      state: 'ready',
      upload: null,
      facts: { width: 3 },
      stored: noon + 5,
      removed: null,
      storageKey: null,
    })
    await records().files.change(file.id, { state: 'removed', removed: noon + 9 })
    expect(await records().files.totals(project)).toEqual({ stored: 0, unstored: 0, removed: 1 })
    expect((await records().files.find({ project, isRemoved: true })).rows).toHaveLength(1)
    expect(await records().files.change('nothing', { name: 'x' })).toBe(false)
  })

  test('files are listed by upload time both ways, page by page, and from a moment on', async () => {
    const project = 'list'
    // Three of each moment: the time alone does not tell where a page ended.
    const rows = times(9, (i) => aFileRow({ project, created: noon + Math.floor(i / 3), name: `${i}` }))
    for (const row of rows) await records().files.add(row)
    for (const order of ['oldest', 'newest'] as const) {
      const one = await records().files.find({ project, order, limit: 4 })
      const two = await records().files.find({
        project,
        order,
        limit: 100,
        ...(one.next && { after: one.next }),
      })
      const moments = [...one.rows, ...two.rows].map(({ created }) => created - noon)
      expect(moments).toEqual(order === 'oldest' ? [0, 0, 0, 1, 1, 1, 2, 2, 2] : [2, 2, 2, 1, 1, 1, 0, 0, 0])
      expect(new Set([...one.rows, ...two.rows].map(({ id }) => id)).size).toBe(9)
    }
    const late = await records().files.find({ project, order: 'oldest', from: noon + 2 })
    expect(late.rows).toHaveLength(3)
    expect((await records().files.find({ project, isStored: true })).rows).toEqual([])
  })

  test('what was never stored is found when its day is over', async () => {
    const old = aFileRow({ project: 'unstored', created: 1000 })
    const kept = aFileRow({ project: 'unstored', created: 1000, stored: 1001 })
    await records().files.add(old)
    await records().files.add(kept)
    const due = await records().files.findUnstored({ before: 2000, limit: 10 })
    expect(due.map(({ id }) => id)).toEqual([old.id])
  })

  test('a group keeps its files in their order, with their effects', async () => {
    const group = {
      id: `${crypto.randomUUID()}~2`,
      project: 'grouped',
      created: noon,
      files: [
        { id: 'b', effects: '-/resize/20x/' },
        { id: 'a', effects: '' },
      ],
    }
    await records().groups.add(group)
    expect(await records().groups.get(group.id)).toEqual(group)
    expect((await records().groups.find({ project: 'grouped' })).rows).toEqual([group])
    expect(await records().groups.count('grouped')).toBe(1)
    expect(await records().groups.remove(group.id)).toBe(true)
    expect(await records().groups.remove(group.id)).toBe(false)
  })
}

function countsAndKeys(records: () => Records): void {
  test('usage adds up per key and day, from many at once', async () => {
    const one = { calls: 1, bytesIn: 3_000_000_000, bytesOut: 1_000_000_000, bytesSaved: 2_000_000_000 }
    await Promise.all(times(20, () => records().usage.count('k', one, noon)))
    await records().usage.count('k', { failures: 1 }, noon + day)
    await records().usage.count('other', one, noon)
    const span = { keyIds: ['k'], from: noon, to: noon + day }
    expect(await records().usage.find(span)).toMatchObject([
      { keyId: 'k', day: '2026-11-21', calls: 20, failures: 0, bytesIn: 60_000_000_000 },
      { keyId: 'k', day: '2026-11-22', calls: 0, failures: 1 },
    ])
    expect(await records().usage.total(span)).toMatchObject({ calls: 20, failures: 1 })
    expect(await records().usage.total({ ...span, keyIds: ['nobody'] })).toMatchObject({ calls: 0 })
  })

  test('a key is verified by its secret until it is revoked, and never hands out what it kept', async () => {
    const key = { id: newId(noon), project: 'demo', user: 'ann', scopes: ['upload'], quotas: { calls: 500 } }
    const { secret } = await records().keys.add(key, noon)
    const verified = await records().keys.verify(key.id, secret)
    expect(verified).toEqual({ ...key, name: '', created: noon, revoked: null })
    expect(JSON.stringify(await records().keys.find('demo'))).not.toContain(secret)
    expect(await records().keys.verify(key.id, `${secret}x`)).toBeUndefined()
    expect(await records().keys.verify('nobody', secret)).toBeUndefined()
    await expect(records().keys.add(key, noon)).rejects.toThrow()
    expect(await records().keys.revoke(key.id, noon + 1)).toBe(true)
    expect(await records().keys.revoke(key.id, noon + 2)).toBe(false)
    expect(await records().keys.verify(key.id, secret)).toBeUndefined()
  })

  test('a webhook is kept once per event and address, and found for its event while active', async () => {
    const hook = {
      project: 'hooked',
      event: 'file.uploaded',
      targetUrl: 'https://a.example/',
      isActive: true,
      signingSecret: 's',
      version: '0.7',
    }
    const added = await records().hooks.add(hook, noon)
    expect(added).toMatchObject({ ...hook, id: expect.any(Number), created: noon })
    expect(await records().hooks.add(hook, noon)).toBeUndefined()
    expect(await records().hooks.findFor('hooked', 'file.uploaded')).toHaveLength(1)
    await records().hooks.change(added?.id ?? 0, { isActive: false }, noon + 1)
    expect(await records().hooks.findFor('hooked', 'file.uploaded')).toEqual([])
    expect(await records().hooks.remove('hooked', hook.targetUrl)).toBe(1)
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
