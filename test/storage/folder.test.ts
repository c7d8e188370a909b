import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createFolderBucket } from '../../storage/folder/index.ts'
import { keyFor } from '../../storage/key.ts'
import { aFolder, megabyte, readWhole, someBytes, streamOf } from './files.ts'

const jpeg = { type: 'image/jpeg' }

test('names are spread over three levels of two hex characters', () => {
  expect(keyFor('9f3c01aa-1111-4222-8333-444455556666', 'cat.jpg')).toBe(
    '9f/3c/01/9f3c01aa-1111-4222-8333-444455556666/cat.jpg',
  )
  expect(keyFor('abcdef0123')).toBe('ab/cd/ef/abcdef0123')
  for (const bad of ['', 'abc', '../../etc', 'ABCDEF01', 'abcdef/..'])
    expect(() => keyFor(bad)).toThrow('cannot be used')
})

describe('a folder', () => {
  test('a stored picture begins with its own bytes, so other programs show it', async () => {
    const dir = aFolder()
    const bucket = createFolderBucket({ dir })
    const bytes = someBytes(5000)
    await bucket.put('a/b.jpg', bytes, jpeg)
    expect(readFileSync(join(dir, 'files/a/b.jpg')).subarray(0, 5000)).toEqual(bytes)
  })

  test('a reader keeps the file it began with while it is replaced and removed', async () => {
    const bucket = createFolderBucket({ dir: aFolder() })
    const bytes = someBytes(2 * megabyte)
    await bucket.put('a/b', bytes, jpeg)
    const found = await bucket.get('a/b')
    await bucket.put('a/b', someBytes(10), jpeg)
    await bucket.delete(['a/b'])
    expect((await buffer(found?.body as Readable)).equals(bytes)).toBe(true)
  })

  test('the folders of what was removed go too', async () => {
    const dir = aFolder()
    const bucket = createFolderBucket({ dir })
    await bucket.put('a/b/c/d', someBytes(1), jpeg)
    await bucket.delete(['a/b/c/d'])
    expect(readdirSync(join(dir, 'files'))).toEqual([])
  })

  test('puts and removals side by side do not disturb each other', async () => {
    const bucket = createFolderBucket({ dir: aFolder() })
    const puts = Array.from({ length: 100 }, async (_, i) => {
      await bucket.put(`a/b/c/${i}`, someBytes(10), jpeg)
      if (i % 2 === 0) await bucket.delete([`a/b/c/${i}`])
    })
    await Promise.all(puts)
    expect((await bucket.list('')).files.length).toBe(50)
  })

  test('of many that may not replace, one wins', async () => {
    const bucket = createFolderBucket({ dir: aFolder() })
    const puts = Array.from({ length: 20 }, (_, i) =>
      bucket.put('a/b', streamOf(Buffer.alloc(1000, i)), { ...jpeg, ifAbsent: true }),
    )
    const won = (await Promise.all(puts)).filter((stored) => stored !== undefined)
    expect(won.length).toBe(1)
  })

  test('a name that lies under a file, or is a folder, is refused clearly', async () => {
    const bucket = createFolderBucket({ dir: aFolder() })
    await bucket.put('a/b', someBytes(1), jpeg)
    await expect(bucket.put('a/b/c', someBytes(1), jpeg)).rejects.toMatchObject({ kind: 'bad-option' })
    await expect(bucket.put('a', someBytes(1), jpeg)).rejects.toMatchObject({ kind: 'bad-option' })
    expect(await bucket.get('a/b/c')).toBeUndefined()
    expect(await bucket.stat('a')).toBeUndefined()
    await bucket.delete(['a', 'a/b/c'])
    expect(await bucket.stat('a/b')).toBeDefined()
  })

  test('a damaged file is a failure, never a shorter picture', async () => {
    const dir = aFolder()
    const bucket = createFolderBucket({ dir })
    await bucket.put('a', someBytes(100_000), jpeg)
    truncateSync(join(dir, 'files/a'), 50_000)
    await expect(bucket.get('a')).rejects.toMatchObject({ kind: 'internal' })
  })

  test('leftovers of dead processes and uploads nobody finished go at the start', async () => {
    const dir = aFolder()
    const first = createFolderBucket({ dir })
    const [old, young] = [await first.startParts('a', jpeg), await first.startParts('b', jpeg)]
    writeFileSync(join(dir, 'tmp', '4194304.1.abcdef012345.abcdef01.0'), 'half')
    utimesSync(join(dir, 'tmp', '4194304.1.abcdef012345.abcdef01.0'), 0, 0)
    utimesSync(join(dir, 'parts', old.id), 0, 0)
    await createFolderBucket({ dir }).close()
    expect(readdirSync(join(dir, 'tmp'))).toEqual([])
    expect(readdirSync(join(dir, 'parts'))).toEqual([young.id])
  })

  test('what another process writes at the moment stays, also of a container whose processes we cannot see', async () => {
    const dir = aFolder()
    const tmp = join(dir, 'tmp')
    const body = new PassThrough()
    const put = createFolderBucket({ dir }).put('a', body, jpeg)
    await expect.poll(() => readdirSync(tmp)).toHaveLength(1)
    const [mine = ''] = readdirSync(tmp)
    // Containers number their processes alike: the same number elsewhere is not this process in an earlier life.
    const [pid = '', start = '', , ...rest] = mine.split('.')
    const theirs = [pid, start, '0123456789ab', ...rest].join('.')
    const earlier = [pid, `${start}0`, ...mine.split('.').slice(2)].join('.')
    for (const name of [theirs, earlier]) writeFileSync(join(tmp, name), 'half')
    await createFolderBucket({ dir }).close()
    expect(readdirSync(tmp).sort()).toEqual([mine, theirs].sort())
    utimesSync(join(tmp, theirs), 0, 0)
    await createFolderBucket({ dir }).close()
    expect(readdirSync(tmp)).toEqual([mine])
    body.end('whole')
    expect(await put).toMatchObject({ bytes: 5 })
  })

  test('an upload with another name than ours reaches no folder', async () => {
    const bucket = createFolderBucket({ dir: aFolder() })
    const upload = { id: '../files', key: 'a', type: 'image/jpeg', metadata: {} }
    await expect(bucket.putPart(upload, 1, someBytes(1))).rejects.toMatchObject({ kind: 'source-missing' })
    await expect(bucket.abortParts(upload)).rejects.toMatchObject({ kind: 'source-missing' })
    const real = await bucket.startParts('a', jpeg)
    for (const number of [0, -1, 1.5, 10_001, Number.NaN])
      await expect(bucket.putPart(real, number, someBytes(1))).rejects.toMatchObject({ kind: 'bad-option' })
  })

  test('a large body passes through in bounded memory', async () => {
    const bucket = createFolderBucket({ dir: aFolder() })
    const chunk = someBytes(megabyte)
    const large = () =>
      Readable.from(
        (function* () {
          for (let i = 0; i < 400; i++) yield chunk
        })(),
        { highWaterMark: 1 },
      )
    const before = process.memoryUsage().arrayBuffers
    let peak = 0
    const watch = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage().arrayBuffers - before)
    }, 5)
    await bucket.put('a', large(), jpeg)
    const found = await bucket.get('a')
    let bytes = 0
    for await (const piece of found?.body ?? []) bytes += (piece as Buffer).length
    clearInterval(watch)
    expect(bytes).toBe(400 * megabyte)
    expect(peak).toBeLessThan(100 * megabyte)
  })

  test('a full disk is a clear failure and leaves nothing', async (context) => {
    const dir = aFolder()
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'halftone-test', dir])
    if (mounted.status !== 0) return context.skip('a small disk can only be mounted by root')
    onTestFinished(() => void spawnSync('umount', [dir]))
    const bucket = createFolderBucket({ dir })
    await bucket.put('small', someBytes(1000), jpeg)
    const body = streamOf(someBytes(5 * megabyte))
    await expect(bucket.put('large', body, jpeg)).rejects.toMatchObject({ kind: 'disk-full' })
    expect(body.destroyed).toBe(true)
    expect(existsSync(join(dir, 'files/large'))).toBe(false)
    expect(readdirSync(join(dir, 'tmp'))).toEqual([])
    expect((await readWhole(bucket, 'small'))?.length).toBe(1000)
    await bucket.put('after', someBytes(megabyte), jpeg)
  })
})
