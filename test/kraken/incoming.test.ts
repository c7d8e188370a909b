// What the faces read of a request besides pictures.
import { once } from 'node:events'
import { connect } from 'node:net'
import { Readable } from 'node:stream'
import { request } from 'undici'
import { expect, onTestFinished, test } from 'vitest'
import { baseOf, textOf, untilLeft } from '../../api/faces/request.ts'
import { aServer } from '../origin/servers.ts'

type Listener = Parameters<typeof aServer>[0]

async function aSite(listener: Listener) {
  const site = await aServer(listener)
  onTestFinished(() => site.close())
  return site
}

test.each([
  ['pictures.example', 'http://pictures.example'],
  ['pictures.example:8080', 'http://pictures.example:8080'],
  ['[::1]:80', 'http://[::1]:80'],
  ['a.example/path', 'http://127.0.0.1:port'],
  ['user@a.example', 'http://127.0.0.1:port'],
  ['a.example:123456', 'http://127.0.0.1:port'],
])('asked as %s it is reached at %s, whatever forwarded headers say', async (host, expected) => {
  const site = await aSite((incoming, response) => response.end(baseOf(incoming, undefined)))
  const headers = { host, 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' }
  const { body } = await request(site.url, { headers })
  expect(await body.text()).toBe(expected.replace('port', String(site.port)))
})

test('it is reached where it was configured to be', async () => {
  const site = await aSite((incoming, response) => response.end(baseOf(incoming, 'https://cdn.example')))
  const { body } = await request(site.url, { headers: { host: 'other.example' } })
  expect(await body.text()).toBe('https://cdn.example')
})

test.each([
  ['announced', () => '12345'],
  ['in chunks that still come', () => Readable.from(Array.from({ length: 200 }, () => 'x'.repeat(10_000)))],
])('a text that is too long, %s, is refused and the client can read why', async (_, body) => {
  const site = await aSite(async (incoming, response) => {
    const answer = await textOf(incoming, 4).catch((failure: Error) => failure.message)
    response.end(answer)
  })
  const answer = await request(site.url, { method: 'POST', body: body() })
  expect(await answer.body.text()).toBe('The body is longer than the 4 bytes allowed here.')
  const fits = await request(site.url, { method: 'POST', body: 'äö' })
  expect(await fits.body.text()).toBe('äö')
})

test('a client that leaves ends the work; one that was answered does not', async () => {
  const signals: AbortSignal[] = []
  const site = await aSite((incoming, response) => {
    signals.push(untilLeft({ incoming, outgoing: response }))
    if (incoming.url === '/stay') response.end()
  })
  await request(`${site.url}/stay`).then(({ body }) => body.dump())
  const socket = connect(site.port, '127.0.0.1')
  await once(socket, 'connect')
  socket.write('GET /leave HTTP/1.1\r\nhost: a.example\r\n\r\n')
  await expect.poll(() => signals.length, { interval: 5 }).toBe(2)
  socket.destroy()
  await expect.poll(() => signals[1]?.aborted, { interval: 5 }).toBe(true)
  expect(signals[1]?.reason).toMatchObject({ kind: 'abandoned' })
  expect(signals[0]?.aborted).toBe(false)
})
