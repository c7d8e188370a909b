// Caches behind caches: a picture that changed is seen after one interval of staleness, however many there are.
import { describe, expect, test } from 'vitest'
import { type Cache, createCache } from '../../cache/index.ts'
import { createMemoryStore } from '../../cache/memory.ts'
import { Failure } from '../../errors.ts'
import { problemAnswer } from '../../problem.ts'
import type { Answer, Tier } from '../../tier.ts'
import { answering, bodyOf, heldBack, told } from './engine.ts'
import { anAnswer, anAsk, start, times } from './entries.ts'

const keeping = 'max-age=60, stale-while-revalidate=600, stale-if-error=6000'
const picture = (body: string): Answer => anAnswer({ 'cache-control': keeping, etag: `"${body}"` }, body)

/** Several edges before one shield before one source cache, with one clock. */
function aChain(edgeCount = 1) {
  let moment = start
  let answers: Tier = answering(picture('old'))
  let asked = 0
  const cache = (name: string, upstream: Tier): Cache =>
    createCache({
      name,
      store: createMemoryStore({ maxBytes: 1e6 }),
      upstream,
      flightMs: 10_000,
      now: () => moment,
    })
  const source = cache('source', (ask) => {
    asked++
    return answers(ask)
  })
  const shield = cache('shield', source.answer)
  const edges = times(edgeCount, () => cache('edge', shield.answer))
  const all = [...edges, shield, source]
  return {
    get: (edge = 0) => (edges[edge] as Cache).answer(anAsk()),
    shield: () => shield.answer(anAsk()),
    asked: () => asked,
    forward: (seconds: number) => {
      moment += seconds * 1000
    },
    source: (next: Tier) => {
      answers = next
    },
    settled: async () => {
      for (const { idle } of [...all, ...all]) await idle()
    },
  }
}

describe('a picture that changed', () => {
  test('is old once at an edge that had it, then new', async () => {
    const chain = aChain()
    await chain.get()
    chain.source(answering(picture('new')))
    chain.forward(70)
    expect(bodyOf(await chain.get())).toBe('old')
    await chain.settled()
    expect([bodyOf(await chain.get()), chain.asked()]).toEqual(['new', 2])
  })

  test('is old once at an edge that never had it, from the shield, then new', async () => {
    const chain = aChain(2)
    await chain.get(0)
    chain.source(answering(picture('new')))
    chain.forward(70)
    expect(bodyOf(await chain.get(1))).toBe('old')
    await chain.settled()
    expect([bodyOf(await chain.get(1)), chain.asked()]).toEqual(['new', 2])
  })

  test('is asked for once by ten edges at once', async () => {
    const chain = aChain(10)
    await Promise.all(times(10, chain.get))
    const { tier, release } = heldBack(picture('new'))
    chain.source(tier)
    chain.forward(70)
    const stale = await Promise.all(times(10, chain.get))
    expect(new Set(stale.map(bodyOf))).toEqual(new Set(['old']))
    release()
    await chain.settled()
    const fresh = await Promise.all(times(10, chain.get))
    expect([new Set(fresh.map(bodyOf)), chain.asked()]).toEqual([new Set(['new']), 2])
  })

  test('is new at every edge as soon as one of them has asked', async () => {
    const chain = aChain(3)
    await Promise.all(times(3, chain.get))
    chain.source(answering(picture('new')))
    chain.forward(70)
    await chain.get(0)
    await chain.settled()
    // The others' own copies are stale: one look at the shield, whose copy is fresh by now.
    for (const edge of [1, 2]) {
      expect(bodyOf(await chain.get(edge))).toBe('old')
      await chain.settled()
      expect(bodyOf(await chain.get(edge))).toBe('new')
    }
    expect(chain.asked()).toBe(2)
  })

  test('is not asked for on behalf of a stranger who is content with a stale copy of the shield', async () => {
    const chain = aChain()
    await chain.get()
    chain.forward(70)
    expect(told(await chain.shield())).toBe('shield; hit; ttl=-10')
  })
})

describe('while the source fails', () => {
  const failing = answering(problemAnswer(new Failure('source-failed', 'It is down.')))

  test('the stale picture is shown, and every tier counts its windows from the same moment', async () => {
    const chain = aChain()
    await chain.get()
    chain.source(failing)
    for (const _ of times(10, String)) {
      chain.forward(600)
      expect((await chain.get()).status).toBe(200)
      await chain.settled()
    }
    // 60 seconds of freshness and 6,000 of error: no tier begins them anew.
    chain.forward(61)
    expect((await chain.get()).status).toBe(502)
  })

  test('a picture of which only a stale copy is left is not asked for by every visitor', async () => {
    const chain = aChain()
    await chain.get()
    chain.source(failing)
    chain.forward(70)
    for (const _ of times(20, String)) {
      await chain.get()
      await chain.settled()
    }
    expect(chain.asked()).toBe(2)
  })

  test('it is left alone for as long as it asks for, an hour at most', async () => {
    const chain = aChain()
    await chain.get()
    const details = { retryAfterSeconds: 120, keepSeconds: 120 }
    chain.source(answering(problemAnswer(new Failure('source-failed', 'Later.', details))))
    chain.forward(700)
    const visits = async (seconds: number) => {
      chain.forward(seconds)
      const { status } = await chain.get()
      await chain.settled()
      return [status, chain.asked()]
    }
    expect(await visits(0)).toEqual([200, 2])
    expect(await visits(60)).toEqual([200, 2])
    expect(await visits(59)).toEqual([200, 2])
    expect(await visits(2)).toEqual([200, 3])
  })
})

test('the lifetime runs through all tiers, and none adds to it', async () => {
  const chain = aChain(2)
  await chain.shield()
  chain.forward(40)
  const { headers } = await chain.get(0)
  expect(headers.age).toBe('40')
  chain.forward(19)
  expect(told(await chain.get(0))).toBe('edge; hit; ttl=1')
  chain.forward(1)
  expect(told(await chain.get(0))).toBe('edge; hit; ttl=-1')
})
