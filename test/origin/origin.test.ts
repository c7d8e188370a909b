import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { createMemoryStore } from '../../cache/memory.ts'
import { Failure } from '../../errors.ts'
import { assumedFor, cachingOf } from '../../origin/caching.ts'
import { createOrigin, type Loader, type OriginOptions } from '../../origin/index.ts'
import { createFolderLoader } from '../../origin/loaders/folder.ts'
import { failureHeader } from '../../problem.ts'
import { surrogateKeys } from '../../purging/index.ts'
import { type Headers, requireHeld } from '../../tier.ts'
import { defaultLimits, revision } from '../../transforms/index.ts'
import type { Job, Picture, Processor } from '../../transforms/processor.ts'
import { createPool } from '../../transforms/render/pool.ts'
import { createHandover } from '../../work/handover.ts'
import { aSignal } from '../signals.ts'
import { anHttpLoader, aPicture, aServer, type Site } from './servers.ts'
import { watched } from './watched.ts'

const leaving: (() => Promise<unknown>)[] = []
afterEach(() => Promise.all(leaving.splice(0).map((leave) => leave())))

const pool = createPool({ workers: 1, maxWaiting: 100, maxWaitingPerOwner: 100, deadlineMs: 100_000 })
afterAll(() => pool.close())
const aProcessor = (before?: (job: Job) => Promise<void>) => watched(pool, before)

const exact = (options: string) => `/photos/cat.png?${options}&rev=${revision}`

const freshness = {
  browserSeconds: 100,
  cdnSeconds: 1000,
  staleWhileRevalidateSeconds: 30,
  staleIfErrorSeconds: 300,
}

function anOrigin(photos: Loader, options: Partial<OriginOptions> = {}) {
  const logged: object[] = []
  const origin = createOrigin({
    loaders: new Map([['photos', photos]]),
    processor: aProcessor().processor,
    handover: createHandover(),
    results: createMemoryStore({ maxBytes: 1e7 }),
    limits: defaultLimits,
    freshness,
    log: { error: (fields) => logged.push(fields) },
    ...options,
  })
  const get = async (options: string, headers: Headers = {}) =>
    requireHeld(await origin.answer({ path: exact(options), headers, signal: aSignal() }))
  return { ...origin, get, logged }
}

/** A web site with one picture that a test may change. */
async function aSite(picture: Buffer, headers: Headers = {}) {
  const shown = { picture, headers, site: undefined as unknown as Site }
  shown.site = await aServer((_, response) => response.writeHead(200, shown.headers).end(shown.picture))
  leaving.push(shown.site.close)
  const clock = { now: Date.now() }
  const loader = anHttpLoader({
    base: shown.site.url,
    now: () => clock.now,
  })
  leaving.push(loader.close)
  return { shown, loader, clock }
}

/** A source without a server. */
function aSource(bytes: Uint8Array, said: { isPrivate?: boolean; version?: () => string } = {}): Loader {
  const { isPrivate = false, version = () => 'one' } = said
  const caching = cachingOf(isPrivate ? { 'cache-control': 'private' } : {}, 0, 500)
  return { load: async () => ({ version: version(), caching, read: async () => bytes }) }
}

