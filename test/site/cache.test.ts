// The shared cache of sites over HTTP, by section of the RFCs: real origins, and a clock that the test turns.
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { partBytes } from '../../site/cache/parts.ts'
import { type Asked, aSite, type Handler, type SiteStack } from './stack.ts'

let site: SiteStack
beforeEach(async () => {
  site = await aSite()
})
afterEach(() => site.close())

/** Answers of the origin in turn; the last one again and again. Each says how many it has answered. */
function answers(
  ...all: { status?: number; headers?: Record<string, string | string[]>; body?: string }[]
): Handler {
  let count = 0
  return (_, res) => {
    const { status = 200, headers = {}, body } = all[Math.min(count++, all.length - 1)] ?? {}
    res.writeHead(status, { 'x-count': String(count), ...headers })
    res.end(body ?? `body ${count}`)
  }
}

const fresh = { headers: { 'cache-control': 'max-age=60' } }
const lines = (asked: Asked): Asked => asked

describe('a stored answer', () => {
  type Case = [
    section: string,
    headers: Record<string, string>,
    wait: number,
    second: Asked,
    did: string,
    status?: number,
  ]
  test.each<Case>([
    ['9111 4: is sent while it is fresh', { 'cache-control': 'max-age=60' }, 59, lines({}), 'hit'],
    ['9111 4: is not when it is stale', { 'cache-control': 'max-age=60' }, 60, lines({}), 'fwd=stale'],
    ['9111 4: answers HEAD', { 'cache-control': 'max-age=60' }, 1, lines({ method: 'HEAD' }), 'hit'],
    [
      '9111 2: another query is another answer',
      { 'cache-control': 'max-age=60' },
      1,
      lines({ path: '/?a' }),
      'fwd=uri-miss',
    ],
    [
      '9111 4.1: another request is another answer',
      { 'cache-control': 'max-age=60', vary: 'X-A' },
      1,
      lines({ headers: { 'x-a': '1' } }),
      'fwd=vary-miss',
    ],
    [
      '9111 4.1: what Vary does not name does not count',
      { 'cache-control': 'max-age=60', vary: 'X-B' },
      1,
      lines({ headers: { 'x-a': '1' } }),
      'hit',
    ],
    [
      '9111 5.2.1.1: max-age',
      { 'cache-control': 'max-age=60' },
      11,
      lines({ headers: { 'cache-control': 'max-age=10' } }),
      'fwd=request',
    ],
    [
      '9111 5.2.1.2: max-stale',
      { 'cache-control': 'max-age=60' },
      65,
      lines({ headers: { 'cache-control': 'max-stale=10' } }),
      'hit',
    ],
    [
      '9111 5.2.1.2: too stale for it',
      { 'cache-control': 'max-age=60' },
      75,
      lines({ headers: { 'cache-control': 'max-stale=10' } }),
      'fwd=stale',
    ],
    [
      '9111 5.2.2.2: must-revalidate is stronger',
      { 'cache-control': 'max-age=60, must-revalidate' },
      65,
      lines({ headers: { 'cache-control': 'max-stale' } }),
      'fwd=stale',
    ],
    [
      '9111 5.2.1.3: min-fresh',
      { 'cache-control': 'max-age=60' },
      55,
      lines({ headers: { 'cache-control': 'min-fresh=10' } }),
      'fwd=request',
    ],
    [
      '9111 5.2.1.4: no-cache',
      { 'cache-control': 'max-age=60' },
      1,
      lines({ headers: { 'cache-control': 'no-cache' } }),
      'fwd=request',
    ],
    [
      '9111 5.4: Pragma of old clients',
      { 'cache-control': 'max-age=60' },
      1,
      lines({ headers: { pragma: 'no-cache' } }),
      'fwd=request',
    ],
    [
      '9111 5.2.1.5: no-store',
      { 'cache-control': 'max-age=60' },
      1,
      lines({ headers: { 'cache-control': 'no-store' } }),
      'fwd=request',
    ],
    [
      '9111 5.2.1.7: only-if-cached, and it is',
      { 'cache-control': 'max-age=60' },
      1,
      lines({ headers: { 'cache-control': 'only-if-cached' } }),
      'hit',
    ],
    [
      '9111 5.2.1.7: only-if-cached, and it is not',
      { 'cache-control': 'max-age=60' },
      61,
      lines({ headers: { 'cache-control': 'only-if-cached' } }),
      '',
      504,
    ],
    [
      '9110 13.1.2: If-None-Match',
      { 'cache-control': 'max-age=60', etag: '"a"' },
      1,
      lines({ headers: { 'if-none-match': '"b", W/"a"' } }),
      'hit',
      304,
    ],
    [
      '9110 13.1.3: If-Modified-Since',
      { 'cache-control': 'max-age=60', 'last-modified': 'Fri, 01 May 2026 11:00:00 GMT' },
      1,
      lines({ headers: { 'if-modified-since': 'Friday, 01-May-26 11:30:00 GMT' } }),
      'hit',
      304,
    ],
    [
      '9110 13.1.1: If-Match is the origin’s',
      { 'cache-control': 'max-age=60', etag: '"a"' },
      1,
      lines({ headers: { 'if-match': '"a"' } }),
      'fwd=request',
    ],
    [
      '9110 14.1: a range',
      { 'cache-control': 'max-age=60' },
      1,
      lines({ headers: { range: 'bytes=1-3' } }),
      'hit',
      206,
    ],
    [
      '9110 14.4: no such range',
      { 'cache-control': 'max-age=60' },
      1,
      lines({ headers: { range: 'bytes=100-' } }),
      'hit',
      416,
    ],
    [
      '9110 13.1.5: If-Range of another version',
      { 'cache-control': 'max-age=60', etag: '"a"' },
      1,
      lines({ headers: { range: 'bytes=1-3', 'if-range': '"b"' } }),
      'hit',
      200,
    ],
    [
      '5861 3: stale-while-revalidate',
      { 'cache-control': 'max-age=60, stale-while-revalidate=30' },
      70,
      lines({}),
      'hit',
    ],
    [
      '9213: the targeted field',
      { 'cdn-cache-control': 'max-age=60', 'cache-control': 'no-store' },
      1,
      lines({}),
      'hit',
    ],
  ])('%s', async (_, headers, wait, second, did, status = 200) => {
    site.origin.answer = answers({ headers })
    await site.ask()
    site.pass(wait)
    const answer = await site.ask(second)
    expect([answer.did, answer.status]).toEqual([did, status])
  })

  test('has its age and its own date (9111 4, 5.1), its lines as they came, and no cookie', async () => {
    site.origin.answer = (_, res) => {
      res.sendDate = false
      res.writeHead(200, [
        ...['Cache-Control', 'max-age=60', 'Age', '5', 'Date', 'Fri, 01 May 2026 11:59:55 GMT'],
        ...['X-Odd', 'caf\u00e9', 'x-two', '1', 'x-two', '2', 'Set-Cookie', 'own=1', 'Content-Length', '2'],
      ])
      res.end(Buffer.from('ab'))
    }
    const first = await site.ask()
    site.pass(10)
    const { headers, rawHeaders, body } = await site.ask()
    expect(first.headers['set-cookie']).toEqual(['own=1'])
    expect([headers.age, headers.date, headers['set-cookie'], String(body)]).toEqual([
      ...['15', 'Fri, 01 May 2026 11:59:55 GMT', undefined, 'ab'],
    ])
    const at = rawHeaders.indexOf('X-Odd')
    expect(rawHeaders.slice(at, at + 6)).toEqual(['X-Odd', 'caf\u00e9', 'x-two', '1', 'x-two', '2'])
  })

  test('is confirmed by a 304, whose headers it takes over (9111 3.2, 4.3.4)', async () => {
    site.origin.answer = (req, res) => {
      const isKnown = req.headers['if-none-match'] === '"a"'
      res.writeHead(isKnown ? 304 : 200, {
        etag: '"a"',
        'cache-control': 'max-age=60',
        'x-news': String(isKnown),
      })
      res.end(isKnown ? undefined : 'whole')
    }
    await site.ask()
    site.pass(61)
    const validated = await site.ask({ headers: { 'if-none-match': '"z"' } })
    const hit = await site.ask()
    expect([validated.status, validated.headers['cache-status'], String(validated.body)]).toEqual([
      ...[200, 'halftone; fwd=stale; fwd-status=304', 'whole'],
    ])
    expect([hit.did, hit.headers['x-news'], String(hit.body)]).toEqual(['hit', 'true', 'whole'])
  })

  test('is updated by the answer to HEAD, or goes if that is about another version (9111 4.3.5)', async () => {
    site.origin.answer = answers(
      { headers: { etag: '"a"', 'cache-control': 'max-age=60' } },
      { headers: { etag: '"a"', 'cache-control': 'max-age=60', 'x-news': 'yes' } },
      { headers: { etag: '"b"', 'cache-control': 'max-age=60' } },
    )
    await site.ask()
    site.pass(61)
    expect((await site.ask({ method: 'HEAD' })).did).toBe('fwd=stale')
    const updated = await site.ask()
    expect([updated.did, updated.headers['x-news'], String(updated.body)]).toEqual(['hit', 'yes', 'body 1'])
    site.pass(61)
    await site.ask({ method: 'HEAD' })
    expect((await site.ask()).did).toBe('fwd=uri-miss')
  })

  test('is kept for each kind of request that Vary tells apart', async () => {
    site.origin.answer = (req, res) => {
      res.writeHead(200, { vary: 'Accept-Language', 'cache-control': 'max-age=60' })
      res.end(req.headers['accept-language'])
    }
    for (const language of ['de', 'fr', 'en']) await site.ask({ headers: { 'accept-language': language } })
    const again = await Promise.all(
      ['en', 'de', 'fr'].map((language) => site.ask({ headers: { 'accept-language': language } })),
    )
    expect(again.map(({ did, body }) => `${did} ${body}`)).toEqual(['hit en', 'hit de', 'hit fr'])
  })

  test('may be an error that states a lifetime, or one of those that seldom change (9110 15.1)', async () => {
    site.origin.answer = answers(
      { status: 500, ...fresh },
      { status: 404, headers: { 'last-modified': 'Fri, 01 May 2026 11:00:00 GMT' } },
      { status: 403 },
    )
    for (const [path, did] of [
      ['/fails', 'hit'],
      ['/missing', 'hit'],
      ['/barred', 'fwd=uri-miss'],
    ] as const) {
      const { status } = await site.ask({ path })
      expect(await site.ask({ path })).toMatchObject({ did, status })
    }
  })

  test('survives in the disk what the memory forgets', async () => {
    site.origin.answer = answers(fresh)
    await site.ask()
    await site.forgetMemory()
    expect(await site.ask()).toMatchObject({ did: 'hit', status: 200 })
  })
})

