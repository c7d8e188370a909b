// Entries in a bucket below the disk: found by another origin, written behind the answer, and never in its way.
import { describe, expect, test } from 'vitest'
import { createMemoryStore } from '../../../cache/memory.ts'
import { createLastingStore, type LastingEvent } from '../../../origin/lasting/lasting-store.ts'
import { createPatientRead } from '../../../origin/lasting/patient-read.ts'
import { createPeriods } from '../../../origin/lasting/periods.ts'
import type { Bucket } from '../../../storage/bucket.ts'
import { createFolderBucket } from '../../../storage/folder/index.ts'
import { removeBefore } from '../../../storage/index.ts'
import { anEntry } from '../../cache/entries.ts'
import { aFolder } from '../../cache/folder.ts'

const keepMs = 1000_000
const near = () => createMemoryStore({ maxBytes: 64 * 1024 * 1024 })

interface Origin {
  readonly bucket?: Pick<Bucket, 'get' | 'put' | 'delete'>
  readonly at?: number
  readonly deadlineMs?: number
}

function anOrigin({
  bucket = createFolderBucket({ dir: aFolder() }),
  at = 5 * keepMs,
  ...more
}: Origin = {}) {
  const events: LastingEvent[] = []
  const store = createLastingStore({
    near: near(),
    open: async () => bucket,
    room: 'lasting/results',
    keepMs,
    deadlineMs: more.deadlineMs ?? 20_000,
    now: () => at,
    observe: (event) => events.push(event),
  })
  return { store, events }
}

/** Answers no question, as long as nobody gives up. */
const silent: Pick<Bucket, 'get' | 'put' | 'delete'> = {
  get: () => new Promise(() => {}),
  put: () => new Promise(() => {}),
  delete: () => new Promise(() => {}),
}

describe('an entry', () => {
  test('that one origin made is found by another, whole and unchanged', async () => {
    const bucket = createFolderBucket({ dir: aFolder() })
    const [one, other] = [anOrigin({ bucket }), anOrigin({ bucket })]
    const entry = anEntry({ headers: { 'content-type': 'image/avif', etag: '"a"' } })
    await one.store.put(entry)
    await one.store.close()
    expect(await other.store.get(entry.key)).toEqual(entry)
    expect(other.events).toEqual(['hit'])
    // It is near now.
    await other.store.get(entry.key)
    expect(other.events).toEqual(['hit'])
  })

  test('that nobody made is asked for once, however many look', async () => {
    const { store, events } = anOrigin()
    await Promise.all([store.get('/a'), store.get('/a'), store.get('/a')])
    await store.get('/a')
    expect(events).toEqual(['miss'])
  })

  test('that was put after a miss is found', async () => {
    const { store } = anOrigin()
    await store.get(anEntry().key)
    await store.put(anEntry())
    expect(await store.get(anEntry().key)).toEqual(anEntry())
  })

  test('that was deleted is gone from the bucket', async () => {
    const bucket = createFolderBucket({ dir: aFolder() })
    const one = anOrigin({ bucket })
    await one.store.put(anEntry())
    await one.store.close()
    expect(await one.store.delete(anEntry().key)).toBe(true)
    expect(await anOrigin({ bucket }).store.get(anEntry().key)).toBeUndefined()
  })

  test('that is damaged in the bucket is a miss', async () => {
    const bucket = createFolderBucket({ dir: aFolder() })
    const [place] = createPeriods('lasting/results', keepMs).keysOf('/a', 5 * keepMs)
    await bucket.put(place, Buffer.from('not an entry'), { type: 'text/plain' })
    expect(await anOrigin({ bucket }).store.get('/a')).toBeUndefined()
  })

  test('that is a failure stays near', async () => {
    const bucket = createFolderBucket({ dir: aFolder() })
    const one = anOrigin({ bucket })
    await one.store.put(anEntry({ status: 404 }))
    await one.store.close()
    expect(one.events).toEqual([])
  })
})

describe('age', () => {
  test('what is in use moves on to the next period, what is not goes after two', async () => {
    const bucket = createFolderBucket({ dir: aFolder() })
    const [used, unused] = [anEntry({ key: '/used' }), anEntry({ key: '/unused' })]
    const first = anOrigin({ bucket, at: 5 * keepMs })
    await Promise.all([first.store.put(used), first.store.put(unused)])
    await first.store.close()
    const later = anOrigin({ bucket, at: 6 * keepMs })
    expect(await later.store.get('/used')).toEqual(used)
    await later.store.close()
    const { endOf } = createPeriods('lasting/results', keepMs)
    await removeBefore(bucket, { ...endOf(7 * keepMs), maxMs: 20_000 })
    const last = anOrigin({ bucket, at: 7 * keepMs })
    expect(await last.store.get('/used')).toEqual(used)
    expect(await last.store.get('/unused')).toBeUndefined()
    await last.store.close()
    const { files } = await bucket.list('lasting/')
    const folders = files.map(({ key }) => key.slice(0, 'lasting/results/00/00/06'.length))
    expect(folders.sort()).toEqual(['lasting/results/00/00/06', 'lasting/results/00/00/07'])
  })
})

describe('a bucket that is slow or away', () => {
  test('costs the deadline at most, and then a pause', async () => {
    const { store, events } = anOrigin({ bucket: silent, deadlineMs: 5 })
    for (const key of ['/a', '/b', '/c', '/d']) expect(await store.get(key)).toBeUndefined()
    expect(events.filter((event) => event === 'read-failed').length).toBe(3)
    expect(events.filter((event) => event === 'miss').length).toBe(4)
  })

  test('never keeps a put waiting', async () => {
    const { store } = anOrigin({ bucket: silent })
    await store.put(anEntry())
    expect(await store.get(anEntry().key)).toEqual(anEntry())
  })

  test('is asked once more while the first try is slow', async () => {
    let asks = 0
    const patiently = createPatientRead({ hedgeMs: 1, deadlineMs: 20_000, now: () => 0, onFault: () => {} })
    const found = await patiently(() => (++asks === 1 ? new Promise<string>(() => {}) : Promise.resolve('x')))
    expect([found, asks]).toEqual(['x', 2])
  })

  test('is read again after the pause', async () => {
    let now = 0
    const options = { hedgeMs: 20_000, deadlineMs: 20_000, now: () => now, onFault: () => {} }
    const patiently = createPatientRead(options)
    for (let tries = 0; tries < 3; tries++) await patiently(() => Promise.reject(new Error('away')))
    expect(await patiently(() => Promise.resolve('x'))).toBeUndefined()
    now = 6000
    expect(await patiently(() => Promise.resolve('x'))).toBe('x')
  })
})