describe('a picture', () => {
  test('is made as asked, from a web site', async () => {
    const { loader } = await aSite(await aPicture('png'))
    const { status, headers, body } = await anOrigin(loader).get('fm=jpg&w=32')
    expect(status).toBe(200)
    expect(await sharp(body).metadata()).toMatchObject({ format: 'jpeg', width: 32, height: 24 })
    expect(headers).toMatchObject({
      'content-type': 'image/jpeg',
      'content-length': String(body.length),
      'cache-control': 'public, max-age=60, stale-while-revalidate=30',
      'cdn-cache-control': 'max-age=60, stale-while-revalidate=30, stale-if-error=300',
      'cache-status': 'halftone-origin; fwd=uri-miss; stored',
      'surrogate-key': surrogateKeys('photos', 'cat.png'),
      'halftone-source-type': 'image/png',
      'halftone-source-bytes': String((await aPicture('png')).length),
      'x-content-type-options': 'nosniff',
    })
    expect(headers.etag).toMatch(/^"[\w-]{22}"$/)
    expect(headers['server-timing']).toMatch(/^load;dur=[\d.]+, wait;dur=[\d.]+, render;dur=[\d.]+$/)
  })

  test('is made from a folder, with the date of its file', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'halftone-origin-'))
    leaving.push(() => rm(dir, { recursive: true }))
    await writeFile(join(dir, 'cat.png'), await aPicture('jpeg'))
    const { get } = anOrigin(createFolderLoader({ dir, maxBytes: 1e6, freshSeconds: 5 }))
    const { status, headers } = await get('w=16')
    expect(status).toBe(200)
    expect(headers['content-type']).toBe('image/jpeg')
    expect(headers['last-modified']).toMatch(/GMT$/)
    expect(headers['cache-control']).toContain('max-age=5,')
  })

  test('in eight sizes at once costs one download, and eight times the same size one render', async () => {
    const { loader, shown } = await aSite(await aPicture('jpeg'))
    const { processor, jobs } = aProcessor()
    const { get } = anOrigin(loader, { processor })
    const widths = [8, 16, 24, 32, 40, 48, 56, 64]
    const answers = await Promise.all(widths.flatMap((width) => widths.map(() => get(`w=${width}`))))
    expect(answers.every(({ status }) => status === 200)).toBe(true)
    expect(shown.site.count).toBe(1)
    expect(jobs).toHaveLength(8)
    expect(new Set(jobs.map(({ source }) => source)).size).toBe(1)
    const told = answers.map(({ headers }) => headers['cache-status'])
    expect(told.filter((text) => text?.endsWith('stored'))).toHaveLength(8)
    expect(told.filter((text) => text?.endsWith('collapsed'))).toHaveLength(56)
  })

  test('that is kept is not made again, and is 304 to whoever has it', async () => {
    const { processor, jobs } = aProcessor()
    const { get } = anOrigin(aSource(await aPicture()), { processor })
    const first = await get('w=32')
    const second = await get('w=32')
    expect(second.headers['cache-status']).toBe('halftone-origin; hit')
    expect(second.headers.etag).toBe(first.headers.etag)
    const third = await get('w=32', { 'if-none-match': first.headers.etag ?? '' })
    expect([third.status, third.body.length]).toEqual([304, 0])
    expect(third.headers['cache-control']).toBe(first.headers['cache-control'])
    expect(jobs).toHaveLength(1)
  })

  test('keeps nothing of its timing or its circumstances', async () => {
    const results = createMemoryStore({ maxBytes: 1e7 })
    const { get } = anOrigin(aSource(await aPicture()), { results })
    await get('fm=webp&w=32')
    const kept = results.getNow(`one fm=webp&w=32&rev=${revision}`)
    expect(Object.keys(kept?.headers ?? {}).sort()).toEqual([
      'content-length',
      'content-type',
      'etag',
      'halftone-source-bytes',
      'halftone-source-type',
    ])
  })

  test('of a source that changed is another picture', async () => {
    const { loader, shown, clock } = await aSite(await aPicture('png', '#f00'))
    const { get } = anOrigin(loader)
    const first = await get('w=8')
    shown.picture = await aPicture('png', '#0f0')
    expect((await get('w=8')).headers.etag).toBe(first.headers.etag)
    clock.now += 61_000
    const second = await get('w=8')
    expect(second.headers.etag).not.toBe(first.headers.etag)
    expect((await sharp(second.body).stats()).dominant.g).toBeGreaterThan(200)
  })

  test('is still made when its server has died, and says that it is no longer fresh', async () => {
    const { loader, shown, clock } = await aSite(await aPicture())
    const { get } = anOrigin(loader)
    await get('w=8')
    await shown.site.close()
    clock.now += 61_000
    const answer = await get('w=16')
    expect(answer.status).toBe(200)
    // Its age tells, so that the tiers below count their stale windows from the same moment as the source cache does.
    expect(answer.headers['cache-control']).toContain('max-age=60')
    expect(Number(answer.headers.age)).toBeGreaterThan(60)
  })

  test('of a private source is given away and not kept', async () => {
    const results = createMemoryStore({ maxBytes: 1e7 })
    const { get, idle } = anOrigin(aSource(await aPicture(), { isPrivate: true }), { results })
    const { headers } = await get('w=8')
    await idle()
    expect(headers['cache-control']).toBe('private, max-age=100')
    expect(headers['cdn-cache-control']).toBe('no-store')
    expect(headers['cache-status']).toBe('halftone-origin; fwd=uri-miss')
    expect(results.size().entries).toBe(0)
  })

  test('is never fresh for longer than the bounds', async () => {
    const loader = aSource(await aPicture())
    const bounds = { ...freshness, browserSeconds: 100, cdnSeconds: 400 }
    const { headers } = await anOrigin(loader, { freshness: bounds }).get('w=8')
    expect(headers['cache-control']).toContain('max-age=100,')
    expect(headers['cdn-cache-control']).toContain('max-age=400,')
  })

  test('asked for in another revision is made, and lives only for the moment of the upgrade', async () => {
    const origin = anOrigin(aSource(await aPicture()))
    const { status, headers } = await origin.answer({
      path: '/photos/cat.png?w=8&rev=999',
      headers: {},
      signal: aSignal(),
    })
    expect([status, headers['cdn-cache-control']]).toEqual([200, 'max-age=5'])
  })

  test.each([
    ['u=6', 'background'],
    ['i, u=4', 'background'],
    ['u=3', 'foreground'],
    ['u=0', 'foreground'],
    ['', 'foreground'],
  ])('asked for with Priority %j is made in the %s', async (priority, lane) => {
    const { processor, jobs } = aProcessor()
    await anOrigin(aSource(await aPicture()), { processor }).get('w=8', { priority })
    expect(jobs[0]).toMatchObject({ priority: lane, owner: 'photos' })
  })

  test('somebody waits for does not wait for its making at leisure', async () => {
    let finish = () => {}
    const leisure = new Promise<void>((resolve) => {
      finish = resolve
    })
    const { processor, jobs } = aProcessor(({ priority }) =>
      priority === 'background' ? leisure : Promise.resolve(),
    )
    const { get } = anOrigin(aSource(await aPicture()), { processor })
    const later = get('w=8', { priority: 'u=6' })
    expect((await get('w=8')).status).toBe(200)
    expect(jobs.map(({ priority }) => priority)).toEqual(['background', 'foreground'])
    finish()
    await later
  })

  test('whose source is replaced while it is read is made from the new one', async () => {
    const bytes = await aPicture()
    let loads = 0
    const loader: Loader = {
      load: async () => {
        const isCurrent = ++loads > 1
        const read = async () => (isCurrent ? bytes : undefined)
        return { version: String(loads), caching: assumedFor(1), read }
      },
    }
    expect((await anOrigin(loader).get('w=8')).status).toBe(200)
    expect(loads).toBe(2)
  })
})

