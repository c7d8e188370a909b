import { describe, expect, test, vi } from 'vitest'
import { createMemoryStore } from '../../cache/memory.ts'
import { Failure } from '../../errors.ts'
import { problemAnswer } from '../../problem.ts'
import { aCache, answering, bodyOf, heldBack, told } from './engine.ts'
import { anAnswer, anEntry, times } from './entries.ts'

const keeping = 'max-age=60, stale-while-revalidate=30, stale-if-error=600'
const picture = (headers = {}, body = 'meow') => anAnswer({ 'cache-control': keeping, ...headers }, body)
const broken = problemAnswer(new Failure('source-failed', 'The source failed.'))

describe('hits', () => {
  test('the second ask is answered from the store', async () => {
    const cache = aCache({ upstream: answering(picture()) })
    expect(told(await cache.get())).toBe('cache; fwd=uri-miss; stored')
    cache.forward(20)
    const hit = await cache.get()
    expect([told(hit), hit.headers.age, bodyOf(hit)]).toEqual(['cache; hit; ttl=40', '20', 'meow'])
    expect([cache.asked.length, cache.outcomes]).toEqual([1, ['uri-miss', 'hit']])
  })

  test('a miss passes upstream members on; a hit tells of this exchange only', async () => {
    const upstream = answering(
      picture({
        'cache-status': 'shield; hit; ttl=50',
        age: '10',
        'server-timing': 'render;dur=9',
        connection: 'x-hop',
        'x-hop': '1',
      }),
    )
    const cache = aCache({ upstream })
    expect(told(await cache.get())).toBe('shield; hit; ttl=50, cache; fwd=uri-miss; stored')
    const { headers } = await cache.get()
    expect(headers).toMatchObject({ 'cache-status': 'cache; hit; ttl=50', age: '10' })
    for (const gone of ['server-timing', 'connection', 'x-hop']) expect(headers).not.toHaveProperty(gone)
  })

  test('an answer without a date gets the moment it was received (RFC 9110 6.6.1)', async () => {
    const cache = aCache()
    await cache.get()
    expect((await cache.get()).headers.date).toBe('Sun, 01 Mar 2026 12:00:00 GMT')
  })

  test('the tier in front is answered 304 when it has the same picture (RFC 9111 4.3.2)', async () => {
    const cache = aCache({ upstream: answering(picture()) })
    const first = await cache.get({ 'if-none-match': '"cat"' })
    const second = await cache.get({ 'if-none-match': '"cat"' })
    expect([first.status, second.status, second.body.length]).toEqual([304, 304, 0])
    expect([told(second), second.headers['cache-control']]).toEqual(['cache; hit; ttl=60', keeping])
    expect(cache.asked[0]?.headers).not.toHaveProperty('if-none-match')
  })

  test('only the request id, the priority and the wish for a fresh answer are asked on', async () => {
    const cache = aCache()
    const onward = { 'request-id': 'r1', priority: 'u=2', 'cache-control': 'min-fresh=0' }
    await cache.get({ ...onward, accept: 'image/*', range: 'bytes=0-1' })
    expect(cache.asked[0]?.headers).toEqual(onward)
  })
})

describe('stale while one revalidates (RFC 5861 3)', () => {
  test('fifty get the stale picture at once, upstream is asked once, unhurried', async () => {
    const cache = aCache({ upstream: answering(picture()) })
    await cache.get()
    cache.forward(70)
    cache.upstream(answering(picture({}, 'purr')))
    const answers = await Promise.all(times(50, () => cache.get({ 'request-id': 'r2' })))
    expect(answers.map(told)).toEqual(times(50, () => 'cache; hit; ttl=-10'))
    expect(answers.map(bodyOf)).toEqual(times(50, () => 'meow'))
    await cache.idle()
    expect(cache.asked[1]?.headers).toEqual({
      priority: 'u=6',
      'cache-control': 'min-fresh=0',
      'if-none-match': '"cat"',
      'request-id': 'r2',
    })
    expect([bodyOf(await cache.get()), cache.asked.length]).toEqual(['purr', 2])
  })

  test('while upstream fails, it is not asked again by every request', async () => {
    const cache = aCache({ upstream: answering(picture()) })
    await cache.get()
    cache.forward(70)
    cache.upstream(answering(broken))
    for (const _ of times(5, String)) {
      expect(told(await cache.get())).toBe('cache; hit; ttl=-10')
      await cache.idle()
    }
    expect(cache.asked.length).toBe(2)
    cache.forward(6)
    await cache.get()
    await cache.idle()
    expect(cache.asked.length).toBe(3)
  })
})

