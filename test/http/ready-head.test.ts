// Heads that are used again: what a client sees is what Node would have sent, also where a connection is to end.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bytesOf, type ReadyHead, readyHead, renew, writeReady } from '../../http/ready-head.ts'

const rest = ['X-Odd', 'caf\u00e9', 'Content-Length', '4']
const lines = ['age', '1', 'cache-status', 'a; hit', ...rest]
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
  head = readyHead(200, rest, 'Fine')
  renew(head, 1, 'a; hit')
  for (const _ of ['made', 'used again']) expect(await said(...requests)).toBe(own)
})

test('what grew old is sent from then on, by Node and as bytes', async () => {
  head = readyHead(200, rest)
  renew(head, 1, 'a; hit')
  await said(get, last)
  expect(bytesOf(head)).toBe(bytesOf(head))
  renew(head, 2, 'a; hit')
  expect(await said(get, last)).toMatch(/^(?:HTTP\/1.1 200 OK\r\nage: 2\r\n[\s\S]*?body){2}$/)
  expect(bytesOf(head)?.toString('latin1')).toBe(
    'HTTP/1.1 200 OK\r\nage: 2\r\ncache-status: a; hit\r\nX-Odd: caf\u00e9\r\nContent-Length: 4\r\n',
  )
})

test.each<[string, number, string[], string?]>([
  ['of an answer without a body', 204, []],
  ['with a line break in a value', 200, ['X', 'a\r\nX-Other: b']],
  ['with another alphabet in a value', 200, ['X', '\u4e2d']],
  ['with a blank in a name', 200, ['X Y', 'a']],
  ['with a line break in its reason', 200, [], 'OK\r\nX: y'],
])('there are no bytes %s', (_, status, rest, reason) => {
  expect(bytesOf(readyHead(status, rest, reason))).toBeUndefined()
})
