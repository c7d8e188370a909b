// More is asked for than can be made: the queue is bounded, says so, and nothing else suffers.
import sharp from 'sharp'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Answered, aNode, aSource, type Node, type SourceServer, siteOf, times } from './cdn.ts'

let source: SourceServer
let cdn: Node | undefined

beforeEach(async () => {
  const noise = { type: 'gaussian', mean: 128, sigma: 30 } as const
  const photo = sharp({ create: { width: 2000, height: 1500, channels: 3, background: '#000', noise } })
  source = await aSource({ '/photo.jpg': await photo.jpeg().toBuffer() })
})

afterEach(async () => {
  await cdn?.stop()
  await source.stop()
})

const paths = (count: number): string[] => times(count, (i) => `/shop/photo.jpg?w=${600 + i}&fm=webp`)

/** Resolves with the first of the answers that has this status; fails when none has. */
const firstWith = (status: number, asked: readonly Promise<Answered>[]): Promise<Answered> =>
  Promise.any(
    asked.map(async (answer) => {
      expect((await answer).status).toBe(status)
      return answer
    }),
  )

test('a full queue is 503 with Retry-After, while health, metrics and hits are answered', async () => {
  cdn = await aNode({ sources: { shop: siteOf(source) }, workers: 1, queueLength: 3, queuePerSource: 3 })
  const { get } = cdn
  await get('/shop/photo.jpg?w=50')
  const asked = paths(30).map((path) => get(path))
  // Who is refused is so because the queue is full.
  await firstWith(503, asked)
  const [health, ready, metrics, hit] = await Promise.all([
    get('/healthz'),
    get('/readyz'),
    get('/metrics'),
    get('/shop/photo.jpg?w=50'),
  ])
  expect([health, ready, metrics, hit].map(({ status }) => status)).toEqual([200, 200, 200, 200])
  const answers = await Promise.all(asked)
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 503]))
  const refused = answers.filter(({ status }) => status === 503)
  for (const { headers } of refused) {
    expect(Number(headers['retry-after'])).toBeGreaterThan(0)
    expect(headers['cache-control']).toBe('no-store')
  }
})

test('one source that takes more than its share is 429, and another is still served', async () => {
  const site = siteOf(source)
  cdn = await aNode({
    sources: { greedy: site, modest: site },
    workers: 1,
    queueLength: 20,
    queuePerSource: 2,
  })
  const { get } = cdn
  const asked = times(20, (i) => get(`/greedy/photo.jpg?w=${600 + i}&fm=webp`))
  await firstWith(429, asked)
  expect((await get('/modest/photo.jpg?w=60')).status).toBe(200)
  const statuses = (await Promise.all(asked)).map(({ status }) => status)
  expect(new Set(statuses)).toEqual(new Set([200, 429]))
})

test('a picture refused because the queue was full is made at the next try', async () => {
  cdn = await aNode({ sources: { shop: siteOf(source) }, workers: 1, queueLength: 1, queuePerSource: 1 })
  const { get } = cdn
  const all = paths(10)
  const first = await Promise.all(all.map((path) => get(path)))
  const refused = all.filter((_, i) => first[i]?.status !== 200)
  expect(refused.length).toBeGreaterThan(0)
  for (const path of refused) expect((await get(path)).status).toBe(200)
})
