// Sources in a bucket: what the loader promises of each kind of bucket, and of one that misbehaves.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createMemoryStore } from '../../cache/memory.ts'
import { Failure } from '../../errors.ts'
import { assumedFor } from '../../origin/caching.ts'
import { type BucketOptions, createBucketLoader } from '../../origin/loaders/bucket.ts'
import type { Bucket, FileFacts } from '../../storage/bucket.ts'
import { openBucket } from '../../storage/index.ts'
import { kindOfRejection } from '../refusals.ts'
import { type SwiftServer, startSwift, swiftMissing } from '../servers/swift.ts'
import { aSignal } from '../signals.ts'

const jpeg = { type: 'image/jpeg' }

const aLoader = (bucket: BucketOptions['bucket'], options: Partial<BucketOptions> = {}) =>
  createBucketLoader({
    bucket,
    place: 'here',
    keyOf: (path) => `photos/${path}`,
    maxBytes: 100,
    freshSeconds: 60,
    ...options,
  })

function promises(open: () => Promise<Bucket>): void {
  let bucket: Bucket
  beforeAll(async () => {
    bucket = await open()
  })
  afterAll(() => bucket?.close())
  const put = (key: string, text: string) => bucket.put(key, Buffer.from(text), jpeg)

  test('a file is found by its path, and read into memory of its size', async () => {
    await put('photos/cats/tom & jerry #1?.jpg', 'tom')
    const source = await aLoader(bucket).load('cats/tom & jerry #1?.jpg', aSignal())
    expect(source).toMatchObject({ caching: assumedFor(60), declaredType: 'image/jpeg' })
    expect(Math.abs(Date.now() - Date.parse(source.lastModified ?? ''))).toBeLessThan(300_000)
    const bytes = await source.read(aSignal())
    expect(Buffer.from(bytes ?? []).toString()).toBe('tom')
    expect(bytes?.buffer.byteLength).toBe(3)
  })

  test.each(['none.jpg', 'cats', '../secret', 'cats/../none', 'a//b', 'a\\b', `${'x'.repeat(300)}.jpg`, ''])(
    'there is nothing at %s',
    async (path) => {
      expect(await kindOfRejection(aLoader(bucket).load(path, aSignal()))).toBe('source-missing')
    },
  )

  test('a file that is too large is not read whole, and any part of it can be opened', async () => {
    await put('photos/large.jpg', `x${'y'.repeat(99)}z`)
    const source = await aLoader(bucket).load('large.jpg', aSignal())
    expect(await kindOfRejection(source.read(aSignal()))).toBe('source-too-large')
    expect(source.file?.length).toBe(101)
    const part = async (start: number, end: number) =>
      text((await source.file?.open({ start, end }, aSignal())) ?? Readable.from([]))
    expect([await part(0, 1), await part(99, 100)]).toEqual(['xy', 'yz'])
  })

  test('a part of a file that was replaced is not opened', async () => {
    await put('photos/replaced.jpg', 'the old one')
    const { file } = await aLoader(bucket).load('replaced.jpg', aSignal())
    await put('photos/replaced.jpg', 'a new one')
    expect(file && (await kindOfRejection(file.open({ start: 0, end: 2 }, aSignal())))).toBe('source-failed')
  })

  test('a new file under the old name is another version, and the old one is gone', async () => {
    await put('photos/changing.jpg', 'old')
    const old = await aLoader(bucket).load('changing.jpg', aSignal())
    await put('photos/changing.jpg', 'new')
    expect(await old.read(aSignal())).toBeUndefined()
    const now = await aLoader(bucket).load('changing.jpg', aSignal())
    expect(now.version).not.toBe(old.version)
    expect(Buffer.from((await now.read(aSignal())) ?? []).toString()).toBe('new')
  })

  test('a packed file is unpacked, where the bucket keeps such labels', async () => {
    const headers = { 'content-encoding': 'gzip' }
    await bucket.put('photos/packed.svg', gzipSync('<svg/>'), { type: 'image/svg+xml', headers })
    const isKept = (await bucket.stat('photos/packed.svg'))?.encoding !== undefined
    if (!isKept) return
    const source = await aLoader(bucket).load('packed.svg', aSignal())
    expect(Buffer.from((await source.read(aSignal())) ?? []).toString()).toBe('<svg/>')
  })

  test('the same bytes elsewhere are another version', async () => {
    await put('photos/one.jpg', 'same')
    await put('photos/two.jpg', 'same')
    const versions = [
      (await aLoader(bucket).load('one.jpg', aSignal())).version,
      (await aLoader(bucket).load('two.jpg', aSignal())).version,
      (await aLoader(bucket, { place: 'there' }).load('one.jpg', aSignal())).version,
    ]
    expect(new Set(versions).size).toBe(3)
  })
}

describe('a folder', () => {
  const dir = mkdtempSync(join(tmpdir(), 'halftone-bucket-'))
  afterAll(() => rmSync(dir, { recursive: true }))
  promises(() => openBucket({ kind: 'folder', dir }))
})