describe('an ask for a fresh answer (RFC 9111 5.2.1.3)', () => {
  const fresh = { 'cache-control': 'min-fresh=0' }

  test('is not answered with a stale one: upstream is asked, in the same words', async () => {
    const cache = aCache({ upstream: answering(picture()) })
    await cache.get()
    cache.forward(70)
    cache.upstream(answering(picture({}, 'purr')))
    expect(bodyOf(await cache.get(fresh))).toBe('purr')
    expect(cache.asked[1]?.headers['cache-control']).toBe('min-fresh=0')
  })

  test('is answered with what is fresh', async () => {
    const cache = aCache({ upstream: answering(picture()) })
    await cache.get()
    cache.forward(59)
    expect(told(await cache.get(fresh))).toBe('cache; hit; ttl=1')
    expect(told(await cache.get({ 'cache-control': 'min-fresh=10' }))).toBe('cache; fwd=stale; stored')
  })

  test('is not content with a stale answer that another ask was content with', async () => {
    const { tier, release } = heldBack(picture({ age: '70' }))
    const cache = aCache({ upstream: tier })
    const plain = cache.get()
    await expect.poll(() => cache.asked.length, { interval: 1 }).toBe(1)
    const demanding = cache.get(fresh)
    cache.upstream(answering(picture({}, 'purr')))
    release()
    expect([bodyOf(await plain), bodyOf(await demanding)]).toEqual(['meow', 'purr'])
    await cache.idle()
    expect(cache.asked.length).toBe(2)
  })

  test('gets the stale one where upstream fails', async () => {
    const cache = aCache({ upstream: answering(picture()) })
    await cache.get()
    cache.forward(70)
    cache.upstream(answering(broken))
    expect(told(await cache.get(fresh))).toBe('cache; hit; ttl=-10; detail=stale-if-error')
  })
})

describe('revalidation (RFC 9111 4.3)', () => {
  const confirmed = {
    status: 304,
    headers: { etag: '"cat"', 'cache-control': 'max-age=10', 'x-new': '1', 'content-length': '0' },
    body: Buffer.alloc(0),
  }

  test('a 304 renews the entry: times and headers, not the body', async () => {
    const cache = aCache({ upstream: answering(picture({ 'content-length': '4' })) })
    const before = await cache.get()
    cache.forward(95)
    cache.upstream(answering(confirmed))
    const renewed = await cache.get()
    expect([renewed.status, told(renewed)]).toEqual([200, 'cache; fwd=stale; fwd-status=304'])
    expect(renewed.body.buffer).toBe((await cache.get()).body.buffer)
    expect(bodyOf(renewed)).toBe(bodyOf(before))
    cache.forward(4)
    const hit = await cache.get()
    expect([told(hit), hit.headers.age]).toEqual(['cache; hit; ttl=6', '4'])
    expect(hit.headers).toMatchObject({ 'cache-control': 'max-age=10', 'x-new': '1', 'content-length': '4' })
    expect(cache.outcomes).toEqual(['uri-miss', 'revalidated', 'hit', 'hit'])
  })

  test('no-cache is stored, and asked about every time', async () => {
    const cache = aCache({ upstream: answering(picture({ 'cache-control': 'no-cache' })) })
    await cache.get()
    cache.upstream(answering({ ...confirmed, headers: { etag: '"cat"' } }))
    expect([told(await cache.get()), told(await cache.get())]).toEqual(
      times(2, () => 'cache; fwd=stale; fwd-status=304'),
    )
  })

  test('If-Modified-Since where there is no tag', async () => {
    const modified = 'Sun, 01 Mar 2026 10:00:00 GMT'
    const { etag: _, ...headers } = picture({ 'last-modified': modified }).headers
    const cache = aCache({ upstream: answering({ ...picture(), headers }) })
    await cache.get()
    cache.forward(95)
    await cache.get()
    expect(cache.asked[1]?.headers).toEqual({ 'if-modified-since': modified })
  })

  test('a 304 about another version is not believed: the whole is asked for (RFC 9111 4.3.4)', async () => {
    const cache = aCache({ upstream: answering(picture()) })
    await cache.get()
    cache.forward(95)
    cache.upstream(async ({ headers }) =>
      headers['if-none-match']
        ? { ...confirmed, headers: { etag: '"dog"' } }
        : picture({ etag: '"dog"' }, 'woof'),
    )
    expect(bodyOf(await cache.get())).toBe('woof')
  })

  test('a tag that was weakened on the way is still the same', async () => {
    const cache = aCache({ upstream: answering(picture()) })
    await cache.get()
    cache.forward(95)
    cache.upstream(answering({ ...confirmed, headers: { etag: 'W/"cat"' } }))
    expect([bodyOf(await cache.get()), cache.asked.length]).toEqual(['meow', 2])
  })

  test('a 304 that nobody asked for is a failure of upstream', async () => {
    const cache = aCache({ upstream: answering(confirmed) })
    expect((await cache.get()).status).toBe(502)
  })

  test('an answer that may not be kept takes the old entry with it', async () => {
    const cache = aCache({ upstream: answering(picture()) })
    await cache.get()
    cache.forward(95)
    cache.upstream(answering(picture({ 'cache-control': 'no-store' }, 'secret')))
    expect([bodyOf(await cache.get()), told(await cache.get())]).toEqual(['secret', 'cache; fwd=uri-miss'])
  })
})

