// A server that drains fails no request.
import { once } from 'node:events'
import { Agent, get, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { listen } from '../../wire/index.ts'
import { aHeldTier, aTier, opened, serving } from './tiers.ts'

const open = opened()
afterEach(open.closeAll)

type Outcome = { status: number; bytes: number; connection: string | undefined } | { error: string }

function fetched(url: string, agent: Agent): Promise<Outcome> {
  return new Promise((resolve) => {
    const req = get(url, { agent }, (res) => {
      let bytes = 0
      res.on('data', (chunk: Buffer) => (bytes += chunk.length))
      res.on('end', () => resolve({ status: res.statusCode ?? 0, bytes, connection: res.headers.connection }))
      res.on('error', (error) => resolve({ error: error.message }))
    })
    req.on('error', (error: NodeJS.ErrnoException) => resolve({ error: error.code ?? error.message }))
  })
}

/** Sixteen clients that ask without a pause until nobody accepts them any more. */
async function load(url: string, agent: Agent, onAnswer: (count: number) => void): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  const client = async () => {
    for (;;) {
      const outcome = await fetched(`${url}/20000`, agent)
      outcomes.push(outcome)
      if ('error' in outcome) return
      onAnswer(outcomes.length)
    }
  }
  await Promise.all(Array.from({ length: 16 }, client))
  return outcomes
}

test('under load over keep-alive connections no request fails; only new connections are refused', async () => {
  const server = open.keep(await serving(aTier, { limits: { lingerMs: 500 } }))
  const agent = new Agent({ keepAlive: true, maxSockets: 16 })
  let closed: Promise<void> | undefined
  const outcomes = await load(server.url, agent, (count) => {
    if (count >= 400) closed ??= server.close(5000)
  })
  await closed
  const answered = outcomes.filter((outcome) => 'status' in outcome)
  const failed = outcomes.filter((outcome) => 'error' in outcome)
  expect(answered.length).toBeGreaterThanOrEqual(400)
  expect(answered.every(({ status, bytes }) => status === 200 && bytes === 20_000)).toBe(true)
  expect(failed).toEqual(Array(16).fill({ error: 'ECONNREFUSED' }))
})

test('a request that runs when the drain begins is finished, and told to close', async () => {
  const held = aHeldTier()
  const server = open.keep(await serving(held.tier))
  const answer = fetched(`${server.url}/1`, new Agent({ keepAlive: true }))
  await held.asked
  const closed = server.close(5000)
  expect(server.isDraining()).toBe(true)
  held.release()
  expect(await answer).toEqual({ status: 200, bytes: 7, connection: 'close' })
  await closed
})

test('an idle keep-alive connection that asks during the drain is answered once more', async () => {
  const server = open.keep(await serving(aTier, { limits: { lingerMs: 2000 } }))
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  expect(await fetched(`${server.url}/5`, agent)).toMatchObject({ connection: 'keep-alive' })
  const closed = server.close(5000)
  expect(await fetched(`${server.url}/5`, agent)).toMatchObject({ status: 200, connection: 'close' })
  await closed
})

test('idle connections and those that never spoke do not hold up the end', async () => {
  const server = open.keep(await serving(aTier))
  await fetched(`${server.url}/5`, new Agent({ keepAlive: true }))
  const silent = connect(server.port, '127.0.0.1')
  await new Promise((resolve) => silent.once('connect', resolve))
  silent.on('error', () => {})
  // A grace longer than this test may take.
  await server.close(3_600_000)
})

test('what still runs after the grace is cut', async () => {
  const held = aHeldTier()
  const server = open.keep(await serving(held.tier))
  const answer = fetched(`${server.url}/1`, new Agent({ keepAlive: true }))
  await held.asked
  await server.close(50)
  expect(await answer).toEqual({ error: 'ECONNRESET' })
  held.release()
})

test('a port that is taken is an error, not a silent server', async () => {
  const server = open.keep(await serving(aTier))
  await expect(listen({ host: '127.0.0.1', port: server.port, listener: () => {} })).rejects.toThrow(
    'EADDRINUSE',
  )
})

const said = (port: number, request: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let answer = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(request))
    socket.on('data', (chunk) => (answer += chunk)).on('close', () => resolve(answer))
    socket.on('error', reject)
  })