test('a cookie that comes with a confirmation is for the one who asked, and for nobody else', async () => {
  site.origin.answer = (req, res) => {
    const headers = {
      etag: '"1"',
      'cache-control': 'no-cache',
      'set-cookie': [`of=${req.headers.cookie}`, 'b=2'],
    }
    res.writeHead(req.headers['if-none-match'] === '"1"' ? 304 : 200, headers).end()
  }
  await site.ask()
  const asked = ['ann', 'bob'].map((cookie) => site.ask({ headers: { cookie } }))
  const cookies = (await Promise.all(asked)).map(({ headers }) => headers['set-cookie'])
  expect(cookies).toEqual([
    ['of=ann', 'b=2'],
    ['of=bob', 'b=2'],
  ])
})

describe('a change (9111 4.4)', () => {
  test.each<[string, Asked, number, Record<string, string>, string]>([
    ['ends what is stored', { method: 'POST' }, 200, {}, 'fwd=uri-miss'],
    ['with any unsafe method', { method: 'M-SEARCH' }, 204, {}, 'fwd=uri-miss'],
    ['that failed ends nothing', { method: 'POST' }, 500, {}, 'hit'],
    ['that is none ends nothing', { method: 'OPTIONS' }, 200, {}, 'hit'],
    ['elsewhere ends nothing', { method: 'POST', path: '/other' }, 200, {}, 'hit'],
    [
      'elsewhere, with a Location here',
      { method: 'POST', path: '/other' },
      201,
      { location: '/' },
      'fwd=uri-miss',
    ],
    [
      'elsewhere, with a Content-Location here',
      { method: 'PUT', path: '/other' },
      200,
      { 'content-location': 'http://shop.test/' },
      'fwd=uri-miss',
    ],
    [
      'elsewhere, with a Location of another host',
      { method: 'POST', path: '/other' },
      201,
      { location: 'http://blog.test/' },
      'hit',
    ],
  ])('%s', async (_, change, status, headers, did) => {
    site.origin.answer = (req, res) => {
      if (req.method === 'GET') res.writeHead(200, { 'cache-control': 'max-age=60' })
      else res.writeHead(status, headers)
      res.end(status === 204 ? undefined : 'x')
    }
    await site.ask()
    await site.ask({ ...(change.method === 'OPTIONS' ? {} : { body: 'change' }), ...change })
    expect((await site.ask()).did).toBe(did)
  })

  test.each(['DELETE', 'OPTIONS', 'PATCH'])(
    'by %s without a body is the origin’s to answer',
    async (method) => {
      site.origin.answer = (req, res) =>
        void res.writeHead(200, { 'cache-control': 'max-age=60' }).end(`to ${req.method}`)
      await site.ask()
      expect(String((await site.ask({ method })).body)).toBe(`to ${method}`)
    },
  )

  test('is not undone by an answer that was on its way', async () => {
    let let_go = () => {}
    site.origin.answer = (req, res) => {
      if (req.method === 'POST') return void res.end()
      res.writeHead(200, { 'cache-control': 'max-age=60', 'content-length': '3' })
      res.write('o')
      let_go = () => void res.end('ld')
    }
    const [slow] = (await once(site.send(), 'response')) as [IncomingMessage]
    await site.ask({ method: 'POST' })
    let_go()
    slow.resume()
    await once(slow, 'end')
    await site.cache.idle()
    site.origin.answer = answers(fresh)
    expect((await site.ask()).did).toBe('fwd=uri-miss')
  })
})

