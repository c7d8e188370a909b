// What every bucket promises, whatever it is made of.
import { randomUUID } from 'node:crypto'
import { PassThrough, Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { Failure } from '../../errors.ts'
import type { Bucket, Upload } from '../../storage/bucket.ts'
import {
  allKeys,
  brokenStream,
  megabyte,
  readWhole,
  sha256Of,
  someBytes,
  streamOf,
} from '../storage/files.ts'

const jpeg = { type: 'image/jpeg' }
/** S3 refuses smaller parts, but for the last. */
const partBytes = 5 * megabyte

/** `open` gives a bucket whose pages hold two files, each time it is called; it need not be empty. */
export function storageContract(name: string, open: () => Bucket): void {
  /** A place of its own for each test, because one bucket serves them all. */
  const aKey = (rest = 'cat.jpg') => `${randomUUID()}/${rest}`

  describe(`storage contract: ${name}`, () => {
    test('what was put is got back with its type, length and metadata', async () => {
      const bucket = open()
      const key = aKey()
      const bytes = someBytes(70_001)
      const metadata = { origin: 'https://example.com/a?b=c', 'picture-width': '640' }
      const stored = await bucket.put(key, bytes, { ...jpeg, length: bytes.length, metadata })
      expect(stored).toMatchObject({ bytes: bytes.length })
      expect(await readWhole(bucket, key)).toEqual(bytes)
      expect(await bucket.stat(key)).toMatchObject({ ...jpeg, ...stored, metadata })
      expect(stored?.etag).toMatch(/^"[^"]+"$/)
      await bucket.close()
    })

    test.each([0, 1, 65_535, 3 * megabyte])(
      'a stream of %i bytes, with and without its length',
      async (size) => {
        const bucket = open()
        const bytes = someBytes(size)
        const [known, unknown] = [aKey('known'), aKey('unknown')]
        expect(await bucket.put(known, streamOf(bytes), { ...jpeg, length: size })).toMatchObject({
          bytes: size,
        })
        expect(await bucket.put(unknown, streamOf(bytes), jpeg)).toMatchObject({ bytes: size })
        for (const key of [known, unknown]) {
          expect((await readWhole(bucket, key))?.equals(bytes)).toBe(true)
          expect((await bucket.stat(key))?.bytes).toBe(size)
        }
        await bucket.close()
      },
    )

    test('a stream of unknown length that is larger than one request comes back whole', async () => {
      const bucket = open()
      const key = aKey()
      const bytes = someBytes(13 * megabyte + 1)
      expect(await bucket.put(key, streamOf(bytes, 100_003), jpeg)).toMatchObject({ bytes: bytes.length })
      expect((await readWhole(bucket, key))?.equals(bytes)).toBe(true)
      await bucket.close()
    })

    test('what is not there is undefined, and removing it is no fault', async () => {
      const bucket = open()
      const key = aKey()
      expect(await bucket.get(key)).toBeUndefined()
      expect(await bucket.stat(key)).toBeUndefined()
      await bucket.delete([key])
      await bucket.delete([])
      await bucket.close()
    })

    test('ranges are parts of the file, and one outside it is refused', async () => {
      const bucket = open()
      const key = aKey()
      const bytes = someBytes(200_000)
      await bucket.put(key, bytes, jpeg)
      const part = async (from: number, to?: number) =>
        readWhole(bucket, key, { range: to === undefined ? { from } : { from, to } })
      expect(await part(0, 0)).toEqual(bytes.subarray(0, 1))
      expect(await part(1000, 149_999)).toEqual(bytes.subarray(1000, 150_000))
      expect(await part(199_990)).toEqual(bytes.subarray(199_990))
      expect(await part(199_990, 900_000)).toEqual(bytes.subarray(199_990))
      const found = await bucket.get(key, { range: { from: 5, to: 9 } })
      expect(found?.bytes).toBe(200_000)
      // A reader may leave at any time and need not listen to anything.
      found?.body.destroy()
      await expect(part(200_000)).rejects.toMatchObject({ kind: 'bad-option' })
      await bucket.close()
    })

    test('a later put replaces the earlier; with ifAbsent it does not', async () => {
      const bucket = open()
      const key = aKey()
      expect(await bucket.put(key, someBytes(9), { ...jpeg, ifAbsent: true })).toMatchObject({ bytes: 9 })
      const second = Buffer.from('second')
      const first = await bucket.stat(key)
      await bucket.put(key, second, { type: 'image/png' })
      expect(await bucket.put(key, streamOf(someBytes(50_000)), { ...jpeg, ifAbsent: true })).toBeUndefined()
      expect(await readWhole(bucket, key)).toEqual(second)
      const facts = await bucket.stat(key)
      expect(facts?.type).toBe('image/png')
      expect(facts?.etag).not.toBe(first?.etag)
      await bucket.close()
    })

    test('a body that breaks, or is not the one announced, leaves nothing', async () => {
      const bucket = open()
      const bytes = someBytes(100_000)
      const refused = async (body: Readable | Buffer, announced: object) => {
        const key = aKey()
        const thrown = await bucket.put(key, body, { ...jpeg, ...announced }).catch((error: unknown) => error)
        expect(await bucket.stat(key)).toBeUndefined()
        if (body instanceof Readable) expect(body.destroyed).toBe(true)
        return thrown
      }
      expect(await refused(brokenStream(bytes), {})).toMatchObject({ message: 'the client went away' })
      expect(await refused(brokenStream(bytes), { length: 150_000 })).toMatchObject({
        message: 'the client went away',
      })
      for (const announced of [
        { length: 99_999 },
        { length: 100_001 },
        { sha256: sha256Of(Buffer.from('x')) },
      ]) {
        expect(await refused(streamOf(bytes), announced)).toMatchObject({ kind: 'source-broken' })
        expect(await refused(bytes, announced)).toMatchObject({ kind: 'source-broken' })
      }
      const key = aKey()
      const announced = { length: bytes.length, sha256: sha256Of(bytes) }
      expect(await bucket.put(key, streamOf(bytes), { ...jpeg, ...announced })).toMatchObject({
        bytes: 100_000,
      })
      await bucket.close()
    })

    test('a put whose signal is aborted ends, though its body stalls, and leaves nothing', async () => {
      const bucket = open()
      const key = aKey()
      const stalling = new PassThrough()
      stalling.write(someBytes(1000))
      const abort = new AbortController()
      const putting = bucket.put(key, stalling, { ...jpeg, signal: abort.signal })
      setImmediate(() => abort.abort())
      await expect(putting).rejects.toMatchObject({ kind: 'abandoned' })
      expect(stalling.destroyed).toBe(true)
      expect(await bucket.stat(key)).toBeUndefined()
      await bucket.close()
    })

    test('a key is never a way out, nor one that another provider would not take', async () => {
      const bucket = open()
      const bad = [
        '',
        '/a',
        'a/',
        'a//b',
        '../a',
        'a/../../b',
        './a',
        'a\\b',
        'a\0b',
        'a\nb',
        '\ud800',
        'x'.repeat(901),
      ]
      for (const key of bad) {
        await expect(bucket.put(key, Buffer.from('x'), jpeg)).rejects.toBeInstanceOf(Failure)
        await expect(bucket.get(key)).rejects.toMatchObject({ kind: 'bad-option' })
      }
      await bucket.close()
    })

    test('odd names are names like others', async () => {
      const bucket = open()
      const prefix = randomUUID()
      const odd = ['a b+c%20&d=e.jpg', 'ünï-🐱.jpg', 'quote\'"<x>.jpg', '#?;.jpg', '...jpg'].map(
        (n) => `${prefix}/${n}`,
      )
      for (const key of odd) await bucket.put(key, Buffer.from(key), jpeg)
      for (const key of odd) expect((await readWhole(bucket, key))?.toString()).toBe(key)
      expect((await allKeys(bucket, `${prefix}/`)).sort()).toEqual([...odd].sort())
      await bucket.delete(odd)
      expect(await allKeys(bucket, `${prefix}/`)).toEqual([])
      await bucket.close()
    })

    test('a listing gives the keys below a prefix, in order, page by page', async () => {
      const bucket = open()
      const prefix = randomUUID()
      const keys = ['a/1', 'a/2', 'ab/1', 'b', 'b-c', 'c/d/e'].map((rest) => `${prefix}/${rest}`)
      for (const key of keys.toReversed()) await bucket.put(key, Buffer.from('12345'), jpeg)
      expect(await allKeys(bucket, `${prefix}/`)).toEqual([...keys].sort())
      expect(await allKeys(bucket, `${prefix}/a`)).toEqual(keys.slice(0, 3))
      expect(await allKeys(bucket, `${prefix}/a/`)).toEqual(keys.slice(0, 2))
      expect(await allKeys(bucket, `${prefix}/nothing`)).toEqual([])
      const [first] = (await bucket.list(`${prefix}/`)).files
      expect(first).toMatchObject({ key: keys[0], bytes: 5 })
      expect(Math.abs((first?.modifiedAt ?? 0) - Date.now())).toBeLessThan(60_000)
      await bucket.delete(keys.slice(1))
      expect(await allKeys(bucket, `${prefix}/`)).toEqual(keys.slice(0, 1))
      await bucket.close()
    })

    test('a copy is a file of its own', async () => {
      const bucket = open()
      const [from, to] = [aKey('a & b.jpg'), aKey('ü.jpg')]
      expect(await bucket.copy(from, to)).toBe(false)
      await bucket.put(from, Buffer.from('original'), { ...jpeg, metadata: { by: 'me' } })
      expect(await bucket.copy(from, to)).toBe(true)
      await bucket.delete([from])
      expect((await readWhole(bucket, to))?.toString()).toBe('original')
      expect(await bucket.stat(to)).toMatchObject({ ...jpeg, metadata: { by: 'me' } })
      await bucket.close()
    })

    test('parts in any order, some sent twice, become one file', async () => {
      const bucket = open()
      const key = aKey()
      const parts = [someBytes(partBytes), someBytes(partBytes), someBytes(12_345)]
      // Through JSON, as it comes back from a database.
      const upload = JSON.parse(
        JSON.stringify(await bucket.startParts(key, { ...jpeg, metadata: { by: 'parts' } })),
      ) as Upload
      await bucket.putPart(upload, 3, streamOf(parts[2] as Buffer), { length: 12_345 })
      await bucket.putPart(upload, 1, someBytes(partBytes))
      await expect(
        bucket.putPart(upload, 2, brokenStream(someBytes(9)), { length: partBytes }),
      ).rejects.toThrow()
      expect(await bucket.listParts(upload)).toEqual([1, 3])
      await expect(bucket.finishParts(upload, 3)).rejects.toMatchObject({ kind: 'bad-option' })
      expect(await bucket.stat(key)).toBeUndefined()
      await Promise.all([
        bucket.putPart(upload, 2, streamOf(parts[1] as Buffer, 100_003), { length: partBytes }),
        bucket.putPart(upload, 1, parts[0] as Buffer),
      ])
      const whole = 2 * partBytes + 12_345
      for (const other of [whole - 1, whole + 1])
        await expect(bucket.finishParts(upload, 3, other)).rejects.toMatchObject({ kind: 'bad-option' })
      expect(await bucket.stat(key)).toBeUndefined()
      const stored = await bucket.finishParts(upload, 3, whole)
      expect(stored.bytes).toBe(2 * partBytes + 12_345)
      expect((await readWhole(bucket, key))?.equals(Buffer.concat(parts))).toBe(true)
      expect(await bucket.stat(key)).toMatchObject({ ...jpeg, ...stored, metadata: { by: 'parts' } })
      expect(await bucket.finishParts(upload, 3)).toMatchObject({ bytes: stored.bytes })
      await bucket.delete([key])
      expect(await bucket.stat(key)).toBeUndefined()
      await bucket.close()
    })

    test('an upload that was ended leaves nothing and cannot be finished', async () => {
      const bucket = open()
      const key = aKey()
      const upload = await bucket.startParts(key, jpeg)
      expect(await bucket.listParts(upload)).toEqual([])
      await bucket.putPart(upload, 1, someBytes(1000))
      await bucket.abortParts(upload)
      await bucket.abortParts(upload)
      await expect(bucket.finishParts(upload, 1)).rejects.toBeInstanceOf(Failure)
      expect(await bucket.stat(key)).toBeUndefined()
      await bucket.close()
    })

    test('of many puts of one key at once one stays, whole', async () => {
      const bucket = open()
      const key = aKey()
      const bodies = Array.from({ length: 8 }, (_, i) => Buffer.alloc(100_000, i))
      await Promise.all(bodies.map((bytes) => bucket.put(key, streamOf(bytes), { ...jpeg, length: 100_000 })))
      const kept = await readWhole(bucket, key)
      expect(bodies.some((bytes) => kept?.equals(bytes))).toBe(true)
      await bucket.close()
    })
  })
}
