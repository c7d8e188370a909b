// Many nodes as one tier: who is asked, who is passed over, what is tried again.
import { createServer } from 'node:http'
import { afterEach, describe, expect, test } from 'vitest'
import { Failure } from '../../errors.ts'
import { problemAnswer } from '../../problem.ts'
import type { Tier } from '../../tier.ts'
import { createRing } from '../../wire/hash-ring.ts'
import { createHedges } from '../../wire/hedged-request.ts'
import {
  createUpstreams,
  listen,
  serveTier,
  sourceKey,
  type Upstreams,
  type UpstreamsOptions,
  wholeKey,
} from '../../wire/index.ts'
import { sendInMemory } from '../../wire/send-answer.ts'
import { neighbourBy, notNeighbour, showsSecret } from '../../wire/tier-listener.ts'
import { aHeldTier, anAsk, aTier, limits, opened, serving } from './tiers.ts'

const open = opened()
afterEach(open.closeAll)

async function aNode(tier: Tier = aTier, isReady = () => true, secrets: string[] = []) {
  const paths: string[] = []
  const pictured: Tier = (ask) => {
    paths.push(ask.path)
    return tier(ask)
  }
  const listener = serveTier(pictured, { secrets })
  const isNeighbour = neighbourBy(secrets)
  const server = await listen({
    host: '127.0.0.1',
    port: 0,
    limits: { lingerMs: 0 },
    listener(req, res) {
      if (req.url === '/healthz' && showsSecret(req) && !isNeighbour(req))
        return sendInMemory(req, res, notNeighbour())
      if (req.url === '/healthz') return void res.writeHead(isReady() ? 200 : 503).end()
      listener(req, res)
    },
  })
  return open.keep({ ...server, paths })
}

function upstreamsOf(urls: string[], options: Partial<UpstreamsOptions> = {}) {
  const events: string[] = []
  const checks: (() => Promise<unknown>)[] = []
  const upstreams = createUpstreams({
    ...limits,
    urls,
    keyOf: sourceKey,
    every: (_, run) => {
      checks.push(run)
      return () => {}
    },
    observe: (event) => events.push(event.kind),
    ...options,
  })
  return open.keep({ ...upstreams, events, check: () => Promise.all(checks.map((run) => run())) })
}

const states = ({ healthy }: Upstreams) => healthy().map(({ state }) => state)

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
    { url: gone.url, state: 'down' },
    { url: here.url, state: 'up' },
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
  const upstreams = upstreamsOf(busy.map(({ url }) => url))
  expect(await statuses(upstreams.answer, ['/1', '/1', '/1'])).toEqual([503, 503, 503])
  expect(busy.flatMap(({ paths }) => paths).length).toBe(3)
  expect(states(upstreams)).toEqual(['up', 'up'])
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

test('when all are out no visitor finds out whether one is back: a check does', async () => {
  let isReady = false
  const nodes = await Promise.all([aNode(aTier, () => isReady), aNode(aTier, () => isReady)])
  const upstreams = upstreamsOf(nodes.map(({ url }) => url))
  await upstreams.check()
  expect(states(upstreams)).toEqual(['down', 'down'])
  expect(await statuses(upstreams.answer, ['/1'])).toEqual([502])
  expect(nodes.flatMap(({ paths }) => paths)).toEqual([])
  isReady = true
  expect(await statuses(upstreams.answer, ['/1'])).toEqual([200])
  expect(states(upstreams)).toEqual(['up', 'up'])
})

test('a draining node is found by its health check and not asked', async () => {
  const [draining, well] = [await aNode(aTier, () => false), await aNode()]
  const { answer, check, events } = upstreamsOf([draining.url, well.url])
  await check()
  expect(await statuses(answer, pictures(20))).toEqual(Array(20).fill(200))
  expect([draining.paths.length, well.paths.length]).toEqual([0, 20])
  expect(events.filter((kind) => kind === 'down').length).toBe(1)
})

test('a node that is gone stays out until a check finds it', async () => {
  const gone = await aNode()
  const well = await aNode()
  const upstreams = upstreamsOf([gone.url, well.url])
  await gone.close(0)
  await statuses(upstreams.answer, pictures(20))
  expect(states(upstreams)).toEqual(['down', 'up'])
  const back = await serving(aTier, { port: gone.port })
  open.keep(back)
  await statuses(upstreams.answer, pictures(20))
  expect(states(upstreams)).toEqual(['down', 'up'])
})

