import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import { createMemoryStore } from '../../cache/memory.ts'
import type { Failure } from '../../errors.ts'
import { mayBeKept } from '../../origin/caching.ts'
import type { Source } from '../../origin/loader.ts'
import type { HttpOptions } from '../../origin/loaders/http.ts'
import type { Headers } from '../../tier.ts'
import { kindOfRejection } from '../refusals.ts'
import { aSignal } from '../signals.ts'
import { anHttpLoader, aServer, type Site } from './servers.ts'

const sites: Site[] = []
const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  await Promise.all([
    ...closing.splice(0).map((close) => close()),
    ...sites.splice(0).map((site) => site.close()),
  ])
})

async function aSite(...args: Parameters<typeof aServer>): Promise<Site> {
  const site = await aServer(...args)
  sites.push(site)
  return site
}

type Listener = Parameters<typeof aServer>[0]

/** A loader that may reach loopback, with a clock the test turns. */
function aLoader(options: Partial<HttpOptions> = {}) {
  const clock = { now: Date.now() }
  const loader = anHttpLoader({
    maxBytes: 1000,
    now: () => clock.now,
    ...options,
  })
  closing.push(loader.close)
  return {
    load: (path: string, headers: Headers = {}) => loader.load(path, aSignal(), { headers }),
    idle: loader.idle,
    wait: (seconds: number) => {
      clock.now += seconds * 1000
    },
  }
}

/** Seconds for which a shared cache may still take the source as unchanged. */
const freshOf = ({ caching: { shared, ageSeconds } }: Source): number =>
  Math.max(0, shared.freshSeconds - ageSeconds)

const textOf = async (source: Source): Promise<string> =>
  Buffer.from((await source.read(aSignal())) ?? []).toString()

describe('a path', () => {
  test('is looked up below the base, exactly as it is written', async () => {
    const site = await aSite((request, response) => response.end(request.url))
    const { load } = aLoader({ base: `${site.url}/pictures/` })
    for (const path of [
      'cats/tom%20%26%20jerry%20%231%3F.png',
      'tom&jerry+a%2Bb;c=d,e:f@g.png',
      'a%2Fb//c///d.png',
      '/a.png',
      'caf%E9.png',
      'caf%C3%A9.png',
      '%252e%252e/x',
      'a%25b.png',
    ])
      expect(await textOf(await load(path))).toBe(`/pictures/${path}`)
  })

  test.each([
    ...[
      '../secret',
      'cats/../../secret',
      '.',
      'a/..',
      '..%2Fsecret',
      'a%2f%2e%2E%2fb',
      '%2e',
      '..%5Csecret',
      'a\\..\\b',
    ],
  ])('%s does not leave the base', async (path) => {
    const site = await aSite((_, response) => response.end())
    expect(await kindOfRejection(aLoader({ base: `${site.url}/pictures/` }).load(path))).toBe(
      'source-missing',
    )
    expect(site.count).toBe(0)
  })

  test('that is a whole address is asked for exactly', async () => {
    const site = await aSite((request, response) => response.end(request.url))
    const { load } = aLoader({ allowHosts: [`127.0.0.1:${site.port}`] })
    expect(await textOf(await load(`${site.url}/a%20b.png?size=1&x=%2F`))).toBe('/a%20b.png?size=1&x=%2F')
  })

  test.each([
    ['http://other.example/a.png', 'forbidden-address'],
    ['http://example.com.evil.example/a.png', 'forbidden-address'],
    ['http://evilexample.com/a.png', 'forbidden-address'],
    ['http://a.example.com@evil.example/a.png', 'forbidden-address'],
    ['http://user:secret@a.example.com/a.png', 'forbidden-address'],
    ['http://evil.example\\@a.example.com/a.png', 'forbidden-address'],
    ['http://evil.example#@a.example.com/a.png', 'forbidden-address'],
    ['http://example.com/a.png', 'forbidden-address'],
    ['http://a.example.com:22/a.png', 'forbidden-address'],
    ['http://a.example.com:6379/a.png', 'forbidden-address'],
    ['http://', 'bad-address'],
    ['https://[::1/a.png', 'bad-address'],
    ['http://a.example.com:99999/a.png', 'bad-address'],
    ['http://a b.example.com/', 'bad-address'],
  ])('%s: %s', async (path, kind) => {
    const { load } = aLoader({
      allowHosts: ['*.example.com'],
      resolve: () => Promise.reject(new Error('asked')),
    })
    expect(await kindOfRejection(load(path))).toBe(kind)
  })

  test.each([
    'http://a.example.com/',
    'HTTPS://A.Example.COM:443/',
    'http://b.a.example.com.:80/',
    'http://ａ.example.com/',
  ])('%s is on the list *.example.com', async (path) => {
    const asked: string[] = []
    const resolve = async (host: string) => {
      asked.push(host)
      return ['10.0.0.1']
    }
    expect(await kindOfRejection(aLoader({ allowHosts: ['*.example.com'], resolve }).load(path))).toBe(
      'forbidden-address',
    )
    expect(asked).toHaveLength(1)
  })
})