describe('an origin that fails', () => {
  const broken: Handler = (_, res) => void res.socket?.destroy()
  const busy: Handler = (_, res) => void res.writeHead(503).end('busy')
  test.each<[string, string, Handler, number]>([
    ['away: what is stored stands in', 'max-age=60', broken, 200],
    ['away, and must-revalidate', 'max-age=60, must-revalidate', broken, 502],
    ['away, and s-maxage', 's-maxage=60', broken, 502],
    ['says so: that is passed on', 'max-age=60', busy, 503],
    ['says so, and stale-if-error', 'max-age=60, stale-if-error=60', busy, 200],
  ])('%s', async (_, control, failing, status) => {
    site.origin.answer = answers({ headers: { 'cache-control': control } })
    await site.ask()
    site.pass(70)
    site.origin.answer = failing
    const answer = await site.ask()
    expect(answer.status).toBe(status)
    if (status === 200) expect(answer.headers['cache-status']).toMatch(/hit; ttl=-10; detail=stale-if-error$/)
  })

  test('and nothing is stored: only-if-cached asks nobody', async () => {
    const { status } = await site.ask({ headers: { 'cache-control': 'only-if-cached' } })
    expect([status, site.origin.seen.length]).toEqual([504, 0])
  })
})

describe('a revalidation in the background (5861 3)', () => {
  test('is one, says nothing of us, and brings the new answer', async () => {
    site.origin.answer = answers({
      headers: { 'cache-control': 'max-age=60, stale-while-revalidate=60', etag: '"a"' },
    })
    await site.ask()
    site.pass(61)
    const asked = Promise.withResolvers<void>()
    site.origin.answer = (_, res) =>
      void asked.promise.then(() => res.writeHead(200, fresh.headers).end('body 2'))
    const stale = await Promise.all([site.ask({ headers: { pragma: 'x' } }), site.ask(), site.ask()])
    expect(stale.map(({ body }) => String(body))).toEqual(['body 1', 'body 1', 'body 1'])
    asked.resolve()
    await site.cache.idle()
    expect(site.origin.seen).toHaveLength(2)
    const names = Object.keys(site.origin.seen[1]?.headers ?? {}).sort()
    expect(names).toEqual([
      ...['connection', 'forwarded', 'host', 'if-none-match', 'via', 'x-forwarded-for', 'x-forwarded-host'],
      'x-forwarded-proto',
    ])
    expect(await site.ask()).toMatchObject({ did: 'hit', body: Buffer.from('body 2') })
  })
})

