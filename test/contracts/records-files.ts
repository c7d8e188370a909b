// What the records promise of files, groups, usage, keys and webhooks, whatever database they are in.
import { expect, test } from 'vitest'
import { newId, type Records } from '../../records/index.ts'
import { aFileRow, day, noon, times } from '../records/rows.ts'

export function filesContract(records: () => Records): void {
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

  test('what was removed is forgotten bit by bit, longest removed first, and nothing that is there', async () => {
    const project = 'forgotten'
    const rows = times(5, () => aFileRow({ project }))
    for (const [i, { id }] of rows.entries()) {
      await records().files.add(rows[i] ?? aFileRow())
      if (i > 0) await records().files.change(id, { state: 'removed', removed: 1000 + i })
    }
    const left = async () =>
      (await records().files.getMany(rows.map(({ id }) => id))).map(({ id }) => id).sort()
    const idsOf = (...places: number[]) => places.map((i) => rows[i]?.id).sort()
    expect(await records().files.forgetRemoved({ before: 1001, limit: 10 })).toBe(0)
    expect(await records().files.forgetRemoved({ before: 1004, limit: 2 })).toBe(2)
    expect(await left()).toEqual(idsOf(0, 3, 4))
    expect(await records().files.forgetRemoved({ before: 1004, limit: 2 })).toBe(1)
    expect(await left()).toEqual(idsOf(0, 4))
    expect(await records().files.totals(project)).toEqual({ stored: 0, unstored: 1, removed: 1 })
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

  test('who holds a file changes it alone: of twenty at once each sees what the one before made of it', async () => {
    const file = aFileRow({ project: 'held' })
    await records().files.add(file)
    await Promise.all(
      times(20, (i) =>
        records().transaction(async (t) => {
          const held = await t.files.hold(file.id)
          await t.files.change(file.id, { metadata: { ...held?.metadata, [`k${i}`]: 'v' } })
        }),
      ),
    )
    expect(Object.keys((await records().files.get(file.id))?.metadata ?? {})).toHaveLength(20)
    expect(await records().transaction((t) => t.files.hold('nothing'))).toBeUndefined()
  })

  test('the file of an address is the last one remembered, per project, until it is forgotten', async () => {
    const url = `https://a.example/${'x'.repeat(3000)}`
    const { fetched } = records()
    await fetched.remember({ project: 'p', url, file: 'one' })
    await fetched.remember({ project: 'p', url, file: 'two' })
    await fetched.remember({ project: 'q', url, file: 'three' })
    expect(await fetched.find('p', url)).toBe('two')
    expect(await fetched.find('p', `${url}y`)).toBeUndefined()
    await fetched.forget('two')
    expect([await fetched.find('p', url), await fetched.find('q', url)]).toEqual([undefined, 'three'])
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

export function countsAndKeysContract(records: () => Records): void {
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

  test('no more is held of a quota than is left of it, whoever asks at once', async () => {
    const key = { id: newId(noon), project: 'demo', user: 'ann' }
    await records().keys.add(key, noon)
    const wanted = { keyId: key.id, calls: 1, bytes: 10, expires: noon + 1000 }
    const hold = (id: string, allowed: { calls?: number; bytes?: number }, now = noon) =>
      records().reservations.hold({ ...wanted, id }, { ...allowed, from: noon }, now)
    const all = await Promise.all(times(40, (i) => hold(`${key.id}-${i}`, { calls: 10 })))
    expect(all.filter(Boolean)).toHaveLength(10)
    const ours = times(40, (i) => `${key.id}-${i}`).filter((_, i) => all[i])
    expect(await records().reservations.total(key.id, noon)).toEqual({ calls: 10, bytes: 100 })
    // What is counted is held no more, and not had twice.
    const [first = '', second = ''] = ours
    await records().transaction((t) => t.usage.count(key.id, { calls: 1, bytesIn: 10 }, noon, first))
    expect(await hold('another', { calls: 10 })).toBe(false)
    await records().reservations.release(second)
    expect(await hold(`${key.id}-another`, { calls: 10, bytes: 109 })).toBe(true)
    expect(await hold(`${key.id}-another`, { calls: 10, bytes: 99 })).toBe(false)
    // A process that died holds nothing when its lease has ended.
    expect(await records().reservations.total(key.id, noon + 1000)).toEqual({ calls: 0, bytes: 0 })
    expect(await hold(`${key.id}-later`, { calls: 2 }, noon + 1000)).toBe(true)
    expect(await records().reservations.forget({ before: noon + 1001, limit: 1000 })).toBeGreaterThanOrEqual(
      9,
    )
  })

  test('a key is verified by its secret until it is revoked, and never hands out what it kept', async () => {
    const key = { id: newId(noon), project: 'demo', user: 'ann', scopes: ['upload'], quotas: { calls: 500 } }
    const { secret } = await records().keys.add(key, noon)
    const verified = await records().keys.verify(key.id, secret)
    expect(verified).toEqual({ ...key, name: '', plan: '', settings: {}, created: noon, revoked: null })
    expect(JSON.stringify(await records().keys.find('demo'))).not.toContain(secret)
    expect(await records().keys.verify(key.id, `${secret}x`)).toBeUndefined()
    expect(await records().keys.verify('nobody', secret)).toBeUndefined()
    await expect(records().keys.add(key, noon)).rejects.toThrow()
    expect(await records().keys.sealedOf(key.id)).toBeUndefined()
    await records().keys.add({ ...key, id: `${key.id}-sealed`, sealed: 'in wax' }, noon)
    expect(await records().keys.sealedOf(`${key.id}-sealed`)).toBe('in wax')
    expect(JSON.stringify(await records().keys.find('demo'))).not.toContain('in wax')
    expect(await records().keys.revoke(key.id, noon + 1)).toBe(true)
    expect(await records().keys.revoke(key.id, noon + 2)).toBe(false)
    expect(await records().keys.verify(key.id, secret)).toBeUndefined()
  })

  test('a key has a plan of its limits, which changes, and is forgotten with the key', async () => {
    const { keys } = records()
    const id = newId(noon)
    const planned = async () => (await keys.plans()).get(id)
    await keys.add({ id, project: 'demo', user: 'ann', plan: 'small' }, noon)
    expect((await keys.get(id))?.plan).toBe('small')
    expect(await planned()).toBe('small')
    await keys.change(id, { plan: 'large' })
    expect(await planned()).toBe('large')
    await keys.change(id, { plan: '' })
    expect(await planned()).toBeUndefined()
    await keys.change(id, { plan: 'large' })
    await keys.revoke(id, noon)
    expect(await planned()).toBeUndefined()
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