describe('a node that accepts connections and answers nothing', () => {
  async function aSilentNode() {
    const asked: string[] = []
    const server = createServer((req) => void asked.push(req.url ?? ''))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const close = async () => void server.close().closeAllConnections()
    const { port } = server.address() as { port: number }
    return open.keep({ url: `http://127.0.0.1:${port}`, asked, close })
  }

  test('is found by a check while a request waits, which is answered by the next node', async () => {
    const [silent, well] = [await aSilentNode(), await aNode()]
    const upstreams = upstreamsOf([silent.url, well.url], { checkMs: 1000, connections: 64 })
    const answers = await Promise.all(pictures(40).map((path) => upstreams.answer(anAsk(path))))
    expect(answers.map(({ status }) => status)).toEqual(Array(40).fill(200))
    expect(states(upstreams)).toEqual(['down', 'up'])
    const before = silent.asked.length
    expect(await statuses(upstreams.answer, pictures(40))).toEqual(Array(40).fill(200))
    expect(silent.asked.length).toBe(before)
  })

  test('is taken out by three requests that were not answered in time, where its checks go well', async () => {
    const held = aHeldTier()
    const upstreams = upstreamsOf([(await aNode(held.tier)).url], { answerMs: 50 })
    expect(await statuses(upstreams.answer, ['/1', '/2', '/3'])).toEqual([504, 504, 504])
    expect(states(upstreams)).toEqual(['down'])
    held.release()
  })

  test('a flight that ends at its deadline counts as one, a visitor who leaves does not', async () => {
    const held = aHeldTier()
    const upstreams = upstreamsOf([(await aNode(held.tier)).url])
    for (const reason of [undefined, new Failure('upstream-late', 'The flight is over.')]) {
      for (let i = 0; i < 3; i++) {
        const flight = new AbortController()
        const pending = upstreams.answer(anAsk('/1', {}, flight.signal))
        flight.abort(reason)
        await pending
      }
      expect(states(upstreams)).toEqual([reason ? 'down' : 'up'])
    }
    held.release()
  })
})

describe('a node that is well and slow', () => {
  const ofKey = (upstreams: Upstreams, path: string) => upstreams.answer(anAsk(path))

  test('is waited for; after a while the next one is asked as well, and the first answer counts', async () => {
    const held = aHeldTier()
    const nodes = [await aNode(held.tier), await aNode()]
    const upstreams = upstreamsOf(
      nodes.map(({ url }) => url),
      { hedgeMs: 20 },
    )
    const answers = await Promise.all(pictures(8).map((path) => ofKey(upstreams, path)))
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200))
    expect(held.asks.length).toBeGreaterThan(0)
    await expect.poll(() => held.asks.every(({ signal }) => signal.aborted)).toBe(true)
    expect(states(upstreams)).toEqual(['up', 'up'])
    held.release()
  })

  test('a refusal of the second does not end the wait for the first', async () => {
    const held = aHeldTier()
    const busy: Tier = async () => problemAnswer(new Failure('busy', ''))
    const [slow, full] = [await aNode(held.tier), await aNode(busy)]
    const upstreams = upstreamsOf([slow.url, full.url], { hedgeMs: 20 })
    const path = pictures(40).find((path) => createRing([slow.url, full.url]).order(path)[0] === slow.url)
    const answer = ofKey(upstreams, path ?? '')
    await expect.poll(() => full.paths.length).toBe(1)
    held.release()
    expect((await answer).status).toBe(200)
  })

  test('one ask in ten is asked twice at most, after the first ten', async () => {
    const hedges = createHedges()
    const spent = Array.from({ length: 100 }, () => {
      hedges.earn()
      return hedges.spend()
    })
    expect(spent.filter(Boolean).length).toBe(19)
  })
})

describe('a node that does not take our secret', () => {
  const neighbours = (secrets: string[]) => aNode(aTier, () => true, secrets)

  test('is a fault of ours, whatever a visitor asked for', async () => {
    const node = await neighbours(['the right secret'])
    const { answer, events } = upstreamsOf([node.url], { secret: 'a wrong secret' })
    const { status, headers } = await answer(anAsk('/1'))
    expect([status, headers['halftone-failure']]).toEqual([502, 'tier-refused'])
    expect(events).toContain('refuses')
    expect((await answer(anAsk('/1'))).headers['halftone-failure']).toBe('tier-refused')
  })

  test.each([undefined, 'a wrong secret'])(
    'is found by a check before the first request: %s',
    async (secret) => {
      const node = await neighbours(['the right secret'])
      const upstreams = upstreamsOf([node.url], { secret })
      await upstreams.check()
      expect(states(upstreams)).toEqual(['refuses'])
    },
  )

  test('costs no request while another one takes it, as in the middle of a change', async () => {
    const nodes = [await neighbours(['new']), await neighbours(['old', 'new']), await neighbours(['old'])]
    for (const secret of ['old', 'new']) {
      const { answer } = upstreamsOf(
        nodes.map(({ url }) => url),
        { secret },
      )
      expect(await statuses(answer, pictures(30))).toEqual(Array(30).fill(200))
    }
  })
})

test('an ask that is given up is not tried again and says nothing about the node', async () => {
  const held = aHeldTier()
  const nodes = await Promise.all([aNode(held.tier), aNode(held.tier)])
  const upstreams = upstreamsOf(nodes.map(({ url }) => url))
  const leaving = new AbortController()
  const pending = upstreams.answer(anAsk('/1', {}, leaving.signal))
  await held.asked
  leaving.abort()
  expect((await pending).status).toBe(499)
  expect(held.asks.length).toBe(1)
  expect(states(upstreams)).toEqual(['up', 'up'])
  held.release()
})

test('without any node every ask is a 502 problem', async () => {
  expect((await upstreamsOf([]).answer(anAsk('/1'))).status).toBe(502)
})