describe('when upstream fails (RFC 5861 4)', () => {
  test.each([
    ['answers 502', answering(broken)],
    ['answers 429', answering(problemAnswer(new Failure('too-many', 'Too much.')))],
    ['answers 500', answering(anAnswer({}, 'oops', 500))],
    [
      'answers that the source lets nobody in',
      answering(problemAnswer(new Failure('source-refused', 'Not now.'))),
    ],
    ['rejects', async () => Promise.reject(new Error('secret path'))],
    [
      'throws',
      () => {
        throw new Error('secret path')
      },
    ],
  ])('upstream %s: the stale picture is served, and kept', async (_, failing) => {
    const cache = aCache({ upstream: answering(picture()) })
    await cache.get()
    cache.forward(100)
    cache.upstream(failing)
    const answers = [await cache.get(), await cache.get()]
    expect(answers.map(bodyOf)).toEqual(['meow', 'meow'])
    expect(answers.map(told)).toEqual(times(2, () => 'cache; hit; ttl=-40; detail=stale-if-error'))
    expect(cache.outcomes.filter((outcome) => outcome !== 'upstream-threw')).toEqual([
      'uri-miss',
      'stale-if-error',
      'stale-if-error',
    ])
    cache.forward(30)
    cache.upstream(answering(picture({}, 'purr')))
    expect(bodyOf(await cache.get())).toBe('purr')
  })

  test('for a moment the others do not wait to find out the same', async () => {
    const cache = aCache({ upstream: answering(picture()) })
    await cache.get()
    cache.forward(100)
    cache.upstream(answering(broken))
    for (const _ of times(10, String)) await cache.get()
    expect(cache.asked.length).toBe(2)
    cache.forward(5)
    await cache.get()
    expect(cache.asked.length).toBe(3)
  })

  test('past its window the failure is told', async () => {
    const cache = aCache({ upstream: answering(picture()) })
    await cache.get()
    cache.forward(700)
    cache.upstream(answering(broken))
    expect((await cache.get()).status).toBe(502)
  })

  test('what was thrown is for the log, not for the client', async () => {
    const cache = aCache({ upstream: async () => Promise.reject(new Error('secret path')) })
    const answer = await cache.get()
    expect([answer.status, bodyOf(answer).includes('secret')]).toEqual([502, false])
    expect(cache.outcomes).toEqual(['upstream-threw', 'failed'])
  })

  test('a problem that says how long is kept that long; one that does not, is not', async () => {
    const missing = problemAnswer(new Failure('source-missing', 'It is not there.'))
    const cache = aCache({ upstream: answering(missing) })
    expect(told(await cache.get())).toBe('cache; fwd=uri-miss; stored')
    cache.forward(29)
    expect([(await cache.get()).status, told(await cache.get())]).toEqual([404, 'cache; hit; ttl=1'])
    const busy = aCache({ upstream: answering(problemAnswer(new Failure('busy', 'Too much.'))) })
    expect([told(await busy.get()), told(await busy.get())]).toEqual(times(2, () => 'cache; fwd=uri-miss'))
  })

  test.each([
    ['seconds', '90'],
    ['a date', 'Sun, 01 Mar 2026 12:03:10 GMT'],
  ])('and says in %s when to come back, it is not asked before (RFC 9110 10.2.3)', async (_, field) => {
    const cache = aCache({ upstream: answering(picture()) })
    await cache.get()
    cache.forward(100)
    cache.upstream(answering({ ...broken, headers: { ...broken.headers, 'retry-after': field } }))
    const visits: number[] = []
    for (const seconds of [0, 60, 29, 2]) {
      cache.forward(seconds)
      await cache.get()
      visits.push(cache.asked.length)
    }
    expect(visits).toEqual([2, 2, 2, 3])
  })

  test('an hour is the longest that upstream is left alone', async () => {
    const long = picture({ 'cache-control': 'max-age=60, stale-if-error=100000' })
    const cache = aCache({ upstream: answering(long) })
    await cache.get()
    cache.forward(100)
    cache.upstream(answering({ ...broken, headers: { ...broken.headers, 'retry-after': '86400' } }))
    await cache.get()
    cache.forward(3601)
    await cache.get()
    expect(cache.asked.length).toBe(3)
  })

  test('an error that is kept tells what is left of its Retry-After', async () => {
    const details = { retryAfterSeconds: 100, keepSeconds: 100 }
    const cache = aCache({ upstream: answering(problemAnswer(new Failure('source-failed', 'No.', details))) })
    await cache.get()
    cache.forward(40)
    const { headers } = await cache.get()
    expect([headers['retry-after'], headers.age, cache.asked.length]).toEqual(['60', '40', 1])
  })

  test('a source that is gone is gone: a 404 replaces the picture', async () => {
    const cache = aCache({ upstream: answering(picture()) })
    await cache.get()
    cache.forward(100)
    cache.upstream(answering(problemAnswer(new Failure('source-missing', 'It is not there.'))))
    expect([(await cache.get()).status, (await cache.get()).status]).toEqual([404, 404])
  })

  test('upstream is late and does not listen: 504 at the deadline of the flight', async () => {
    vi.useFakeTimers()
    const cache = aCache({ upstream: () => new Promise(() => {}), flightMs: 3000 })
    const waiters = times(3, () => cache.get())
    await vi.advanceTimersByTimeAsync(3000)
    expect((await Promise.all(waiters)).map(({ status }) => status)).toEqual([504, 504, 504])
    vi.useRealTimers()
  })
})

