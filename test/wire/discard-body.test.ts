// A request that is answered before its body was read: the answer arrives, and the connection goes on or ends in peace.
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { connect, type Socket } from 'node:net'
import { Readable } from 'node:stream'
import { expect, onTestFinished, test } from 'vitest'
import { listen, type ServerLimits } from '../../wire/server.ts'
import type { Listener } from '../../wire/tier-listener.ts'

const megabyte = 2 ** 20

async function aClient(listener: Listener, limits: ServerLimits = {}) {
  const server = await listen({ host: '127.0.0.1', port: 0, listener, limits: { lingerMs: 0, ...limits } })
  onTestFinished(() => server.close(0))
  const socket = connect(server.port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  let text = ''
  const errors: string[] = []
  socket.on('data', (chunk) => (text += chunk)).on('error', ({ message }) => errors.push(message))
  const closed = new Promise((resolve) => socket.on('close', resolve))
  return { socket, errors, closed, text: () => text }
}

const head = (length: number, fields = ''): string =>
  `POST / HTTP/1.1\r\nhost: a\r\ncontent-length: ${length}\r\n${fields}\r\n`

/** All of it, before anything of the answer is read. */
async function sendBlindly(socket: Socket, request: string, bytes: number): Promise<void> {
  socket.pause().write(request)
  await new Promise<void>((resolve) => socket.write(Buffer.alloc(bytes, 'x'), () => resolve()))
  socket.resume()
}

const readers: [string, (request: IncomingMessage) => unknown][] = [
  ['not read at all', () => {}],
  ['made a web stream', (request) => void Readable.toWeb(request)],
  ['begun by an iterator', (request) => request.iterator({ destroyOnReturn: false }).next()],
]

test.each(readers)('a body %s does not hold up the next request', async (_, read) => {
  const { socket, text } = await aClient(async (request, response) => {
    if (request.method === 'POST') await read(request)
    response.writeHead(request.method === 'POST' ? 413 : 200).end(request.method)
  })
  socket.write(head(megabyte))
  socket.write(Buffer.alloc(megabyte))
  socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n')
  await expect.poll(text).toMatch(/^HTTP\/1\.1 413 .*HTTP\/1\.1 200 .*GET/s)
})

test.each(readers)('a client that closes after it gets its answer, its body %s', async (_, read) => {
  const { socket, errors, closed, text } = await aClient(async (request, response) => {
    await read(request)
    response.writeHead(413).end('no')
  })
  await sendBlindly(socket, head(8 * megabyte, 'connection: close\r\n'), 8 * megabyte)
  await closed
  expect(text()).toMatch(/^HTTP\/1\.1 413 .*no/s)
  expect(errors).toEqual([])
})

test('what comes after the last request of a connection is not done', async () => {
  const asked: (string | undefined)[] = []
  const { socket, closed } = await aClient((request, response) => {
    asked.push(request.url)
    response.writeHead(413).end()
  })
  socket.write(head(10, 'connection: close\r\n'))
  await once(socket, 'data')
  socket.write(`${'x'.repeat(10)}${head(0).replace('/', '/two')}`)
  await closed
  expect(asked).toEqual(['/'])
})

test.each([
  ['of a connection that would go on', ''],
  ['of one that ends', 'connection: close\r\n'],
])('a body that never ends, %s, is cut off', async (_, fields) => {
  const { socket, closed, text } = await aClient((_, response) => response.writeHead(413).end('no'), {
    unreadMs: 100,
  })
  socket.write(head(1e12, fields))
  const chunk = Buffer.alloc(megabyte)
  const send = () => {
    while (socket.writable && socket.write(chunk));
  }
  socket.on('drain', send)
  send()
  await closed
  expect(text()).toMatch(/^HTTP\/1\.1 413 /)
})

test('a client that only waits is not waited for', async () => {
  const { socket, closed, text } = await aClient((_, response) => response.writeHead(413).end('no'), {
    unreadMs: 100,
  })
  socket.write(head(1000))
  await closed
  expect(text()).toMatch(/^HTTP\/1\.1 413 /)
})

test.each([
  ['headers without end', 'GET / HTTP/1.1\r\nhost: a\r\nx: ', 431],
  [
    'chunks that have more to say than they hold',
    'POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n1;',
    413,
  ],
  ['no HTTP', 'GURKE', 400],
])('who sends %s gets to read why not', async (_, request, status) => {
  const { socket, errors, closed, text } = await aClient((req, res) =>
    req.resume().on('end', () => res.end()),
  )
  await sendBlindly(socket, request, 8 * megabyte)
  await closed
  expect(text()).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
  expect(errors).toEqual([])
})
