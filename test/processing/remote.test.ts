// Several processing nodes as one: the least busy gets the picture, and what breaks is tried once more elsewhere.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Failure } from '../../errors.ts'
import type { Order, Processed, Processing } from '../../processing/processing.ts'
import { freePort } from '../servers/ports.ts'
import { never } from '../signals.ts'
import { aPlace, scripted } from './nodes.ts'

const place = aPlace()
let template: Processed
beforeAll(async () => {
  template = await place.local({ filename: scripted }).process(place.script('1'), never)
})
afterAll(place.end)

/** A processing that counts what it is asked, and answers as told. */
function aCounter(answer: (order: Order, signal: AbortSignal) => Promise<Processed>, workers = 1) {
  const asked: Order[] = []
  let running = 0
  const processing: Processing = {
    async process(order, signal) {
      asked.push(order)
      running++
      try {
        return await answer(order, signal)
      } finally {
        running--
      }
    },
    load: () => ({ waiting: 0, running, workers }),
    close: async () => {},
  }
  return { processing, asked }
}
const willing = () => aCounter(async () => template)
const refusing = (kind: Failure['kind']) =>
  aCounter(async () => {
    throw new Failure(kind, 'Not now.', { retryAfterSeconds: 3 })
  })

const nobody = async (): Promise<string> => `http://127.0.0.1:${await freePort()}`

test('idle nodes are asked in turn', async () => {
  const nodes = [willing(), willing(), willing()]
  const servers = await Promise.all(nodes.map(({ processing }) => place.node(processing)))
  const remote = place.remote(servers.map(({ url }) => url))
  for (let i = 0; i < 6; i++) await remote.process(place.script('1'), never)
  expect(nodes.map(({ asked }) => asked.length)).toEqual([2, 2, 2])
})

test('the busier node is left alone', async () => {
  const held = Promise.withResolvers<Processed>()
  const slow = aCounter(() => held.promise)
  const quick = willing()
  const servers = [await place.node(slow.processing), await place.node(quick.processing)]
  const remote = place.remote(servers.map(({ url }) => url))
  const first = remote.process(place.script('1'), never)
  await expect.poll(() => slow.asked.length, { interval: 2 }).toBe(1)
  for (let i = 0; i < 4; i++) await remote.process(place.script('1'), never)
  expect([slow.asked.length, quick.asked.length]).toEqual([1, 4])
  expect(remote.load()).toEqual({ waiting: 0, running: 1, workers: 1 })
  held.resolve(template)
  await first
})

test('all of an order crosses', async () => {
  const node = willing()
  const remote = place.remote([(await place.node(node.processing)).url])
  const order = place.order(Buffer.from('a picture'), {
    edit: 'w=640&bg=fff',
    optimise: {
      mode: 'quality',
      quality: 70,
      maxBytes: 9000,
      format: 'webp',
      keep: ['date'],
      chroma: '4:2:2',
      progressive: false,
      budgetMs: 500,
    },
    owner: 'a project ☂',
    priority: 'background',
  })
  await expect(remote.process(order, never)).resolves.toEqual(template)
  const { file: _, ...asked } = node.asked[0] ?? order
  const { file: __, ...given } = order
  expect(asked).toEqual(given)
})

test('a node that is gone costs one try, and then nothing while it is out', async () => {
  const node = willing()
  const gone = await nobody()
  const failed: string[] = []
  const remote = place.remote([gone, (await place.node(node.processing)).url], {
    observe: (event) => void (event.kind === 'failed' && failed.push(event.url)),
  })
  for (let i = 0; i < 20; i++) await remote.process(place.script('1'), never)
  expect(node.asked).toHaveLength(20)
  expect(failed).toEqual([gone, gone, gone])
  expect(remote.healthy()).toEqual([
    { url: gone, state: 'down' },
    { url: expect.any(String), state: 'up' },
  ])
})

test('a node that is full passes the order on', async () => {
  const [full, free] = [refusing('busy'), willing()]
  const servers = [await place.node(full.processing), await place.node(free.processing)]
  const remote = place.remote(servers.map(({ url }) => url))
  await remote.process(place.script('1'), never)
  await remote.process(place.script('1'), never)
  expect(free.asked).toHaveLength(2)
})