describe.skipIf(swiftMissing)(swiftMissing ?? 'over a network', () => {
  let server: SwiftServer
  beforeAll(async () => {
    server = await startSwift()
    await server.container('pictures')
  })
  afterAll(() => server?.stop())

  describe('Swift', () =>
    promises(() =>
      openBucket({
        kind: 'swift',
        container: 'pictures',
        auth: { version: 1, url: `${server.url}/auth/v1.0`, user: server.user, key: server.key },
      }),
    ))

  describe('S3', () =>
    promises(() =>
      openBucket({
        kind: 's3',
        bucket: 'pictures',
        endpoint: server.url,
        region: 'us-east-1',
        accessKeyId: server.user,
        secretAccessKey: server.key,
      }),
    ))
})

const facts: FileFacts = { bytes: 3, etag: '"a"', type: 'image/jpeg', metadata: {}, modifiedAt: 1000 }

/** A bucket with one file, that counts how often it was asked. */
function aBucket(body: () => Readable = () => Readable.from([Buffer.from('cat')])) {
  const asked = { stat: 0, get: 0 }
  const bucket: BucketOptions['bucket'] = {
    async stat() {
      asked.stat++
      return facts
    },
    async get() {
      asked.get++
      return { ...facts, body: body() }
    },
  }
  return { asked, bucket }
}

describe('a file with a label of its encoding', () => {
  const labelled = (encoding: string, body: Buffer) => {
    const about = { ...facts, encoding, bytes: body.length }
    const bucket: BucketOptions['bucket'] = {
      stat: async () => about,
      get: async () => ({ ...about, body: Readable.from([body]) }),
    }
    return aLoader(bucket, { store: createMemoryStore({ maxBytes: 1e6 }) })
  }

  test.each([
    ['gzip', gzipSync('<svg/>'), false],
    ['zstd', zstdCompressSync('<svg/>'), false],
    ['aws-chunked,gzip', gzipSync('<svg/>'), false],
    ['aws-chunked', Buffer.from('<svg/>'), true],
    ['utf-8', Buffer.from('<svg/>'), true],
  ])(
    'of %s is what is in it, also from memory, and not opened in parts where it is packed',
    async (label, body, isOpen) => {
      const loader = labelled(label, body)
      for (let again = 0; again < 2; again++) {
        const source = await loader.load('a.svg', aSignal())
        const bytes = await source.read(aSignal())
        expect(Buffer.from(bytes ?? []).toString()).toBe('<svg/>')
        expect(source.file !== undefined).toBe(isOpen)
      }
    },
  )

  test('is refused where it unpacks to too much', async () => {
    const source = await labelled('gzip', gzipSync(Buffer.alloc(5000))).load('a.svg', aSignal())
    expect(await kindOfRejection(source.read(aSignal()))).toBe('source-too-large')
  })
})

describe('a bucket behind a network', () => {
  test('is asked once by all who ask at the same time', async () => {
    const { asked, bucket } = aBucket()
    const loader = aLoader(bucket)
    const sources = await Promise.all(Array.from({ length: 20 }, () => loader.load('a', aSignal())))
    await Promise.all(sources.map((source) => source.read(aSignal())))
    expect(asked).toEqual({ stat: 1, get: 1 })
  })

  test('is not asked for bytes that are kept on disk', async () => {
    const { asked, bucket } = aBucket()
    const store = createMemoryStore({ maxBytes: 1e6 })
    for (let process = 0; process < 2; process++) {
      const source = await aLoader(bucket, { store }).load('a', aSignal())
      const bytes = await source.read(aSignal())
      expect(Buffer.from(bytes ?? []).toString()).toBe('cat')
    }
    expect(asked).toEqual({ stat: 2, get: 1 })
  })

  test.each([
    ['longer', 'cats'],
    ['shorter', 'ca'],
  ])('that sends a body %s than it said is not believed', async (_, text) => {
    const { bucket } = aBucket(() => Readable.from([Buffer.from(text)]))
    const source = await aLoader(bucket).load('a', aSignal())
    expect(await source.read(aSignal())).toBeUndefined()
  })

  test('that breaks off is a source that failed', async () => {
    const { bucket } = aBucket(() =>
      Readable.from(
        (async function* () {
          yield Buffer.from('c')
          throw new Error('ECONNRESET')
        })(),
      ),
    )
    const source = await aLoader(bucket).load('a', aSignal())
    expect(await kindOfRejection(source.read(aSignal()))).toBe('source-failed')
  })

  test.each([
    ['upstream-failed', 'source-failed'],
    ['upstream-late', 'source-late'],
    ['busy', 'busy'],
    ['bad-option', 'source-missing'],
    ['forbidden-address', 'forbidden-address'],
  ] as const)('whose failure is %s is %s', async (theirs, ours) => {
    const stat = () => Promise.reject(new Failure(theirs, 'It went wrong.'))
    expect(await kindOfRejection(aLoader({ ...aBucket().bucket, stat }).load('a', aSignal()))).toBe(ours)
  })

  test('what its client throws is never shown', async () => {
    const stat = () => Promise.reject(new Error('secret'))
    const thrown = await aLoader({ ...aBucket().bucket, stat })
      .load('a', aSignal())
      .catch((thrown: Failure) => thrown)
    expect(thrown).toMatchObject({ kind: 'source-failed', message: 'The file could not be read.' })
  })

  test('a path that means no key asks nobody', async () => {
    const { asked, bucket } = aBucket()
    const loader = aLoader(bucket, { keyOf: () => undefined })
    expect(await kindOfRejection(loader.load('a', aSignal()))).toBe('source-missing')
    expect(asked).toEqual({ stat: 0, get: 0 })
  })
})