describe('a picture', () => {
  test('is downloaded once for eight who ask at the same time, into memory of its size', async () => {
    const site = await aSite((_, response) => response.end('picture'))
    const { load } = aLoader({ base: site.url })
    const sources = await Promise.all(Array.from({ length: 8 }, () => load('a.png')))
    expect(site.count).toBe(1)
    expect(new Set(sources.map(({ version }) => version)).size).toBe(1)
    expect((await sources[0]?.read(aSignal()))?.buffer.byteLength).toBe('picture'.length)
  })

  test('is asked for again when it is stale, and not sent again while it is the same', async () => {
    const conditions: unknown[] = []
    const site = await aSite((request, response) => {
      conditions.push(request.headers['if-none-match'])
      // The server's clock does not turn with the test's.
      response.sendDate = false
      response.setHeader('etag', '"one"').setHeader('cache-control', 'max-age=10')
      response.writeHead(conditions.length > 1 ? 304 : 200).end(conditions.length > 1 ? undefined : 'picture')
    })
    const { load, wait } = aLoader({ base: site.url })
    const first = await load('a.png')
    expect(freshOf(first)).toBe(10)
    wait(11)
    const second = await load('a.png')
    expect(conditions).toEqual([undefined, '"one"'])
    expect(second.version).toBe(first.version)
    expect(await textOf(second)).toBe('picture')
    expect(freshOf(second)).toBe(10)
  })

  test('that changed has another version', async () => {
    const site = await aSite((_, response) => response.end(`picture ${site.count}`))
    const { load, wait } = aLoader({ base: site.url })
    const first = await load('a.png')
    wait(61)
    const second = await load('a.png')
    expect(await textOf(second)).toBe('picture 2')
    expect(second.version).not.toBe(first.version)
  })

  test('is still served when its server is dead, and for no longer than was allowed', async () => {
    const site = await aSite((_, response) => response.end('picture'))
    const { load, wait } = aLoader({ base: site.url })
    await load('a.png')
    await site.close()
    wait(61)
    const stale = await load('a.png')
    expect(await textOf(stale)).toBe('picture')
    expect(freshOf(stale)).toBe(0)
    wait(601)
    expect(await kindOfRejection(load('a.png'))).toBe('source-failed')
  })

  describe('that its server fails to give again', () => {
    /** A server that gives the picture once, and then answers otherwise. */
    const onceThen = (listener: Listener) =>
      aSite((request, response) => {
        // The server's clock does not turn with the test's.
        response.sendDate = false
        if (site.count === 1) response.end('picture')
        else listener(request, response)
      })
    let site: Site

    test.each([401, 403, 429, 500, 502, 503, 504])('%d: it is still there', async (status) => {
      site = await onceThen((_, response) => response.writeHead(status).end())
      const { load, wait } = aLoader({ base: site.url })
      await load('a.png')
      wait(61)
      expect(await textOf(await load('a.png'))).toBe('picture')
      wait(700)
      expect(await kindOfRejection(load('a.png'))).toMatch(/^source-(refused|failed|late)$/)
    })

    test.each([404, 410, 451])('%d: it is gone', async (status) => {
      site = await onceThen((_, response) => response.writeHead(status).end())
      const { load, wait } = aLoader({ base: site.url })
      await load('a.png')
      wait(61)
      expect(await kindOfRejection(load('a.png'))).toBe('source-missing')
    })

    test.each([
      ['seconds', () => '120', [2, 2, 2, 3]],
      ['a date', () => new Date(Date.now() + 120_000).toUTCString(), [2, 2, 2, 3]],
      ['a date by its own clock', () => 'Sun, 01 Mar 2026 12:02:00 GMT', [2, 2, 2, 3]],
      ['nothing that can be read', () => 'soon', [2, 3, 4, 5]],
    ])('503 with Retry-After in %s: it is asked again after that time', async (_, field, counts) => {
      site = await onceThen((_, response) =>
        response
          .writeHead(503, {
            'retry-after': field(),
            ...(field().startsWith('Sun, 01 Mar 2026') && { date: 'Sun, 01 Mar 2026 12:00:00 GMT' }),
          })
          .end(),
      )
      const { load, wait } = aLoader({ base: site.url })
      await load('a.png')
      wait(61)
      const seen: number[] = []
      for (const seconds of [0, 60, 50, 15]) {
        wait(seconds)
        await load('a.png')
        seen.push(site.count)
      }
      expect(seen).toEqual(counts)
    })
  })

  test.each([
    ['seconds', '120', 120],
    ['more than an hour', '86400', 3600],
  ])('that its server cannot give yet is not asked for before: %s', async (_, field, seconds) => {
    const site = await aSite((_, response) => response.writeHead(503, { 'retry-after': field }).end())
    const { load, wait } = aLoader({ base: site.url })
    const failure = (): Promise<Failure> => load('a.png').then(Promise.reject, (thrown) => thrown)
    expect((await failure()).details).toMatchObject({ retryAfterSeconds: seconds, keepSeconds: seconds })
    wait(seconds - 20)
    // What is left, so that no tier begins the time anew.
    expect((await failure()).details).toMatchObject({ retryAfterSeconds: 20, keepSeconds: 20 })
    expect(site.count).toBe(1)
    wait(21)
    await failure()
    expect(site.count).toBe(2)
  })

  test.each<[string, Listener]>([
    ['203', (_, response) => response.writeHead(203).end('picture')],
    [
      'a 206 that is all there is',
      (_, response) => response.writeHead(206, { 'content-range': 'bytes 0-6/7' }).end('picture'),
    ],
  ])('may come as %s', async (_, listener) => {
    const site = await aSite(listener)
    const { load } = aLoader({ base: site.url })
    expect(await textOf(await load('a.png'))).toBe('picture')
    await load('a.png')
    expect(site.count).toBe(1)
  })

  test('within its own stale window is served while it is asked for again, unless a fresh one is wanted', async () => {
    const site = await aSite((_, response) => {
      response.sendDate = false
      response.setHeader('cache-control', 'max-age=10, stale-while-revalidate=600').end(`${site.count}`)
    })
    const { load, wait, idle } = aLoader({ base: site.url })
    await load('a.png')
    wait(20)
    expect(await textOf(await load('a.png'))).toBe('1')
    await idle()
    wait(20)
    expect(await textOf(await load('a.png', { 'cache-control': 'min-fresh=0' }))).toBe('3')
  })

  test.each([
    ['private', true, 60],
    ['private, max-age=5', true, 5],
    ['no-store', true, 60],
    ['no-cache', false, 0],
    ['max-age=0', false, 0],
    ['s-maxage=20, max-age=5', false, 20],
    ['must-revalidate', false, 60],
    ['', false, 60],
  ])('with Cache-Control %j: private %j, fresh for %d s', async (field, isPrivate, freshSeconds) => {
    const site = await aSite((_, response) => response.setHeader('cache-control', field).end('picture'))
    const { load } = aLoader({ base: site.url })
    const source = await load('a.png')
    expect([!mayBeKept(source.caching.shared), freshOf(source)]).toEqual([isPrivate, freshSeconds])
    await load('a.png')
    expect(site.count).toBe(freshSeconds > 0 && !isPrivate ? 1 : 2)
  })

  test.each(['*', '*, *', ', *', 'Foo, *'])(
    'that varies by %j is kept by nobody (RFC 9111 4.1)',
    async (vary) => {
      const site = await aSite((_, response) =>
        response.writeHead(200, { vary, 'cache-control': 'max-age=60' }).end('picture'),
      )
      const { load } = aLoader({ base: site.url })
      expect(mayBeKept((await load('a.png')).caching.shared)).toBe(false)
      await load('a.png')
      expect(site.count).toBe(2)
    },
  )

  test('is kept whatever its server says, where that is wanted', async () => {
    const site = await aSite((_, response) =>
      response.setHeader('cache-control', 'private, no-store').end('picture'),
    )
    const { load } = aLoader({ base: site.url, ignoreCacheControl: true })
    const source = await load('a.png')
    expect([mayBeKept(source.caching.shared), freshOf(source)]).toEqual([true, 60])
    await load('a.png')
    expect(site.count).toBe(1)
  })

  test('that needs credentials is not shared with a source that has none, even in one store', async () => {
    const site = await aSite((request, response) => {
      response.writeHead(request.headers.authorization ? 200 : 401).end('picture')
    })
    const store = createMemoryStore({ maxBytes: 1e7 })
    const insider = aLoader({ base: site.url, store, headers: { authorization: 'secret' } })
    await insider.load('a.png')
    expect(await kindOfRejection(aLoader({ base: site.url, store }).load('a.png'))).toBe('source-refused')
    await aLoader({ base: site.url, store, headers: { authorization: 'secret' } }).load('a.png')
    expect(site.count).toBe(2)
  })

  const packed: [label: string, body: Buffer][] = [
    ['gzip', gzipSync('<svg/>')],
    ['x-gzip', gzipSync('<svg/>')],
    ['GZip', gzipSync('<svg/>')],
    ['deflate', deflateSync('<svg/>')],
    ['deflate', deflateRawSync('<svg/>')],
    ['br', brotliCompressSync('<svg/>')],
    ['zstd', zstdCompressSync('<svg/>')],
    ['gzip, br', brotliCompressSync(gzipSync('<svg/>'))],
    ['aws-chunked,gzip', gzipSync('<svg/>')],
    ['gzip, aws-chunked', gzipSync('<svg/>')],
    ['identity', Buffer.from('<svg/>')],
    ['', Buffer.from('<svg/>')],
    ['aws-chunked', Buffer.from('<svg/>')],
    ['utf-8', Buffer.from('<svg/>')],
    ['base64', Buffer.from('<svg/>')],
    ['none, binary', Buffer.from('<svg/>')],
    ['gzip', Buffer.from('<svg/>')],
    ['constructor', Buffer.from('<svg/>')],
  ]
  test.each(packed)('that is sent as %j is what is in it', async (label, body) => {
    const site = await aSite((_, response) => response.setHeader('content-encoding', label).end(body))
    expect(await textOf(await aLoader({ base: site.url }).load('a.svg'))).toBe('<svg/>')
  })

  const bombs: [label: string, body: Buffer][] = [
    ['gzip', gzipSync(Buffer.alloc(1e6))],
    ['deflate', deflateSync(Buffer.alloc(1e6))],
    ['deflate', deflateRawSync(Buffer.alloc(1e6))],
    ['br', brotliCompressSync(Buffer.alloc(1e6))],
    ['zstd', zstdCompressSync(Buffer.alloc(1e6))],
    ['gzip, gzip', gzipSync(gzipSync(Buffer.alloc(1e8)))],
  ]
  test.each(bombs)('that would be too large unpacked from %s is refused', async (label, body) => {
    expect(body.length).toBeLessThan(2000)
    const site = await aSite((_, response) => response.setHeader('content-encoding', label).end(body))
    expect(await kindOfRejection(aLoader({ base: site.url, maxBytes: 200_000 }).load('a'))).toBe(
      'source-too-large',
    )
  })

  test.each([
    ['gzip', gzipSync('<svg/>').subarray(0, 12)],
    ['br', Buffer.from('text')],
    ['made-up', Buffer.from('text')],
    ['gzip, gzip, gzip, gzip', Buffer.from('text')],
  ])('that is no picture and does not unpack from %s has failed', async (label, body) => {
    const site = await aSite((_, response) => response.setHeader('content-encoding', label).end(body))
    expect(await kindOfRejection(aLoader({ base: site.url }).load('a'))).toBe('source-failed')
  })
})

