// Many nodes as one tier: who is asked, who is passed over, what is tried again.
import { createServer } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { Failure } from '../../errors.ts'
import { problemAnswer } from '../../problem.ts'
import type { Tier } from '../../tier.ts'
import { createUpstreams, listen, serveTier, sourceKey, wholeKey } from '../../wire/index.ts'
import { aHeldTier, anAsk, aTier, limits, opened, serving } from './tiers.ts'

const open = opened()
afterEach(open.closeAll)

async function aNode(tier: Tier = aTier, isReady = () => true) {
  const paths: string[] = []
  const listener = serveTier((ask) => {
    paths.push(ask.path)
    return tier(ask)
  })
  const server = await listen({
    host: '127.0.0.1',
    port: 0,
    limits: { lingerMs: 0 },
    listener(req, res) {
      if (req.url === '/healthz') return void res.writeHead(isReady() ? 200 : 503).end()
      listener(req, res)
    },
  })
  return open.keep({ ...server, paths })
}

function upstreamsOf(urls: string[], options = {}) {
  const clock = { now: 1_000_000 }
  const events: string[] = []
  let check = async () => {}
  const upstreams = createUpstreams({
    ...limits,
    urls,
    keyOf: sourceKey,
    now: () => clock.now,
    every: (_, run) => {
      check = run
      return () => {}
    },
    observe: (event) => events.push(event.kind),
    ...options,
  })
  return open.keep({ ...upstreams, clock, events, check: () => check() })
}

const statuses = async (answer: Tier, paths: string[]) => {
  const found = []
  for (const path of paths) found.push((await answer(anAsk(path))).status)
  return found
}
const pictures = (count: number) => Array.from({ length: count }, (_, i) => `/${i + 1}`)

test('all sizes of one picture meet the same node; different pictures spread', async () => {
  const nodes = await Promise.all([aNode(), aNode()])
  const { answer } = upstreamsOf(nodes.map(({ url }) => url))
  for (const width of [1, 2, 3, 4, 5]) await answer(anAsk(`/10?w=${width}`))
  expect(nodes.map(({ paths }) => paths.length).toSorted()).toEqual([0, 5])
  await statuses(answer, pictures(40))
  for (const { paths } of nodes) expect(paths.length).toBeGreaterThan(6)
})

test('the key of a source has no query; that of a rendering is all of it', () => {
  expect(sourceKey('/photos/a.jpg?w=1&h=2')).toBe('/photos/a.jpg')
  expect(sourceKey('/photos/a.jpg')).toBe('/photos/a.jpg')
  expect(wholeKey('/photos/a.jpg?w=1')).toBe('/photos/a.jpg?w=1')
})

test('a node that is gone costs no request: the next one answers, and soon it is not asked any more', async () => {
  const [gone, here] = [await aNode(), await aNode()]
  const { answer, healthy, events } = upstreamsOf([gone.url, here.url])
  await gone.close(0)
  expect(await statuses(answer, pictures(30))).toEqual(Array(30).fill(200))
  expect(here.paths.length).toBe(30)
  expect(healthy()).toEqual([
    { url: gone.url, up: false },
    { url: here.url, up: true },
  ])
  expect(events.filter((kind) => kind === 'failed').length).toBe(3)
  expect(events.filter((kind) => kind === 'down').length).toBe(1)
})

test('a node that dies in the middle of an answer costs no request', async () => {
  const dying = createServer((_, res) => {
    res.writeHead(200, { 'content-length': 100 }).write('half')
    setImmediate(() => res.destroy())
  })
  await new Promise<void>((resolve) => dying.listen(0, '127.0.0.1', resolve))
  const { port } = dying.address() as { port: number }
  const well = await aNode()
  const { answer } = upstreamsOf([`http://127.0.0.1:${port}`, well.url])
  expect(await statuses(answer, pictures(12))).toEqual(Array(12).fill(200))
  dying.close()
})

test('a bad gateway of something in between is tried elsewhere, a problem about the picture is not', async () => {
  const balancer = await listen({
    host: '127.0.0.1',
    port: 0,
    limits: { lingerMs: 0 },
    listener: (_, res) => void res.writeHead(503).end('draining'),
  })
  open.keep(balancer)
  const well = await aNode()
  const { answer } = upstreamsOf([balancer.url, well.url])
  expect(await statuses(answer, pictures(12))).toEqual(Array(12).fill(200))

  const failing = await Promise.all(
    [1, 2].map(() => aNode(async () => problemAnswer(new Failure('source-failed', '')))),
  )
  const other = upstreamsOf(failing.map(({ url }) => url))
  expect((await other.answer(anAsk('/1'))).headers['halftone-failure']).toBe('source-failed')
  expect(failing.flatMap(({ paths }) => paths)).toEqual(['/1'])
})

