// Answers of sites: keyed by host and path, and by what they say to vary by (RFC 9111 4.1).
import { expect, test } from 'vitest'
import { createMemoryStore } from '../../cache/memory.ts'
import type { Answer, Ask, Headers } from '../../tier.ts'
import { aCache, bodyOf, heldBack, told } from './engine.ts'
import { anAnswer, times } from './entries.ts'

const site: Partial<Ask> = { host: 'shop.example', path: '/page' }
const control = { 'cache-control': 'max-age=60' }
const german = { 'accept-language': 'de' }
const english = { 'accept-language': 'en' }

/** A page in the language that was asked for. */
const translated = async ({ headers }: Ask): Promise<Answer> =>
  anAnswer({ ...control, vary: 'Accept-Language' }, headers['accept-language'] ?? 'none')

const asked = (cache: ReturnType<typeof aCache>, headers: Headers = {}, changes: Partial<Ask> = {}) =>
  cache.get(headers, { ...site, ...changes })

test('each kind of request has its own answer, and finds it again', async () => {
  const cache = aCache({ upstream: translated })
  for (const headers of [german, english, {}, german, english, {}]) {
    const body = bodyOf(await asked(cache, headers))
    expect(body).toBe(headers['accept-language' as keyof typeof headers] ?? 'none')
  }
  expect([cache.asked.length, cache.outcomes]).toEqual([
    3,
    ['uri-miss', 'vary-miss', 'vary-miss', 'hit', 'hit', 'hit'],
  ])
})

test('RFC 9211 2.2: the second kind is a vary-miss', async () => {
  const cache = aCache({ upstream: translated })
  await asked(cache, german)
  expect(told(await asked(cache, english))).toBe('cache; fwd=vary-miss; stored')
})

test('sites, and pictures of the same path, share nothing', async () => {
  let served = 0
  const cache = aCache({ upstream: async () => anAnswer(control, String(++served)) })
  const hosts = [{}, { host: 'a.example' }, { host: 'b.example' }, { host: 'a.example:8080' }]
  const bodies = await Promise.all(hosts.map((host) => cache.get({}, { path: '/page', ...host })))
  expect(new Set(bodies.map(bodyOf)).size).toBe(4)
  await Promise.all(hosts.map((host) => cache.get({}, { path: '/page', ...host })))
  expect(served).toBe(4)
})

test('who waits for an answer that is for other headers asks alone', async () => {
  const gate = Promise.withResolvers<void>()
  const cache = aCache({
    upstream: async (ask) => {
      await gate.promise
      return translated(ask)
    },
  })
  const waiting = [german, english, german].map((headers) => asked(cache, headers))
  gate.resolve()
  expect((await Promise.all(waiting)).map(bodyOf)).toEqual(['de', 'en', 'de'])
  expect(cache.asked.length).toBe(2)
})

test('a stale variant is validated for itself', async () => {
  const cache = aCache({ upstream: translated })
  await asked(cache, german)
  await asked(cache, english)
  cache.forward(100)
  cache.upstream(async () => ({ status: 304, headers: { ...control }, body: Buffer.alloc(0) }))
  expect(bodyOf(await asked(cache, german))).toBe('de')
  expect(cache.asked.at(-1)?.headers).toEqual({ ...german, 'if-none-match': '"cat"' })
  expect(bodyOf(await asked(cache, german))).toBe('de')
  expect(cache.asked.length).toBe(3)
})

test('answers that vary by something else from now on are found by that', async () => {
  const cache = aCache({ upstream: translated })
  await asked(cache, german)
  cache.upstream(async () => anAnswer({ ...control, vary: 'Cookie' }, 'cookie'))
  await asked(cache, english)
  expect(bodyOf(await asked(cache, german))).toBe('cookie')
  expect(cache.asked.length).toBe(2)
})

test('what was stored for an address is gone in all its variants when it was changed', async () => {
  const cache = aCache({ upstream: translated })
  await asked(cache, german)
  await asked(cache, english)
  cache.invalidate({ host: 'shop.example', path: '/page' })
  await cache.idle()
  for (const headers of [german, english]) await asked(cache, headers)
  expect(cache.asked.length).toBe(4)
})

test('all headers of an ask to a site go on, but for the conditions that are answered here', async () => {
  const cache = aCache({ upstream: translated })
  const headers = { ...german, cookie: 'a=1', accept: '*/*' }
  await asked(cache, { ...headers, range: 'bytes=0-0', 'if-none-match': '"x"' })
  expect(cache.asked[0]).toMatchObject({ host: 'shop.example', path: '/page', headers })
  expect(Object.keys(cache.asked[0]?.headers ?? {}).sort()).toEqual(['accept', 'accept-language', 'cookie'])
})

test('an answer to credentials is stored for nobody else, and not shared', async () => {
  let served = 0
  const cache = aCache({ upstream: async () => anAnswer(control, String(++served)) })
  const authorization = 'Basic eA=='
  const answers = await Promise.all(times(3, () => asked(cache, { authorization })))
  expect(new Set(answers.map(bodyOf)).size).toBe(3)
  expect(bodyOf(await asked(cache))).toBe('4')
})

test('HEAD is answered from what GET stored; where nothing is, it asks by HEAD and stores nothing', async () => {
  const cache = aCache({ upstream: async () => anAnswer(control) })
  await asked(cache, {}, { method: 'HEAD' })
  await asked(cache)
  expect(told(await asked(cache, {}, { method: 'HEAD' }))).toBe('cache; hit; ttl=60')
  expect(cache.asked.map(({ method }) => method)).toEqual(['HEAD', undefined])
})

test('HEAD and GET at once do not share a flight', async () => {
  const { tier, release } = heldBack(anAnswer(control))
  const cache = aCache({ upstream: tier })
  const both = [asked(cache, {}, { method: 'HEAD' }), asked(cache)]
  release()
  await Promise.all(both)
  expect(cache.asked.length).toBe(2)
})

test('a picture is one entry under its path, and nothing else', async () => {
  const store = createMemoryStore({ maxBytes: 1e6 })
  const cache = aCache({ store, upstream: async () => anAnswer(control) })
  await cache.get()
  await cache.idle()
  expect(store.size().entries).toBe(1)
  expect(store.getNow('/a/cat.jpg?w=100')?.key).toBe('/a/cat.jpg?w=100')
})