describe('collapsing', () => {
  test('fifty asks for one picture make one trip', async () => {
    const { tier, release } = heldBack(picture())
    const cache = aCache({ upstream: tier })
    const asks = times(50, () => cache.get())
    release()
    const members = (await Promise.all(asks)).map(told)
    expect(members).toEqual(times(50, (i) => `cache; fwd=uri-miss; stored${i > 0 ? '; collapsed' : ''}`))
    expect(cache.asked.length).toBe(1)
  })

  test.each([
    ['private', 'private, max-age=60'],
    ['no-store', 'no-store'],
  ])('%s: an answer for one reader is not shared', async (_, control) => {
    let served = 0
    const cache = aCache({ upstream: async () => picture({ 'cache-control': control }, String(++served)) })
    const answers = await Promise.all(times(5, () => cache.get()))
    expect(new Set(answers.map(bodyOf)).size).toBe(5)
  })

  test('a cookie is for the one whose ask it answered: not for those who waited, and not for those who come later', async () => {
    const greeting = { ...picture({ 'cache-control': 'max-age=60' }), setCookie: ['a=1', 'b=2'] }
    const cache = aCache({ upstream: answering(greeting) })
    const answers = await Promise.all(times(3, () => cache.get()))
    expect(answers.map(({ setCookie }) => setCookie)).toEqual([['a=1', 'b=2'], undefined, undefined])
    expect([(await cache.get()).setCookie, cache.asked.length]).toEqual([undefined, 1])
  })

  test('an answer with a cookie that is not stored is not shared', async () => {
    let served = 0
    const greeting = () => ({
      ...picture({ 'cache-control': 'public' }, String(++served)),
      setCookie: ['a=1'],
    })
    const cache = aCache({ upstream: async () => greeting() })
    const answers = await Promise.all(times(5, () => cache.get()))
    expect(new Set(answers.map(bodyOf)).size).toBe(5)
  })

  test('a 304 may set a cookie', async () => {
    const cache = aCache({ upstream: answering(picture({ 'cache-control': 'max-age=60' })) })
    await cache.get()
    cache.forward(100)
    cache.upstream(answering({ ...picture({}, ''), status: 304, setCookie: ['a=1'] }))
    const { status, setCookie } = await cache.get()
    expect([status, setCookie]).toEqual([200, ['a=1']])
  })

  test('that nothing could be made is the same news for all who waited', async () => {
    const cache = aCache({ upstream: answering(problemAnswer(new Failure('busy', 'Too much.'))) })
    const answers = await Promise.all(times(50, () => cache.get()))
    expect(answers.map(({ status }) => status)).toEqual(times(50, () => 503))
    expect(cache.asked.length).toBe(1)
  })

  test('an impatient client is told 499, and the others get the picture', async () => {
    const { tier, release } = heldBack(picture())
    const cache = aCache({ upstream: tier })
    const impatient = new AbortController()
    const first = cache.get({}, { signal: impatient.signal })
    const second = cache.get()
    await expect.poll(() => cache.asked.length, { interval: 1 }).toBe(1)
    impatient.abort()
    expect((await first).status).toBe(499)
    release()
    expect([bodyOf(await second), cache.outcomes]).toEqual(['meow', ['abandoned', 'collapsed']])
  })

  test('when all have left, upstream is told to stop', async () => {
    const { tier } = heldBack(picture())
    const cache = aCache({ upstream: tier })
    const leaving = new AbortController()
    const asks = times(3, () => cache.get({}, { signal: leaving.signal }))
    await expect.poll(() => cache.asked.length, { interval: 1 }).toBe(1)
    leaving.abort()
    expect((await Promise.all(asks)).map(({ status }) => status)).toEqual([499, 499, 499])
    expect(cache.asked[0]?.signal.aborted).toBe(true)
    await cache.idle()
  })
})

describe('the store', () => {
  test('is looked into again when a flight starts: an earlier one may have landed just before', async () => {
    const inner = createMemoryStore({ maxBytes: 1e6 })
    let looks = 0
    const store = { ...inner, get: async (key: string) => (++looks === 2 ? anEntry({ key }) : undefined) }
    const cache = aCache({ store })
    expect(told(await cache.get())).toBe('cache; hit; ttl=60')
    expect(cache.asked.length).toBe(0)
  })

  test('that fails costs its picture, never an answer', async () => {
    const failing = async () => Promise.reject(new Error('EIO'))
    const size = () => ({ bytes: 0, entries: 0 })
    const store = { get: failing, put: failing, delete: failing, size, close: async () => {} }
    const cache = aCache({ upstream: answering(picture()), store })
    expect([bodyOf(await cache.get()), bodyOf(await cache.get())]).toEqual(['meow', 'meow'])
    await cache.idle()
    expect(cache.outcomes).toContain('store-failed')
  })

  test('a source that says nothing is kept for the time assumed', async () => {
    const cache = aCache({ upstream: answering(anAnswer()), defaults: { defaultFreshSeconds: 300 } })
    await cache.get()
    expect(told(await cache.get())).toBe('cache; hit; ttl=300')
  })
})