describe('fm=json', () => {
  test('tells the facts and renders nothing', async () => {
    const { processor, jobs } = aProcessor()
    const bytes = await sharp({ create: { width: 60, height: 40, channels: 3, background: '#888' } })
      .withMetadata({ orientation: 6 })
      .jpeg({ progressive: true })
      .toBuffer()
    const { headers, body } = await anOrigin(aSource(bytes), { processor }).get('fm=json')
    expect(headers['content-type']).toBe('application/json')
    expect(JSON.parse(body.toString())).toMatchObject({
      format: 'jpeg',
      type: 'image/jpeg',
      width: 40,
      height: 60,
      stored: { width: 60, height: 40 },
      orientation: 6,
      pages: 1,
      animated: false,
      alpha: false,
      progressive: true,
      bytes: bytes.length,
    })
    expect(jobs).toHaveLength(0)
  })
})

describe('what cannot be made', () => {
  const kindOf = async (loader: Loader, options: Partial<OriginOptions> = {}, query = 'w=8') => {
    const { processor, jobs } = aProcessor()
    const { status, headers } = await anOrigin(loader, { processor, ...options }).get(query)
    return [status, headers[failureHeader], jobs.length]
  }

  test('is refused before a render: a source that is no picture', async () => {
    for (const text of ['', '<!doctype html><title>Not found</title>', 'x'.repeat(100), '{"a":1}', '%!PS'])
      expect(await kindOf(aSource(Buffer.from(text)))).toEqual([415, 'source-unsupported', 0])
  })

  test('is refused before a render: a picture larger than the limits', async () => {
    const [status, kind, jobs] = await kindOf(aSource(await aPicture()), {
      limits: { ...defaultLimits, maxSourcePixels: 1000 },
    })
    expect([status, kind, jobs]).toEqual([expect.any(Number), expect.stringMatching(/too/), 0])
  })

  test('is a damaged source where the decoder rejects it', async () => {
    const process = () => [Promise.reject(new Failure('source-broken', 'The picture cannot be decoded.'))]
    const processor = { ...aProcessor().processor, process }
    expect(await kindOf(aSource(await aPicture()), { processor })).toEqual([422, 'source-broken', 0])
  })

  test.each([
    [`/nowhere/cat.png?rev=${revision}`, 'unknown-source'],
    [`/photos/../cat.png?rev=${revision}`, 'bad-address'],
    ['/photos/cat.png', 'bad-address'],
    [`/photos/cat.png?w=x&rev=${revision}`, 'bad-option'],
    ['/', 'bad-address'],
  ])('%s is %s', async (path, kind) => {
    const { answer } = anOrigin(aSource(Buffer.alloc(0)))
    expect((await answer({ path, headers: {}, signal: aSignal() })).headers[failureHeader]).toBe(kind)
  })

  test('is said in a problem document, with the loader’s own kind', async () => {
    const loader: Loader = { load: () => Promise.reject(new Failure('source-missing', 'Not here.')) }
    const { status, headers, body } = await anOrigin(loader).get('w=8')
    expect([status, headers['content-type']]).toEqual([404, 'application/problem+json'])
    expect(JSON.parse(body.toString())).toMatchObject({ detail: 'Not here.' })
  })

  test('by a fault of ours is logged once with its cause, which does not leave', async () => {
    const cause = new TypeError('secret details')
    const { get, logged } = anOrigin({ load: () => Promise.reject(cause) })
    const { status, body } = await get('w=8')
    expect(status).toBe(500)
    expect(body.toString()).not.toContain('secret')
    expect(logged).toMatchObject([{ err: cause }])
  })

  test('because everybody left is given up', async () => {
    const leavers = [new AbortController(), new AbortController()]
    let given: AbortSignal | undefined
    const process: Processor['process'] = (_job, _plans, signal) => [
      new Promise<Picture>((_, reject) => {
        given = signal
        signal.addEventListener('abort', () => reject(signal.reason))
        for (const leaver of leavers) leaver.abort()
      }),
    ]
    const { answer } = anOrigin(aSource(await aPicture()), {
      processor: { ...aProcessor().processor, process },
    })
    const path = exact('w=8')
    const answers = await Promise.all(leavers.map(({ signal }) => answer({ path, headers: {}, signal })))
    expect(answers.map(({ status }) => status)).toEqual([499, 499])
    expect(given?.aborted).toBe(true)
  })

  test('a store that fails costs a render, not an answer', async () => {
    const failing = () => Promise.reject(new Error('disk'))
    const results = { ...createMemoryStore({ maxBytes: 1 }), get: failing, put: failing }
    const { get, idle, logged } = anOrigin(aSource(await aPicture()), { results })
    expect((await get('w=8')).status).toBe(200)
    await idle()
    expect(logged.length).toBeGreaterThan(0)
  })
})
