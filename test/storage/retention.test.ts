import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import type { Bucket } from '../../storage/bucket.ts'
import { createFolderBucket } from '../../storage/folder/index.ts'
import { createRetention, resultKey } from '../../storage/retention.ts'
import { aFolder, allKeys, someBytes } from './files.ts'

const hour = 3_600_000
const noon = Date.UTC(2026, 10, 21, 12)
const jpeg = { type: 'image/jpeg' }
const keyAt = (expiresAt: number, id = 'abcdef00') => resultKey({ id, name: 'cat.jpg', expiresAt })

/** The same promises by renaming folders and by listing keys. */
const kinds = {
  'a folder': (dir: string) => createFolderBucket({ dir }),
  'a bucket that can only list and delete': (dir: string): Bucket => {
    const { sweep: _, ...rest } = createFolderBucket({ dir, pageSize: 2 })
    return rest
  },
}

test('a result lies under the hour at which all beside it have expired', () => {
  expect((noon / hour).toString(16)).toBe('79bfc')
  expect(keyAt(noon)).toBe('results/07/9b/fc/ab/abcdef00/cat.jpg')
  expect(keyAt(noon + 1)).toBe('results/07/9b/fd/ab/abcdef00/cat.jpg')
  expect(keyAt(noon + hour)).toBe('results/07/9b/fd/ab/abcdef00/cat.jpg')
})

describe.each(Object.entries(kinds))('retention in %s', (_name, open) => {
  test('what has expired goes, what has not stays, and so does what is no result', async () => {
    const dir = aFolder()
    const bucket = open(dir)
    let now = noon
    const retention = createRetention({ bucket, now: () => now })
    const young = keyAt(noon + hour)
    const old = [
      keyAt(noon - 3000 * hour),
      keyAt(noon - 70_000 * hour),
      keyAt(noon - 1),
      keyAt(noon),
      keyAt(noon, 'abcdef01'),
      keyAt(noon, 'aa0000'),
    ]
    for (const key of [...old, young, 'ab/cd/ef/upload']) await bucket.put(key, someBytes(10), jpeg)
    expect(await retention.tick()).toEqual({ isDone: true })
    expect(await allKeys(bucket, '')).toEqual(['ab/cd/ef/upload', young])
    now = noon + hour - 1
    await retention.tick()
    expect(await bucket.stat(young)).toBeDefined()
    now = noon + hour
    await retention.tick()
    expect(await allKeys(bucket, '')).toEqual(['ab/cd/ef/upload'])
    expect(await retention.tick()).toEqual({ isDone: true })
  })

  test('a tick that may not work leaves the rest to the next', async () => {
    const bucket = open(aFolder())
    for (const id of ['aa000000', 'bb000000', 'cc000000'])
      await bucket.put(keyAt(noon, id), someBytes(10), jpeg)
    const hasTime = createRetention({ bucket, now: () => noon })
    expect(await hasTime.tick(AbortSignal.abort())).toEqual({ isDone: false })
    const hasNone = createRetention({ bucket, now: () => noon, maxMs: -1 })
    expect(await hasNone.tick()).toEqual({ isDone: false })
    expect(await hasTime.tick()).toEqual({ isDone: true })
    expect(await allKeys(bucket, '')).toEqual([])
  })

  test('a reader ends what it began', async () => {
    const bucket = open(aFolder())
    const bytes = someBytes(1_000_000)
    await bucket.put(keyAt(noon), bytes, jpeg)
    const found = await bucket.get(keyAt(noon))
    await createRetention({ bucket, now: () => noon }).tick()
    expect((await buffer(found?.body as Readable)).equals(bytes)).toBe(true)
  })
})

test('what a process that died had begun to remove is removed by the next', async () => {
  const dir = aFolder()
  const bucket = createFolderBucket({ dir })
  const begun = join(dir, 'trash/begun/ab/cd')
  mkdirSync(begun, { recursive: true })
  writeFileSync(join(begun, 'rest'), '')
  expect(await createRetention({ bucket, now: () => noon }).tick()).toEqual({ isDone: true })
  expect(readdirSync(join(dir, 'trash'))).toEqual([])
  expect(existsSync(join(dir, 'files'))).toBe(true)
})