describe('a server that', () => {
  const drip: Listener = (_, response) => {
    const timer = setInterval(() => response.write('.'), 20)
    response.on('close', () => clearInterval(timer))
  }
  const cases: [string, Listener, string][] = [
    ['says 404', (_, response) => response.writeHead(404).end(), 'source-missing'],
    ['says 410', (_, response) => response.writeHead(410).end(), 'source-missing'],
    ['says 403', (_, response) => response.writeHead(403).end(), 'source-refused'],
    ['says 401', (_, response) => response.writeHead(401).end(), 'source-refused'],
    ['says 451', (_, response) => response.writeHead(451).end(), 'source-missing'],
    ['says 500', (_, response) => response.writeHead(500).end(), 'source-failed'],
    ['says 429', (_, response) => response.writeHead(429).end(), 'source-failed'],
    ['says 204', (_, response) => response.writeHead(204).end(), 'source-failed'],
    ['says 206', (_, response) => response.writeHead(206).end('part'), 'source-failed'],
    [
      'sends a part',
      (_, response) => response.writeHead(206, { 'content-range': 'bytes 0-3/9' }).end('part'),
      'source-failed',
    ],
    [
      'sends the end',
      (_, response) => response.writeHead(206, { 'content-range': 'bytes 5-8/9' }).end('part'),
      'source-failed',
    ],
    [
      'sends less than the range it named',
      (_, response) => {
        response.writeHead(206, { 'content-range': 'bytes 0-8/9' }).write('par')
        response.end('t')
      },
      'source-failed',
    ],
    ['says 304 unasked', (_, response) => response.writeHead(304).end(), 'source-failed'],
    ['hangs up', (request) => request.socket.destroy(), 'source-failed'],
    ['speaks another protocol', (request) => request.socket.end('SSH-2.0-OpenSSH\r\n\r\n'), 'source-failed'],
    [
      'sends less than it announced',
      (_, response) => {
        response.writeHead(200, { 'content-length': '100' }).write('short')
        response.socket?.end()
      },
      'source-failed',
    ],
    [
      'ends a chunked body early',
      (_, response) => {
        response.write('short')
        setImmediate(() => response.socket?.destroy())
      },
      'source-failed',
    ],
    [
      'announces too much',
      (_, response) => response.writeHead(200, { 'content-length': '1001' }).write('x'),
      'source-too-large',
    ],
    ['sends too much', (_, response) => response.write('x'.repeat(1001)), 'source-too-large'],
    [
      'sends a bomb',
      (_, response) => response.setHeader('content-encoding', 'gzip').end(gzipSync('x'.repeat(100_000))),
      'source-too-large',
    ],
    [
      'sends an encoding nobody knows',
      (_, response) => response.setHeader('content-encoding', 'sdch').end('x'),
      'source-failed',
    ],
  ]
  test.each(cases)('%s is seen through', async (_, listener, kind) => {
    const site = await aSite(listener)
    expect(await kindOfRejection(aLoader({ base: site.url }).load('a.png'))).toBe(kind)
  })

  test('drips without end is late', async () => {
    const site = await aSite(drip)
    expect(await kindOfRejection(aLoader({ base: site.url, totalMs: 400 }).load('a.png'))).toBe('source-late')
  })

  test.each([
    ['never answers', () => undefined],
    ['stalls within the body', (_, response) => response.write('x')],
  ] satisfies [string, Listener][])(
    '%s is late after its silence, long before the whole time',
    async (_, listener) => {
      const site = await aSite(listener)
      // Longer than this test may take.
      const totalMs = 3_600_000
      expect(await kindOfRejection(aLoader({ base: site.url, idleMs: 100, totalMs }).load('a.png'))).toBe(
        'source-late',
      )
    },
  )

  test.each(['destroy', 'resetAndDestroy'] as const)(
    'closes a kept connection in the moment it is used is asked once more: %s',
    async (close) => {
      const site = await aSite((request, response) => {
        if (site.count === 2) request.socket[close]()
        else response.end('picture')
      })
      const { load } = aLoader({ base: site.url })
      await load('a.png')
      expect(await textOf(await load('b.png'))).toBe('picture')
      expect(site.count).toBe(3)
    },
  )

  test('is not there fails', async () => {
    const site = await aServer(() => undefined)
    await site.close()
    expect(await kindOfRejection(aLoader({ base: site.url }).load('a.png'))).toBe('source-failed')
  })

  test.each([
    ['no-store', 2, 2],
    ['max-age=0', 2, 2],
    ['max-age=10', 1, 2],
    ['max-age=600', 1, 1],
    ['public', 1, 1],
  ])('has no such picture, and says %j of that, is asked again when it says so', async (field, at1, at11) => {
    const site = await aSite((_, response) => response.writeHead(404, { 'cache-control': field }).end())
    const { load, wait } = aLoader({ base: site.url })
    await kindOfRejection(load('a.png'))
    wait(1)
    await kindOfRejection(load('a.png'))
    expect(site.count).toBe(at1)
    wait(10)
    await kindOfRejection(load('a.png'))
    expect(site.count - (at1 - 1)).toBe(at11)
  })

  test('has no such picture is not asked again at once', async () => {
    const site = await aSite((_, response) => response.writeHead(404).end())
    const { load, wait } = aLoader({ base: site.url })
    expect([await kindOfRejection(load('a.png')), await kindOfRejection(load('a.png'))]).toEqual([
      'source-missing',
      'source-missing',
    ])
    expect(site.count).toBe(1)
    wait(31)
    await kindOfRejection(load('a.png'))
    expect(site.count).toBe(2)
  })
})