test.each([
  ['no HTTP at all', 'GURKE\r\n\r\n', 400, 'bad-request'],
  ['a header that is none', 'GET /1 HTTP/1.1\r\nhost: a\r\nb c\r\n\r\n', 400, 'bad-request'],
  ['no Host', 'GET /1 HTTP/1.1\r\n\r\n', 400, 'bad-request'],
  ['headers without end', `GET /1 HTTP/1.1\r\nhost: a\r\nx: ${'y'.repeat(20_000)}`, 431, 'headers-too-large'],
])('%s is refused with a problem document', async (_, request, status, kind) => {
  const server = open.keep(await serving(aTier))
  const answer = await said(server.port, request)
  const [head = '', body = ''] = answer.split('\r\n\r\n')
  expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [A-Z]`))
  expect(head).toMatch(/content-type: application\/problem\+json/i)
  expect(head).toMatch(/connection: close/i)
  expect(head).toContain(`content-length: ${Buffer.byteLength(body)}`)
  expect(JSON.parse(body)).toMatchObject({ type: `urn:halftone:problem:${kind}`, status })
})

test('HTTP/1.0 needs no Host', async () => {
  const server = open.keep(await serving(aTier))
  expect(await said(server.port, 'GET /5 HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 /)
})

test('an answer that has begun is not broken into', async () => {
  const server = open.keep(
    await listen({
      ...{ host: '127.0.0.1', port: 0 },
      listener: (_, response) => {
        response.writeHead(200, { 'content-length': 100 }).write('begun')
      },
    }),
  )
  const request = 'POST /1 HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nno length\r\n'
  expect(await said(server.port, request)).not.toMatch(/problem/)
})

test('headers that are too large are refused', async () => {
  const server = open.keep(await serving(aTier, { limits: { maxHeaderBytes: 2048 } }))
  const status = await new Promise((resolve) => {
    get(`${server.url}/1`, { headers: { x: 'y'.repeat(4000) } }, (res) => resolve(res.statusCode))
  })
  expect(status).toBe(431)
})

test('a client that does not take its answer is ended; one that waits for it in silence is not', async () => {
  const held = aHeldTier()
  const server = open.keep(await serving(held.tier, { limits: { stallMs: 100 } }))
  const patient = fetched(`${server.url}/1`, new Agent())
  await held.asked
  const big = open.keep(await serving(aTier, { limits: { stallMs: 100 } }))
  const stalled = connect(big.port, '127.0.0.1')
  stalled.pause().write('GET /50000000 HTTP/1.1\r\nhost: a\r\n\r\n')
  // A client that does not read hears of the end only when it speaks; more often, and it would not count as silent.
  const knocking = setInterval(() => stalled.write('\r\n'), 300)
  await new Promise((resolve) => stalled.once('error', resolve))
  clearInterval(knocking)
  held.release()
  expect(await patient).toMatchObject({ status: 200, bytes: 7 })
})

test('a client that goes silent within its body is ended; one whose body nobody reads yet is not', async () => {
  const begun = Promise.withResolvers<IncomingMessage>()
  const server = open.keep(
    await listen({
      ...{ host: '127.0.0.1', port: 0, limits: { stallMs: 100 } },
      listener: (req, res) => {
        if (req.url === '/read') req.resume()
        else begun.resolve(req.on('end', () => res.end('all of it')))
      },
    }),
  )
  const sent = (path: string, body: Buffer) => {
    const socket = connect(server.port, '127.0.0.1')
    socket.write(`POST ${path} HTTP/1.1\r\nhost: a\r\ncontent-length: 1000000\r\n\r\n`)
    socket.write(body)
    return socket
  }
  const patient = sent('/', Buffer.alloc(1_000_000))
  const req = await begun.promise
  await new Promise((resolve) => sent('/read', Buffer.alloc(10)).on('close', resolve))
  req.resume()
  const [answer] = await once(patient, 'data')
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 200 .*all of it/s)
  patient.destroy()
})

test.each([
  ['in one packet', 40_000],
  ['in many small ones', 1400],
])('a target too long for the parser is refused as one, when it comes %s', async (_, size) => {
  const server = open.keep(await serving(aTier))
  const request = Buffer.from(`GET /${'a'.repeat(30_000)} HTTP/1.1\r\nhost: a\r\n\r\n`)
  const answer = await new Promise<string>((resolve) => {
    let text = ''
    const socket = connect({ port: server.port, host: '127.0.0.1', noDelay: true }, async () => {
      for (let at = 0; at < request.length && socket.writable; at += size) {
        socket.write(request.subarray(at, at + size))
        await new Promise((done) => setImmediate(done))
      }
    })
    socket.on('data', (chunk) => (text += chunk)).on('close', () => resolve(text))
  })
  expect(answer).toMatch(/^HTTP\/1\.1 414 /)
})

test('a client that resets its tunnel harms nobody', async () => {
  const server = open.keep(await serving(aTier))
  for (let i = 0; i < 5; i++) {
    const socket = connect(server.port, '127.0.0.1')
    socket.write('CONNECT a:443 HTTP/1.1\r\nhost: a\r\n\r\n')
    await once(socket, 'data')
    socket.resetAndDestroy()
  }
  expect(await fetched(`${server.url}/5`, new Agent())).toMatchObject({ status: 200 })
})