describe('many who ask for the same at once', () => {
  async function atOnce(count: number, handler: Handler, asked: (at: number) => Asked = () => ({})) {
    site.origin.answer = handler
    return Promise.all(Array.from({ length: count }, (_, at) => site.ask(asked(at))))
  }

  test('share one answer that is for all', async () => {
    const all = await atOnce(20, (_, res) => {
      res.writeHead(200, { 'cache-control': 'max-age=60' })
      res.write('one ')
      setImmediate(() => res.end('body'))
    })
    expect(new Set(all.map(({ body }) => String(body)))).toEqual(new Set(['one body']))
    expect(site.origin.seen).toHaveLength(1)
    const did = all.map(({ headers }) => String(headers['cache-status']).replace(/ttl=\d+/, ''))
    expect(did.filter((each) => /collapsed|hit/.test(each))).toHaveLength(19)
  })

  test('get no cookie of another', async () => {
    const all = await atOnce(
      6,
      answers({ headers: { 'cache-control': 'max-age=60', 'set-cookie': 'own=1' } }),
    )
    const set = all.filter(({ headers }) => headers['set-cookie'] !== undefined)
    expect(set).toHaveLength(site.origin.seen.length)
  })

  test.each<[string, Record<string, string>]>([
    ['is private', { 'cache-control': 'private, max-age=60' }],
    ['is not to be stored', { 'cache-control': 'no-store' }],
    ['says nothing', {}],
    ['is fresh for no time', { 'cache-control': 'max-age=0', etag: '"a"' }],
  ])('get an answer each where it %s', async (_, headers) => {
    const all = await atOnce(6, answers({ headers }))
    expect(new Set(all.map(({ body }) => String(body))).size).toBe(6)
  })

  test('get an answer each where they have signed in', async () => {
    const all = await atOnce(4, answers({ headers: { 'cache-control': 'max-age=60' } }), (at) => ({
      headers: { authorization: `Bearer ${at}` },
    }))
    expect(new Set(all.map(({ body }) => String(body))).size).toBe(4)
  })

  test('get what is theirs where it varies', async () => {
    const handler: Handler = (req, res) => {
      res.writeHead(200, { 'cache-control': 'max-age=60', vary: 'X-A' })
      res.end(req.headers['x-a'])
    }
    const all = await atOnce(8, handler, (at) => ({ headers: { 'x-a': String(at % 2) } }))
    expect(all.map(({ body }) => String(body))).toEqual(['0', '1', '0', '1', '0', '1', '0', '1'])
  })
})

