// Heads that are used again: what a client sees is what Node would have sent, also where a connection is to end.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ReadyHead, readyHead, writeReady } from '../../http/ready-head.ts'

const lines = ['Age', '1', 'X-Odd', 'caf\u00e9', 'Content-Length', '4']
let head: ReadyHead
let isOnce = false
const server: Server = createServer((req: IncomingMessage, res) => {
  res.sendDate = false
  if (isOnce) res.writeHead(200, 'Fine', lines)
  else writeReady(res, head)
  if (req.method === 'HEAD') res.end()
  else res.end('body')
})

beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterAll(() => void server.close())

/** All that comes for some requests on one connection, the last of which ends it. */
async function said(...requests: string[]): Promise<string> {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  socket.setEncoding('latin1')
  socket.write(requests.map((each) => `${each}\r\n\r\n`).join(''))
  return text(socket)
}

const get = 'GET / HTTP/1.1\r\nHost: a'
const last = `${get}\r\nConnection: close`

test.each([
  ['a request and another one', [get, get, last]],
  ['HEAD', [get, 'HEAD / HTTP/1.1\r\nHost: a', get, last]],
  ['HTTP/1.0', [get, 'GET / HTTP/1.0']],
  ['HTTP/1.0 that stays', [get, 'GET / HTTP/1.0\r\nConnection: keep-alive', last]],
])('%s get what Node sends', async (_, requests) => {
  isOnce = true
  const own = await said(...requests)
  isOnce = false
  head = readyHead(200, lines, 'Fine')
  for (const _ of ['made', 'used again']) expect(await said(...requests)).toBe(own)
})

test('a changed line is sent once the text is forgotten', async () => {
  head = readyHead(200, [...lines])
  await said(get, last)
  head.lines[1] = '2'
  head.text = undefined
  expect(await said(get, last)).toMatch(/^(?:HTTP\/1.1 200 OK\r\nAge: 2\r\n[\s\S]*?body){2}$/)
})
