// A client that asks before it sends (Expect: 100-continue, RFC 9110 10.1.1) is told to only when somebody wants its body.
import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { listen } from '../../wire/server.ts'
import type { Listener } from '../../wire/tier-listener.ts'

/** Sends the head, and the body as soon as it is told to; what came back, as text, until the server closes. */
async function asking(listener: Listener, { isPatient = true } = {}): Promise<string> {
  const server = await listen({ host: '127.0.0.1', port: 0, listener, limits: { lingerMs: 0 } })
  onTestFinished(() => server.close(100))
  const socket = connect(server.port, '127.0.0.1').setEncoding('latin1')
  const body = isPatient ? '' : 'hello'
  socket.write(
    `POST / HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 5\r\nconnection: close\r\n\r\n${body}`,
  )
  let said = ''
  socket.on('data', (text: string) => {
    said += text
    if (isPatient && said.endsWith('100 Continue\r\n\r\n')) socket.write('hello')
  })
  await once(socket, 'close')
  return said
}

const reading: Listener = async (request, response) => {
  const text = Buffer.concat(await request.toArray()).toString()
  response.end(text)
}
const refusing: Listener = (_, response) => void response.writeHead(401).end('no')

test('who reads the body has it sent', async () => {
  const said = await asking(reading)
  expect(said).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n/)
  expect(said).toMatch(/\r\n\r\nhello$/)
})

test('who refuses it unread says so alone, and that the connection ends', async () => {
  const said = await asking(refusing)
  expect(said).toMatch(/^HTTP\/1\.1 401 Unauthorized\r\n/)
  expect(said).toMatch(/\r\nconnection: close\r\n/i)
  expect(said).not.toContain('100 Continue')
})

test('a refusal is not taken back by letting the body go', async () => {
  const said = await asking((request, response) => {
    response.writeHead(401).end('no')
    request.resume()
  })
  expect(said).not.toContain('100 Continue')
})

test('who does not wait is served, and refused, all the same', async () => {
  expect(await asking(reading, { isPatient: false })).toMatch(/HTTP\/1\.1 200 OK\r\n/)
  expect(await asking(refusing, { isPatient: false })).toMatch(/^HTTP\/1\.1 401 Unauthorized\r\n/)
})