describe('a long body', () => {
  const whole = Buffer.alloc(2.5 * partBytes)
  for (let at = 0; at < whole.length; at += 4) whole.writeUInt32LE(at, at)
  const film: Handler = (req, res) => {
    const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(req.headers.range ?? '') ?? []
    const headers = { etag: '"film"', 'cache-control': 'max-age=60' }
    if (first === undefined)
      return void res.writeHead(200, { ...headers, 'content-length': whole.length }).end(whole)
    const end = last === '' ? whole.length - 1 : Number(last)
    res.writeHead(206, { ...headers, 'content-range': `bytes ${first}-${end}/${whole.length}` })
    res.end(whole.subarray(Number(first), end + 1))
  }
  const partOf = (first: number, last: number): Asked => ({ headers: { range: `bytes=${first}-${last}` } })

  test('is stored in parts while it is sent, and served from them, whole and in ranges', async () => {
    site.origin.answer = film
    expect((await site.ask()).body.equals(whole)).toBe(true)
    await site.cache.idle()
    const again = await site.ask()
    expect([again.did, again.headers['content-length'], again.body.equals(whole)]).toEqual([
      ...['hit', String(whole.length), true],
    ])
    const part = await site.ask(partOf(partBytes - 5, partBytes + 4))
    expect([part.did, part.status, part.headers['content-range']]).toEqual([
      ...['hit', 206, `bytes ${partBytes - 5}-${partBytes + 4}/${whole.length}`],
    ])
    expect(part.body.equals(whole.subarray(partBytes - 5, partBytes + 5))).toBe(true)
    expect(site.origin.seen).toHaveLength(1)
  })

  test('lies on disk alone where it is large for the memory', async () => {
    await site.close()
    site = await aSite({ memoryBytes: 4e6 })
    site.origin.answer = film
    await site.ask()
    await site.cache.idle()
    expect(site.memory.size().bytes).toBeLessThan(20_000)
    expect((await site.ask()).body.equals(whole)).toBe(true)
    expect(site.origin.seen).toHaveLength(1)
  })

  test('is joined from parts that came one by one (9111 3.4), and what is missing is asked for alone', async () => {
    site.origin.answer = film
    await site.ask(partOf(0, 99))
    await site.cache.idle()
    expect((await site.ask(partOf(10, 19))).did).toBe('hit')
    await site.ask(partOf(200, 299))
    await site.cache.idle()
    const joined = await site.ask(partOf(50, 249))
    expect(joined.body.equals(whole.subarray(50, 250))).toBe(true)
    expect(site.origin.seen.at(-1)?.headers).toMatchObject({ range: 'bytes=100-199', 'if-range': '"film"' })
    await site.cache.idle()
    expect((await site.ask(partOf(0, 299))).did).toBe('hit')
    const all = await site.ask()
    expect(all.body.equals(whole)).toBe(true)
    expect(site.origin.seen.at(-1)?.headers.range).toBe('bytes=300-')
    await site.cache.idle()
    expect((await site.ask()).did).toBe('hit')
  })

  test('of which only a part is stored is whole also after it was found to be unchanged', async () => {
    site.origin.answer = (req, res) => {
      if (req.headers['if-none-match'] !== '"film"') return film(req, res)
      res.writeHead(304, { etag: '"film"', 'cache-control': 'max-age=60' }).end()
    }
    await site.ask(partOf(0, 99))
    await site.cache.idle()
    site.clock.now += 61_000
    expect((await site.ask()).body.equals(whole)).toBe(true)
    expect(site.origin.seen.at(-1)?.headers.range).toBe('bytes=100-')
  })

  test('of another version joins nothing', async () => {
    site.origin.answer = film
    await site.ask(partOf(0, 99))
    await site.cache.idle()
    site.origin.answer = (_, res) => {
      res.writeHead(200, { etag: '"new"', 'cache-control': 'max-age=60' })
      res.end('quite another')
    }
    expect(String((await site.ask()).body)).toBe('quite another')
    expect(String((await site.ask()).body)).toBe('quite another')
  })

  test('whose parts were forgotten is fetched again', async () => {
    site.origin.answer = film
    await site.ask()
    await site.cache.idle()
    site.store.part = async () => undefined
    expect((await site.ask()).body.equals(whole)).toBe(true)
    expect(site.origin.seen).toHaveLength(2)
  })
})