test('a tier that is busy is not asked again elsewhere', async () => {
  const busy = await Promise.all([1, 2].map(() => aNode(async () => problemAnswer(new Failure('busy', '')))))
  const { answer, healthy } = upstreamsOf(busy.map(({ url }) => url))
  expect(await statuses(answer, ['/1', '/1', '/1'])).toEqual([503, 503, 503])
  expect(busy.flatMap(({ paths }) => paths).length).toBe(3)
  expect(healthy().every(({ up }) => up)).toBe(true)
})

test('at most two nodes are tried, then it is a 502 problem', async () => {
  const nodes = await Promise.all([aNode(), aNode(), aNode()])
  const { answer, events } = upstreamsOf(nodes.map(({ url }) => url))
  for (const node of nodes) await node.close(0)
  const { status, headers } = await answer(anAsk('/1'))
  expect([status, headers['halftone-failure'], events]).toEqual([
    502,
    'upstream-failed',
    ['failed', 'failed'],
  ])
})

test('when all are down the first is asked anyway, and comes back with its first answer', async () => {
  let isReady = false
  const nodes = await Promise.all([aNode(aTier, () => isReady), aNode(aTier, () => isReady)])
  const { answer, healthy, check } = upstreamsOf(nodes.map(({ url }) => url))
  await check()
  expect(healthy().map(({ up }) => up)).toEqual([false, false])
  expect(await statuses(answer, ['/1'])).toEqual([200])
  expect(healthy().filter(({ up }) => up).length).toBe(1)
  isReady = true
  await check()
  expect(healthy().map(({ up }) => up)).toEqual([true, true])
})

test('a draining node is found by its health check and not asked', async () => {
  const [draining, well] = [await aNode(aTier, () => false), await aNode()]
  const { answer, check, events } = upstreamsOf([draining.url, well.url])
  await check()
  expect(await statuses(answer, pictures(20))).toEqual(Array(20).fill(200))
  expect([draining.paths.length, well.paths.length]).toEqual([0, 20])
  expect(events.filter((kind) => kind === 'down').length).toBe(1)
})

test('a node is on trial again when its time is over', async () => {
  const gone = await aNode()
  const { answer, healthy, clock } = upstreamsOf([gone.url])
  await gone.close(0)
  await statuses(answer, ['/1', '/1'])
  expect(healthy()).toEqual([{ url: gone.url, up: false }])
  clock.now += 1000
  expect(healthy()).toEqual([{ url: gone.url, up: true }])
  const back = await serving(aTier, { port: gone.port })
  open.keep(back)
  expect(await statuses(answer, ['/1', '/1'])).toEqual([200, 200])
})

test('only one ask at a time finds out whether a node is back', async () => {
  const held = aHeldTier()
  let isReady = false
  const nodes = [await aNode(held.tier, () => isReady), await aNode(aTier, () => true)]
  const [trying, well] = nodes
  const { answer, check, clock } = upstreamsOf(nodes.map(({ url }) => url))
  await check()
  clock.now += 1000
  isReady = true
  const asks = pictures(20).map((path) => answer(anAsk(path)))
  await held.asked
  held.release()
  expect((await Promise.all(asks)).every(({ status }) => status === 200)).toBe(true)
  expect([trying?.paths.length, well?.paths.length]).toEqual([1, 19])
})

test('an ask that is given up is not tried again and says nothing about the node', async () => {
  const held = aHeldTier()
  const nodes = await Promise.all([aNode(held.tier), aNode(held.tier)])
  const { answer, healthy } = upstreamsOf(nodes.map(({ url }) => url))
  const leaving = new AbortController()
  const pending = answer(anAsk('/1', {}, leaving.signal))
  await held.asked
  leaving.abort()
  expect((await pending).status).toBe(499)
  expect(held.asks.length).toBe(1)
  expect(healthy().every(({ up }) => up)).toBe(true)
  held.release()
})

test('without any node every ask is a 502 problem', async () => {
  expect((await upstreamsOf([]).answer(anAsk('/1'))).status).toBe(502)
})
