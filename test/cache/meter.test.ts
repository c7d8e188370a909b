// Uses of entries are counted where upstream wants to know, and told with the next revalidation.
import { expect, test } from 'vitest'
import { createCache } from '../../cache/index.ts'
import { createMemoryStore } from '../../cache/memory.ts'
import { createMeter } from '../../cache/meter.ts'
import type { Answer, Ask, Headers, Tier } from '../../tier.ts'
import { aSignal } from '../signals.ts'

const ask = (headers: Headers = {}): Ask => ({ path: '/shop/a.jpg?w=1', headers, signal: aSignal() })
const short = 'max-age=10, stale-while-revalidate=600'

/** Says the same, confirms it, and remembers the asks. */
function anOrigin(more: Headers = { meter: 'do-report' }) {
  const asks: Headers[] = []
  const origin: Tier = async ({ headers }) => {
    asks.push(headers)
    const told = { etag: '"one"', 'cache-control': short, ...more }
    const isKnown = headers['if-none-match'] === '"one"'
    const answer: Answer = {
      status: isKnown ? 304 : 200,
      headers: told,
      body: Buffer.from(isKnown ? '' : 'picture'),
    }
    return answer
  }
  return { origin, asks }
}

function aCache(upstream: Tier, clock: { now: number }) {
  const store = createMemoryStore({ maxBytes: 1e6 })
  return createCache({
    name: 'c',
    store,
    upstream,
    flightMs: 60_000,
    now: () => clock.now,
    meter: createMeter(),
  })
}

test('what was sent and what was confirmed since the last report, the one that found it stale included', async () => {
  const clock = { now: 0 }
  const { origin, asks } = anOrigin()
  const cache = aCache(origin, clock)
  for (let i = 0; i < 4; i++) await cache.answer(ask())
  await cache.answer(ask({ 'if-none-match': '"one"' }))
  expect(asks.map(({ meter }) => meter)).toEqual([undefined])
  clock.now = 11_000
  await cache.answer(ask())
  await cache.idle()
  expect(asks[1]).toMatchObject({ meter: 'count=4/1', 'if-none-match': '"one"' })
  clock.now = 22_000
  await cache.answer(ask())
  await cache.idle()
  expect(asks[2]?.meter).toBe('count=1/0')
})

test('a shield adds what its edges report, and a report is no use by itself', async () => {
  const clock = { now: 0 }
  const { origin, asks } = anOrigin()
  const shield = aCache(origin, clock)
  const edges = [aCache(shield.answer, clock), aCache(shield.answer, clock)]
  for (const edge of edges) for (let i = 0; i < 3; i++) await edge.answer(ask())
  // The first edge's first ask went to the origin, the second edge's was answered by the shield.
  for (clock.now of [11_000, 22_000]) {
    for (const edge of edges) await edge.answer(ask())
    for (const edge of edges) await edge.idle()
    await shield.idle()
  }
  const told = asks.map(({ meter = '' }) => Number(/^count=(\d+)/.exec(meter)?.[1] ?? 0))
  // 1 by the shield, 2 + 1 + 1 at each edge; what came after the last report went out waits for the next.
  expect(told.reduce((sum, sent) => sum + sent)).toBeGreaterThanOrEqual(8)
  expect(told.reduce((sum, sent) => sum + sent)).toBeLessThanOrEqual(9)
})

test('a cache that has lost its entry passes the report on', async () => {
  const { origin, asks } = anOrigin()
  await aCache(origin, { now: 0 }).answer(ask({ meter: 'count=7/2' }))
  expect(asks[0]?.meter).toBe('count=7/2')
})

test('who does not want to know is told nothing', async () => {
  const clock = { now: 0 }
  const { origin, asks } = anOrigin({})
  const cache = aCache(origin, clock)
  for (let i = 0; i < 3; i++) await cache.answer(ask())
  clock.now = 11_000
  await cache.answer(ask())
  await cache.idle()
  expect(asks.map(({ meter }) => meter)).toEqual([undefined, undefined])
})