describe('sites share nothing', () => {
  test('neither addresses, nor changes, nor keys, nor purges', async () => {
    const keyed = { headers: { 'cache-control': 'max-age=60', 'surrogate-key': 'one' } }
    site.origin.answer = answers({ ...keyed, body: 'shop' })
    site.other.answer = answers({ ...keyed, body: 'blog' })
    const both = async () =>
      (await Promise.all(['shop.test', 'blog.test'].map((host) => site.ask({ host })))).map(
        ({ did, body }) => `${did} ${body}`,
      )
    expect(await both()).toEqual(['fwd=uri-miss shop', 'fwd=uri-miss blog'])
    expect(await both()).toEqual(['hit shop', 'hit blog'])
    site.pass(1)
    await site.purge({ target: { kind: 'key', value: 'site:shop:one' }, isSoft: false })
    expect(await both()).toEqual(['fwd=uri-miss shop', 'hit blog'])
  })

  test.each<[string, Parameters<SiteStack['purge']>[0]['target'], string]>([
    ['address', { kind: 'address', value: '//shop.test/a' }, 'fwd=uri-miss'],
    ['another address', { kind: 'address', value: '//shop.test/b' }, 'hit'],
    ['prefix', { kind: 'prefix', value: '//shop.test/' }, 'fwd=uri-miss'],
    ['site', { kind: 'key', value: 'site:shop' }, 'fwd=uri-miss'],
    ['another site', { kind: 'key', value: 'site:blog' }, 'hit'],
    ['everything', { kind: 'everything' }, 'fwd=uri-miss'],
  ])('a purge by %s', async (_, target, did) => {
    site.origin.answer = answers(fresh)
    await site.ask({ path: '/a' })
    site.pass(1)
    await site.purge({ target, isSoft: false })
    expect((await site.ask({ path: '/a' })).did).toBe(did)
  })

  test('a soft purge makes it stale', async () => {
    site.origin.answer = answers(fresh)
    await site.ask()
    site.pass(1)
    await site.purge({ target: { kind: 'everything' }, isSoft: true })
    expect((await site.ask()).did).toBe('fwd=request')
  })

  test('a host of nobody is refused', async () => {
    const nobody = await site.ask({ host: 'unknown.test' })
    expect([nobody.status, JSON.parse(String(nobody.body)).type]).toEqual([
      421,
      expect.stringContaining('unknown-host'),
    ])
    expect(String((await site.ask({ host: 'own.test' })).body)).toBe('our own')
  })
})
