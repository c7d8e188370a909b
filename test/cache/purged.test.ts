// What a purge does to one cache.
import { describe, expect, test } from 'vitest'
import { createEpochs, createMemoryLog, type Target } from '../../purging/index.ts'
import type { Headers } from '../../tier.ts'
import { aCache, answering, bodyOf, heldBack, type Setting, told } from './engine.ts'
import { anAnswer } from './entries.ts'

const picture = (headers: Headers = {}, body = 'old') =>
  anAnswer(
    {
      'cache-control': 'max-age=60, stale-while-revalidate=30',
      'surrogate-key': 'a cat-key',
      etag: `"${body}"`,
      ...headers,
    },
    body,
  )

const address: Target = { kind: 'address', value: '/a/cat.jpg?w=100' }

async function aPurgedCache(setting: Setting = {}) {
  const log = createMemoryLog()
  const cache = aCache({ upstream: answering(picture()), ...setting, epochs: await createEpochs(log) })
  const purge = (target: Target, isSoft = false) => log.append([{ target, isSoft }])
  return { ...cache, purge }
}

describe('after a hard purge', () => {
  test.each<[string, Target]>([
    ['of its address', address],
    ['of a key that it carries', { kind: 'key', value: 'cat-key' }],
    ['of the picture that it was made from', { kind: 'picture', value: 'cat-key', source: 'a' }],
    ['of its source', { kind: 'key', value: 'a' }],
    ['of the beginning of its address', { kind: 'prefix', value: '/a/ca' }],
    ['of everything', { kind: 'everything' }],
  ])('%s an entry is never used again, not even its ETag', async (_, target) => {
    const cache = await aPurgedCache()
    await cache.get()
    await cache.purge(target)
    cache.upstream(answering(picture({}, 'new')))
    expect(bodyOf(await cache.get())).toBe('new')
    expect(cache.asked.at(-1)?.headers['if-none-match']).toBeUndefined()
    expect(told(await cache.get())).toBe('cache; hit; ttl=60')
  })

  test.each<[string, Target]>([
    ['of another address', { kind: 'address', value: '/a/cat.jpg?w=200' }],
    ['of a key that it lacks', { kind: 'key', value: 'dog-key' }],
    ['of another beginning', { kind: 'prefix', value: '/a/dog' }],
  ])('%s it is still a hit', async (_, target) => {
    const cache = await aPurgedCache()
    await cache.get()
    await cache.purge(target)
    expect(told(await cache.get())).toBe('cache; hit; ttl=60')
  })

  test('upstream may fail, and the entry does not stand in for it', async () => {
    const cache = await aPurgedCache()
    await cache.get()
    await cache.purge(address)
    cache.upstream(async () => Promise.reject(new Error('down')))
    expect((await cache.get()).status).toBe(502)
  })

  test.each<[string, Target]>([
    ['address', address],
    ['key, which nobody knows before the answer is there', { kind: 'key', value: 'cat-key' }],
  ])('nobody joins what was on its way, and nothing of it is kept (by %s)', async (_, target) => {
    const { tier, release } = heldBack(picture({}, 'before the purge'))
    const cache = await aPurgedCache({ upstream: tier })
    const first = cache.get()
    await expect.poll(() => cache.asked.length, { interval: 1 }).toBe(1)
    await cache.purge(target)
    cache.upstream(answering(picture({}, 'after')))
    expect(bodyOf(await cache.get())).toBe('after')
    release()
    expect(told(await first)).toBe('cache; fwd=uri-miss')
    expect(bodyOf(await cache.get())).toBe('after')
  })
})

describe('after a soft purge', () => {
  test('the entry is served stale while exactly one request asks upstream', async () => {
    const cache = await aPurgedCache()
    await cache.get()
    await cache.purge(address, true)
    const { tier, release } = heldBack(picture({}, 'new'))
    cache.upstream(tier)
    const stale = await Promise.all([cache.get(), cache.get(), cache.get()])
    expect(stale.map(bodyOf)).toEqual(['old', 'old', 'old'])
    expect(stale.map(told)).toEqual(Array(3).fill('cache; hit; ttl=-1'))
    expect(cache.asked).toHaveLength(2)
    release()
    await cache.idle()
    expect(bodyOf(await cache.get())).toBe('new')
    expect(cache.asked).toHaveLength(2)
  })

  test('its age says to the next cache that its freshness is over', async () => {
    const cache = await aPurgedCache()
    await cache.get()
    await cache.purge(address, true)
    expect((await cache.get()).headers.age).toBe('60')
  })

  test('an entry that must not be used stale is asked about first', async () => {
    const cache = await aPurgedCache({
      upstream: answering(picture({ 'cache-control': 'max-age=60, must-revalidate' })),
    })
    await cache.get()
    await cache.purge(address, true)
    cache.upstream(answering(picture({}, 'new')))
    expect(bodyOf(await cache.get())).toBe('new')
  })

  test('an entry that upstream confirms is fresh again', async () => {
    const cache = await aPurgedCache()
    await cache.get()
    await cache.purge(address, true)
    cache.upstream(answering({ ...picture(), status: 304, body: Buffer.alloc(0) }))
    await cache.get()
    await cache.idle()
    expect(told(await cache.get())).toBe('cache; hit; ttl=60')
  })
})