describe('a redirect', () => {
  const redirecting = (location: string, status = 302) =>
    aSite((request, response) => {
      if (request.url === '/end') response.end('the end')
      else response.writeHead(status, { location }).end('moved')
    })

  test.each([301, 302, 303, 307, 308])('of status %d is followed', async (status) => {
    const site = await redirecting('/end', status)
    expect(await textOf(await aLoader({ base: site.url }).load('a.png'))).toBe('the end')
  })

  test.each([
    ['http://other.example/a.png', 'forbidden-address'],
    ['//other.example/a.png', 'forbidden-address'],
    ['file:///etc/passwd', 'forbidden-address'],
    ['gopher://127.0.0.1/', 'forbidden-address'],
    ['data:image/png,x', 'forbidden-address'],
    ['http://', 'source-failed'],
    ['/again', 'source-failed'],
  ])('to %s: %s', async (location, kind) => {
    const site = await redirecting(location)
    expect(await kindOfRejection(aLoader({ base: site.url }).load('a.png'))).toBe(kind)
  })

  test('is followed five times at most', async () => {
    const site = await redirecting('/again')
    await kindOfRejection(aLoader({ base: site.url }).load('a.png'))
    expect(site.count).toBe(6)
  })

  test('to another host does not take our headers along', async () => {
    const seen: unknown[] = []
    const other = await aSite((request, response) => {
      seen.push(request.headers.authorization)
      response.end('the end')
    })
    const site = await aSite((request, response) => {
      seen.push(request.headers.authorization)
      response.writeHead(302, { location: `${other.url}/` }).end()
    })
    const { load } = aLoader({
      base: site.url,
      allowHosts: [`127.0.0.1:${other.port}`],
      headers: { authorization: 'secret' },
    })
    await load('a.png')
    expect(seen).toEqual(['secret', undefined])
  })
})
