// What remote() makes of a neighbour that fails.
import { createServer, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { connectionFailure } from '../../wire/connections.ts'
import { createRemoteTier } from '../../wire/index.ts'
import { aHeldTier, anAsk, aTier, limits, opened, serving } from './tiers.ts'

const open = opened()
afterEach(open.closeAll)

/** A neighbour that says these words to whoever connects, and hangs up. */
async function saying(words: string, { hangUp = true } = {}) {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('data', () => (hangUp ? socket.end(words) : socket.write(words)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      for (const socket of sockets) socket.destroy()
    })
  return open.keep({ url: `http://127.0.0.1:${port}`, close })
}

async function failureOf(url: string, options = {}) {
  const tier = open.keep(createRemoteTier(url, { ...limits, ...options }))
  const { status, headers } = await tier(anAsk('/1'))
  return `${status} ${headers['halftone-failure']}`
}

test('nobody listens: upstream-failed', async () => {
  const gone = await serving(aTier)
  await gone.close(0)
  expect(await failureOf(gone.url)).toBe('502 upstream-failed')
})

test('the connection closes before the answer: upstream-failed', async () => {
  expect(await failureOf((await saying('')).url)).toBe('502 upstream-failed')
})

test('a body shorter than its length: upstream-failed', async () => {
  const { url } = await saying('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc')
  expect(await failureOf(url)).toBe('502 upstream-failed')
})

test('chunks that break off: upstream-failed', async () => {
  const { url } = await saying('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab')
  expect(await failureOf(url)).toBe('502 upstream-failed')
})

test('no HTTP at all: upstream-failed', async () => {
  expect(await failureOf((await saying('SSH-2.0-OpenSSH\r\n')).url)).toBe('502 upstream-failed')
})

test('an answer that never comes: upstream-late', async () => {
  const held = aHeldTier()
  const server = open.keep(await serving(held.tier))
  expect(await failureOf(server.url, { answerMs: 30 })).toBe('504 upstream-late')
  held.release()
})

test('a body that stalls: upstream-late', async () => {
  const { url } = await saying('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc', { hangUp: false })
  expect(await failureOf(url, { answerMs: 30 })).toBe('504 upstream-late')
})

test('waiting for a free connection counts against the time', async () => {
  const held = aHeldTier()
  const server = open.keep(await serving(held.tier))
  const tier = open.keep(createRemoteTier(server.url, { ...limits, connections: 1, answerMs: 50 }))
  const answers = await Promise.all([tier(anAsk('/1')), tier(anAsk('/2')), tier(anAsk('/3'))])
  expect(answers.map(({ status }) => status)).toEqual([504, 504, 504])
  held.release()
})

test('a body larger than allowed: upstream-failed, whether or not it was announced', async () => {
  const server = open.keep(await serving(aTier))
  const tier = open.keep(createRemoteTier(server.url, { ...limits, maxBodyBytes: 100 }))
  expect((await tier(anAsk('/100'))).status).toBe(200)
  expect((await tier(anAsk('/101'))).status).toBe(502)
  const { url } = await saying('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n')
  expect(await failureOf(url, { maxBodyBytes: 4 })).toBe('502 upstream-failed')
  expect(await failureOf(url, { maxBodyBytes: 5 })).toBe('200 undefined')
})

test('hop-by-hop headers and those named by Connection are not passed on', async () => {
  const { url } = await saying(
    'HTTP/1.1 200 OK\r\nConnection: close, X-Mine\r\nX-Mine: 1\r\nKeep-Alive: timeout=5\r\nX-Two: a\r\nX-Two: b\r\n\r\nok',
  )
  const tier = open.keep(createRemoteTier(url, limits))
  expect((await tier(anAsk('/1'))).headers).toEqual({ 'x-two': 'a, b' })
})

test('an informational answer comes before the real one', async () => {
  const { url } = await saying(
    'HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok',
  )
  const answer = await open.keep(createRemoteTier(url, limits))(anAsk('/1'))
  expect([answer.status, answer.headers, answer.body.toString()]).toEqual([
    200,
    { 'content-length': '2' },
    'ok',
  ])
})

test('a connection that took too long is late, one that was refused has failed', () => {
  const coded = (code: string) => Object.assign(new Error(code), { code })
  expect(connectionFailure(coded('UND_ERR_CONNECT_TIMEOUT')).kind).toBe('upstream-late')
  expect(connectionFailure(coded('ECONNREFUSED')).kind).toBe('upstream-failed')
})
