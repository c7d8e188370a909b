// Files that are kept: what is acknowledged is there, what is not leaves nothing, and webhooks tell of each change.

import { createHash, createHmac, randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { Failure } from '../../errors.ts'
import type { JsonObject } from '../../records/index.ts'
import { uploadKey } from '../../storage/index.ts'
import { jpeg, lying } from '../pictures.ts'
import { times } from '../records/rows.ts'
import { missing } from '../refusals.ts'
import { aDesk, dayMs, wanted } from './desk.ts'

const photo = await jpeg()
const subscription = {
  project: 'demo',
  targetUrl: 'https://receiver.example/in',
  isActive: true,
  signingSecret: 'whisper',
  version: '0.7',
}

type Desk = Awaited<ReturnType<typeof aDesk>>

test('a picture that was added is there with its facts, and is counted', async () => {
  const desk = await aDesk()
  const file = await desk.add(await lying(6), { name: 'a cat.jpg', metadata: { kind: 'cat' }, tags: ['x'] })
  expect(file).toMatchObject({
    project: 'demo',
    name: 'a cat.jpg',
    type: 'image/jpeg',
    state: 'ready',
    stored: desk.clock.now,
    metadata: { kind: 'cat' },
    tags: ['x'],
    facts: { format: 'jpeg', orientation: 6, width: 64, height: 96 },
    upload: null,
    storageKey: uploadKey(file.id),
  })
  expect(file.id).toMatch(/^[0-9a-f-]{14}4/)
  expect(await desk.uploads.get('demo', file.id)).toEqual(file)
  expect(await desk.uploads.get('other', file.id)).toBeUndefined()
  expect(await desk.contentOf(file)).toEqual(await lying(6))
  const { clock } = desk
  expect(await desk.records.usage.total({ keyIds: ['key'], from: clock.now, to: clock.now })).toMatchObject({
    calls: 1,
    bytesIn: file.bytes,
  })
})

test('what cannot be kept leaves neither a row nor bytes', async () => {
  const desk = await aDesk()
  const { bucket } = desk
  const put = bucket.put
  Object.assign(bucket, { put: async () => Promise.reject(new Failure('busy', 'There is no room.')) })
  await expect(desk.add(photo)).rejects.toMatchObject({ kind: 'busy' })
  Object.assign(bucket, { put })
  await expect(desk.add(photo, { metadata: { 'bad key': 'x' } })).rejects.toMatchObject({
    kind: 'bad-option',
  })
  await expect(desk.add(photo, { metadata: { key: '' } })).rejects.toMatchObject({ kind: 'bad-option' })
  await expect(desk.add(photo, { metadata: { key: 'x'.repeat(513) } })).rejects.toMatchObject({
    kind: 'bad-option',
  })
  const many = Object.fromEntries(times(51, (i) => [`k${i}`, 'v']))
  await expect(desk.add(photo, { metadata: many })).rejects.toMatchObject({ kind: 'bad-option' })
  expect(await desk.records.files.findUnstored({ before: desk.clock.now + 1, limit: 10 })).toEqual([])
  expect((await bucket.list('uploads/')).files).toEqual([])
})

test('parts in any order, sent twice or not, become the file; and completing may be asked again', async () => {
  const desk = await aDesk()
  const bytes = Buffer.concat([photo, randomBytes(1_000_000)])
  const plan = { ...wanted, name: 'big.bin', type: 'text/html', bytes: bytes.length, partBytes: 300_000 }
  const { file, parts } = await desk.uploads.start(plan)
  expect(parts).toBe(4)
  const send = (number: number, from = (number - 1) * 300_000) =>
    desk.uploads.part(file.id, number, Readable.from([bytes.subarray(from, from + 300_000)]), {})
  for (const number of [3, 1, 4]) await send(number)
  await expect(desk.uploads.complete('demo', file.id)).rejects.toMatchObject({ kind: 'bad-option' })
  expect(await desk.uploads.get('demo', file.id)).toBeUndefined()
  await send(2, 5)
  await send(2)
  await expect(desk.uploads.complete('other', file.id)).rejects.toMatchObject({ kind: 'not-found' })
  const [whole, again] = await Promise.all(times(2, () => desk.uploads.complete('demo', file.id)))
  expect(whole).toMatchObject({ state: 'ready', bytes: bytes.length, type: 'image/jpeg' })
  expect([again, await desk.uploads.complete('demo', file.id)]).toEqual([whole, whole])
  expect(await desk.contentOf(file)).toEqual(bytes)
  const { now } = desk.clock
  expect(await desk.records.usage.total({ keyIds: ['key'], from: now, to: now })).toMatchObject({ calls: 1 })
})

test('a part that is not as long as it must be, or not one at all, is refused', async () => {
  const desk = await aDesk()
  const { file } = await desk.uploads.start({ ...wanted, name: 'a', type: '', bytes: 25, partBytes: 10 })
  const send = (number: number, length: number, id = file.id) =>
    desk.uploads.part(id, number, Readable.from([Buffer.alloc(length)]), {})
  for (const [number, length] of [
    [1, 9],
    [1, 11],
    [3, 10],
    [4, 5],
    [0, 10],
    [1.5, 10],
  ] as const)
    await expect(send(number, length)).rejects.toMatchObject({ kind: 'bad-option' })
  await expect(send(1, 10, crypto.randomUUID())).rejects.toMatchObject({ kind: 'not-found' })
  expect(await desk.uploads.abort('other', file.id)).toBe(false)
  expect(await desk.uploads.abort('demo', file.id)).toBe(true)
  await expect(send(1, 10)).rejects.toMatchObject({ kind: 'not-found' })
  await expect(desk.uploads.complete('demo', file.id)).rejects.toMatchObject({ kind: 'not-found' })
  const huge = { ...wanted, name: 'a', type: '', bytes: 1e9, partBytes: 10 }
  await expect(desk.uploads.start(huge)).rejects.toMatchObject({ kind: 'source-too-large' })
  await expect(desk.uploads.start({ ...huge, bytes: 1e6 })).rejects.toMatchObject({ kind: 'bad-option' })
})

test('an upload whose completing broke off behind the last part says so, and is completed when asked again', async () => {
  const desk = await aDesk()
  const { file } = await desk.uploads.start({ ...wanted, name: 'a', type: '', bytes: 9, partBytes: 5 })
  const send = (number: number, length: number) =>
    desk.uploads.part(file.id, number, Readable.from([Buffer.alloc(length)]), {})
  await send(2, 4)
  expect(await desk.uploads.multipartProgress('demo', file.id)).toMatchObject({
    state: 'receiving',
    received: [2],
  })
  await send(1, 5)
  await desk.bucket.finishParts((await desk.records.files.get(file.id))?.upload?.bucket as never, 2)
  const coming = await desk.uploads.multipartProgress('demo', file.id)
  expect(coming).toMatchObject({ state: 'assembled', parts: 2, received: [1, 2] })
  await expect(desk.uploads.multipartProgress('other', file.id)).rejects.toMatchObject({ kind: 'not-found' })
  await expect(send(1, 5)).rejects.toMatchObject({ kind: 'conflict' })
  expect(await desk.uploads.complete('demo', file.id)).toMatchObject({ state: 'ready', bytes: 9 })
})

test('parts that are together not the file that was announced become none', async () => {
  const desk = await aDesk()
  const bytes = Buffer.from('whole')
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const plan = { ...wanted, name: 'a', type: '', bytes: 5, partBytes: 5 }
  const [right, wrong] = [
    await desk.uploads.start({ ...plan, sha256: sha256.toUpperCase() }),
    await desk.uploads.start({ ...plan, sha256 }),
  ]
  await desk.uploads.part(right.file.id, 1, Readable.from([bytes]), {})
  await desk.uploads.part(wrong.file.id, 1, Readable.from([Buffer.from('other')]), {})
  expect(await desk.uploads.complete('demo', right.file.id)).toMatchObject({ state: 'ready' })
  await expect(desk.uploads.complete('demo', wrong.file.id)).rejects.toMatchObject({ kind: 'bad-option' })
  expect((await desk.bucket.list('uploads/')).files).toHaveLength(1)
  await expect(desk.uploads.complete('demo', wrong.file.id)).rejects.toMatchObject({ kind: 'not-found' })
})

test('an upload that is given up while it is being completed leaves no bytes behind', async () => {
  const desk = await aDesk()
  const { file } = await desk.uploads.start({ ...wanted, name: 'a', type: '', bytes: 9, partBytes: 9 })
  await desk.uploads.part(file.id, 1, Readable.from([Buffer.alloc(9)]), {})
  const { finishParts } = desk.bucket
  const finish: typeof finishParts = async (upload, count) => {
    const stored = await finishParts(upload, count)
    await desk.records.files.forget(file.id)
    return stored
  }
  Object.assign(desk.bucket, { finishParts: finish })
  await expect(desk.uploads.complete('demo', file.id)).rejects.toMatchObject({ kind: 'not-found' })
  expect((await desk.bucket.list('uploads/')).files).toEqual([])
})

test.each([
  ['its day is over', (desk: Desk) => desk.uploads.sweep()],
  ['it is given up', (desk: Desk, id: string) => desk.uploads.abort('demo', id)],
])('an upload that is completed in the moment when %s is kept: it was acknowledged', async (_, end) => {
  const desk = await aDesk()
  const { file } = await desk.uploads.start({ ...wanted, name: 'a', type: '', bytes: 9, partBytes: 9 })
  await desk.uploads.part(file.id, 1, Readable.from([Buffer.alloc(9, 'x')]), {})
  const { abortParts } = desk.bucket
  const abort: typeof abortParts = async (upload) => {
    await desk.uploads.complete('demo', file.id)
    return abortParts(upload)
  }
  Object.assign(desk.bucket, { abortParts: abort })
  desk.clock.now += dayMs + 1
  expect(Number(await end(desk, file.id))).toBe(0)
  const kept = await desk.uploads.get('demo', file.id)
  expect(kept).toMatchObject({ state: 'ready' })
  expect(await desk.contentOf(kept ?? missing())).toEqual(Buffer.alloc(9, 'x'))
})

test('webhooks tell of upload, store, change and removal, signed as Uploadcare signs, in one transaction', async () => {
  const desk = await aDesk()
  const events = ['file.uploaded', 'file.stored', 'file.info_updated', 'file.deleted']
  for (const event of events) await desk.records.hooks.add({ ...subscription, event }, desk.clock.now)
  const file = await desk.add(photo, { store: false, name: 'cat.jpg' })
  for (const change of [
    () => desk.uploads.store('demo', [file.id]),
    () => desk.uploads.store('demo', [file.id]),
    () => desk.uploads.change('demo', file.id, { metadata: { a: '1' } }),
    () => desk.uploads.change('demo', file.id, { metadata: { a: '1' } }),
    () => desk.uploads.remove('demo', [file.id]),
  ]) {
    // Each later than the one before: the list is ordered by time.
    desk.clock.now += 1
    await change()
  }
  const payloads = (await desk.promised()).reverse()
  expect(payloads.map(({ event }) => event)).toEqual(events)
  const bodies = payloads.map(({ body }) => JSON.parse(String(body)))
  expect(bodies[0]).toMatchObject({
    initiator: { type: 'api' },
    hook: { event: 'file.uploaded', target: subscription.targetUrl, is_active: true, version: '0.7' },
    data: { uuid: file.id, original_filename: 'cat.jpg', datetime_stored: null, is_image: true },
    file: `https://cdn.example/${file.id}/cat.jpg`,
  })
  expect(bodies[2]).toMatchObject({ previous_values: { metadata: {} }, data: { metadata: { a: '1' } } })
  expect(bodies[3]).toMatchObject({ data: { datetime_removed: expect.any(String), original_file_url: null } })
  for (const { body, headers } of payloads) {
    const expected = createHmac('sha256', 'whisper').update(String(body)).digest('hex')
    expect(headers).toMatchObject({ 'x-uc-signature': `v1=${expected}` })
  }
})

test('our own form of a webhook is signed by the deliverer, and one that may not be reached stops nobody', async () => {
  const desk = await aDesk()
  const add = (more: object) =>
    desk.records.hooks.add({ ...subscription, event: 'file.uploaded', ...more }, desk.clock.now)
  await add({ version: '1', targetUrl: 'https://one.example/' })
  await add({ targetUrl: 'http://10.0.0.1/' })
  const file = await desk.add(photo)
  const { rows } = await desk.records.jobs.find({ queue: 'webhook' })
  expect(rows).toHaveLength(1)
  const { id = '', payload = {} as JsonObject } = rows[0] ?? {}
  expect(payload).toMatchObject({ url: 'https://one.example/' })
  expect(JSON.stringify(payload)).not.toContain('whisper')
  expect(desk.seal.open(id, String(payload.sealed))).toBe('{"secret":"whisper"}')
  expect(JSON.parse(String(payload.body))).toMatchObject({ event: 'file.uploaded', file: { id: file.id } })
})

test('a batch says of each file what became of it, and never touches another project', async () => {
  const desk = await aDesk()
  const mine = await Promise.all(times(3, () => desk.add(photo, { store: false })))
  const theirs = await desk.add(photo, { project: 'other', store: false })
  const ids = [...mine.map(({ id }) => id), theirs.id, 'nonsense', mine[0]?.id ?? '']
  const stored = await desk.uploads.store('demo', ids)
  expect(stored.files.map(({ id }) => id)).toEqual(mine.map(({ id }) => id))
  expect(stored.problems).toEqual({ [theirs.id]: 'missing', nonsense: 'invalid' })
  const removed = await desk.uploads.remove('demo', ids)
  expect(removed.files).toHaveLength(3)
  expect(await desk.uploads.totals('demo')).toEqual({ stored: 0, unstored: 0, removed: 3 })
  expect(await desk.uploads.totals('other')).toEqual({ stored: 0, unstored: 1, removed: 0 })
  for (const file of mine) expect(await desk.contentOf(file)).toBeUndefined()
  expect(await desk.contentOf(theirs)).toEqual(photo)
  expect((await desk.uploads.remove('demo', [mine[0]?.id ?? ''])).problems).toEqual({
    [mine[0]?.id ?? '']: 'missing',
  })
})

test('removed bytes that the storage would not let go are erased by the job that was promised with the removal', async () => {
  const desk = await aDesk()
  const file = await desk.add(photo)
  const erase = desk.bucket.delete
  Object.assign(desk.bucket, { delete: () => Promise.reject(new Error('storage is away')) })
  await desk.uploads.remove('demo', [file.id])
  Object.assign(desk.bucket, { delete: erase })
  expect(await desk.bucket.stat(uploadKey(file.id))).toBeDefined()
  desk.clock.now += 31_000
  await expect.poll(() => desk.bucket.stat(uploadKey(file.id))).toBeUndefined()
})

test('a removal purges once, and leaves no job behind', async () => {
  const purged: string[] = []
  const desk = await aDesk({ purge: async (ids) => void purged.push(...ids) })
  const files = [await desk.add(photo), await desk.add(photo)]
  await desk.uploads.remove(
    'demo',
    files.map(({ id }) => id),
  )
  expect(purged).toEqual(files.map(({ id }) => id))
  expect((await desk.records.jobs.find({ queue: 'erase', states: ['waiting', 'running'] })).rows).toEqual([])
})

test('many that change one file at once lose none of the changes', async () => {
  const desk = await aDesk()
  const { id } = await desk.add(photo)
  await Promise.all(
    times(20, (i) =>
      desk.uploads.change('demo', id, ({ metadata }) => ({ metadata: { ...metadata, [`k${i}`]: 'v' } })),
    ),
  )
  expect(Object.keys((await desk.uploads.get('demo', id))?.metadata ?? {})).toHaveLength(20)
})

test('a copy has its own bytes and outlives what it was copied from', async () => {
  const desk = await aDesk()
  const file = await desk.add(photo, { metadata: { a: '1' }, name: 'cat.jpg' })
  const copy = await desk.uploads.copy(file.id, { ...wanted, store: false })
  expect(copy).toMatchObject({ name: 'cat.jpg', metadata: { a: '1' }, stored: null, facts: file.facts })
  await desk.uploads.remove('demo', [file.id])
  expect(await desk.contentOf(copy)).toEqual(photo)
  await expect(desk.uploads.copy(file.id, wanted)).rejects.toMatchObject({ kind: 'not-found' })
  await expect(desk.uploads.copy(copy.id, { ...wanted, project: 'other' })).rejects.toMatchObject({
    kind: 'not-found',
  })
})

test('a group names its files in order, only those of its project, and goes without them', async () => {
  const desk = await aDesk()
  const [one, two] = await Promise.all(times(2, () => desk.add(photo)))
  const members = [two, one].map((file) => ({ id: file?.id ?? '', effects: '' }))
  const group = await desk.uploads.addGroup('demo', members)
  expect(group.id).toMatch(/^[0-9a-f-]{36}~2$/)
  expect(await desk.uploads.getGroup('demo', group.id)).toEqual(group)
  expect(await desk.uploads.getGroup('other', group.id)).toBeUndefined()
  await expect(desk.uploads.addGroup('other', members)).rejects.toMatchObject({
    kind: 'bad-option',
    details: { received: two?.id },
  })
  await expect(desk.uploads.addGroup('demo', [])).rejects.toMatchObject({ kind: 'bad-option' })
  expect(await desk.uploads.removeGroup('other', group.id)).toBe(false)
  expect(await desk.uploads.removeGroup('demo', group.id)).toBe(true)
  expect(await desk.contentOf(one ?? missing())).toEqual(photo)
})

test('what was not stored goes when its day is over, and what never came leaves nothing', async () => {
  const desk = await aDesk()
  await desk.records.hooks.add({ ...subscription, event: 'file.deleted' }, desk.clock.now)
  const kept = await desk.add(photo)
  const unstored = await desk.add(photo, { store: false })
  const { file: coming } = await desk.uploads.start({
    ...wanted,
    name: 'a',
    type: '',
    bytes: 9,
    partBytes: 9,
  })
  await desk.uploads.part(coming.id, 1, Readable.from([Buffer.alloc(9)]), {})
  desk.clock.now += dayMs
  expect(await desk.uploads.sweep()).toBe(0)
  desk.clock.now += 1
  const late = await desk.add(photo, { store: false })
  expect(await desk.uploads.sweep()).toBe(2)
  expect([await desk.contentOf(unstored), await desk.contentOf(kept), await desk.contentOf(late)]).toEqual([
    undefined,
    photo,
    photo,
  ])
  expect(await desk.records.files.get(coming.id)).toBeUndefined()
  const [told] = await desk.promised()
  expect(JSON.parse(String(told?.body))).toMatchObject({
    initiator: { type: 'system' },
    data: { uuid: unstored.id },
  })
})

test('the checksum of what is kept is that of what was sent, for files of any kind and size', async () => {
  const desk = await aDesk()
  for (const bytes of [Buffer.alloc(0), Buffer.from('x'), randomBytes(3_000_001)]) {
    const file = await desk.add(bytes, { name: 'notes.txt' })
    expect(file).toMatchObject({ bytes: bytes.length, facts: null, type: 'application/octet-stream' })
    const hash = (content: Uint8Array) => createHash('sha256').update(content).digest('hex')
    expect(hash((await desk.contentOf(file)) ?? missing())).toBe(hash(bytes))
  }
})