test('when all are full the answer says when to come again', async () => {
  const servers = [
    await place.node(refusing('busy').processing),
    await place.node(refusing('busy').processing),
  ]
  const remote = place.remote(servers.map(({ url }) => url))
  await expect(remote.process(place.script('1'), never)).rejects.toMatchObject({
    kind: 'busy',
    message: 'Not now.',
    details: { retryAfterSeconds: 3 },
  })
})

test.each(['source-broken', 'too-many', 'late', 'internal'] as const)(
  '%s is final: no other node is asked',
  async (kind) => {
    const nodes = [refusing(kind), refusing(kind)]
    const servers = await Promise.all(nodes.map(({ processing }) => place.node(processing)))
    const remote = place.remote(servers.map(({ url }) => url))
    await expect(remote.process(place.script('1'), never)).rejects.toMatchObject({ kind })
    expect(nodes.flatMap(({ asked }) => asked)).toHaveLength(1)
  },
)

test('when no node is there the failure says so', async () => {
  const remote = place.remote([await nobody()])
  await expect(remote.process(place.script('1'), never)).rejects.toMatchObject({ kind: 'upstream-failed' })
})

test('what is no processing node is not believed', async () => {
  const server = createServer((_, res) => res.writeHead(200, { 'content-type': 'image/png' }).end('hello'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const remote = place.remote([`http://127.0.0.1:${port}`])
  await expect(remote.process(place.script('1'), never)).rejects.toMatchObject({ kind: 'upstream-failed' })
  await remote.close()
  await new Promise((resolve) => server.close(resolve))
})

test('a client that leaves makes the node stop waiting as well', async () => {
  const left = Promise.withResolvers<void>()
  const node = aCounter(
    (_, signal) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          left.resolve()
          reject(new Failure('abandoned', 'Nobody waits.'))
        })
      }),
  )
  const remote = place.remote([(await place.node(node.processing)).url])
  const leaving = new AbortController()
  const answer = remote.process(place.script('1'), leaving.signal)
  answer.catch(() => {})
  await expect.poll(() => node.asked.length, { interval: 2 }).toBe(1)
  leaving.abort()
  await expect(answer).rejects.toMatchObject({ name: 'Failure', kind: 'abandoned' })
  await left.promise
  expect(remote.healthy()).toMatchObject([{ state: 'up' }])
})

test('a node that does not answer in time is late', async () => {
  const node = aCounter(() => new Promise(() => {}))
  const remote = place.remote([(await place.node(node.processing)).url], { deadlineMs: 100 })
  await expect(remote.process(place.script('1'), never)).rejects.toMatchObject({ kind: 'late' })
})

test('checks find out that a node is gone, and that it is back', async () => {
  const checks: (() => Promise<unknown>)[] = []
  const server = await place.node(willing().processing)
  const remote = place.remote([server.url], {
    every: (_, run) => {
      checks.push(run)
      return () => {}
    },
  })
  await checks[0]?.()
  expect(remote.load()).toEqual({ waiting: 0, running: 0, workers: 1 })
  await server.close()
  await checks[0]?.()
  expect(remote.healthy()).toMatchObject([{ state: 'down' }])
  expect(remote.load()).toEqual({ waiting: 0, running: 0, workers: 0 })
})

test('a node that falls silent is given up once a check finds it so, and the picture is made elsewhere', async () => {
  const server = createServer(() => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const silent = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const node = willing()
  const remote = place.remote([silent, (await place.node(node.processing)).url], { checkMs: 1000 })
  for (let i = 0; i < 4; i++) await remote.process(place.script('1'), never)
  expect(node.asked).toHaveLength(4)
  expect(remote.healthy()).toMatchObject([{ state: 'down' }, { state: 'up' }])
  server.close().closeAllConnections()
})

test('nodes that do not take our secret are a fault of ours', async () => {
  const { url } = await place.node(willing().processing, { secrets: ['another secret'] })
  const remote = place.remote([url])
  for (let i = 0; i < 2; i++)
    await expect(remote.process(place.script('1'), never)).rejects.toMatchObject({ kind: 'tier-refused' })
  expect(remote.healthy()).toMatchObject([{ state: 'refuses' }])
})
