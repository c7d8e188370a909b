// The plainest requests are answered from the socket; with anything else the connection is node:http's.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { plainHead } from '../../wire/plain-head.ts'
import type { FindPlain } from '../../wire/plain-reader.ts'
import { listen } from '../../wire/server.ts'
import { opened } from './tiers.ts'

const open = opened()
afterEach(open.closeAll)

const body = Buffer.from('from memory')
const head = Buffer.from(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n`)
const asked = 'GET /ready HTTP/1.1\r\nHost: a.example\r\nAccept: image/webp\r\nUser-Agent: one\r\n\r\n'

interface Serving {
  readonly find?: FindPlain
  readonly limits?: Parameters<typeof listen>[0]['limits']
}

/** Knows `/ready` for who accepts WebP; its listener answers whatever it is asked. */
async function serving({ find, limits }: Serving = {}) {
  const known: FindPlain = (target, { accept }) =>
    target === '/ready' && accept === 'image/webp' ? { head, body } : undefined
  return open.keep(
    await listen({
      host: '127.0.0.1',
      port: 0,
      plain: find ?? known,
      listener: (_, res) => void res.writeHead(200, { 'content-length': 8 }).end('listener'),
      limits: { lingerMs: 20, ...limits },
    }),
  )
}

interface Client {
  readonly socket: Socket
  /** Sends each, when the answer to the one before it has come; the bodies of all answers. */
  ask(...packets: string[]): Promise<string[]>
}

async function aClient(port: number): Promise<Client> {
  const socket = connect(port, '127.0.0.1').setNoDelay()
  await once(socket, 'connect')
  return {
    socket,
    async ask(...packets) {
      const bodies: string[] = []
      for (const packet of packets) {
        socket.write(Buffer.from(packet, 'latin1'))
        bodies.push(bodyOf(await answer(socket)))
      }
      return bodies
    },
  }
}

async function answer(socket: Socket): Promise<string> {
  let text = ''
  for (;;) {
    text += String((await once(socket, 'data'))[0])
    const [whole, length] = /content-length: (\d+).*?\r\n\r\n/is.exec(text) ?? []
    if (whole && text.length >= text.indexOf('\r\n\r\n') + 4 + Number(length)) return text
  }
}

const bodyOf = (text: string): string => text.slice(text.indexOf('\r\n\r\n') + 4)

test('what is ready is written with the fields that node:http adds', async () => {
  const { socket } = await aClient((await serving()).port)
  socket.write(asked)
  const [first, ...fields] = (await answer(socket)).split('\r\n')
  expect([first, ...fields]).toEqual([
    'HTTP/1.1 200 OK',
    'content-length: 11',
    expect.stringMatching(/^Date: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/),
    'Connection: keep-alive',
    'Keep-Alive: timeout=72',
    '',
    'from memory',
  ])
  socket.destroy()
})

test('a connection goes on from one to the next, and stays with node:http from the first that is not plain', async () => {
  const client = await aClient((await serving()).port)
  const other = 'GET /other HTTP/1.1\r\nHost: a.example\r\n\r\n'
  expect(await client.ask(asked, asked, other, asked)).toEqual([
    'from memory',
    'from memory',
    'listener',
    'listener',
  ])
  client.socket.destroy()
})

test('fields are read again where they are others than before', async () => {
  const client = await aClient((await serving()).port)
  expect(await client.ask(asked, asked.replace('image/webp', 'image/png '))).toEqual([
    'from memory',
    'listener',
  ])
  client.socket.destroy()
})

test('who has it already is known by the tag, and no date counts beside it', async () => {
  const tags: unknown[] = []
  const unchanged = { head: Buffer.from('HTTP/1.1 304 Not Modified\r\netag: "a"\r\n'), body: Buffer.alloc(0) }
  const find: FindPlain = (_, { ifNoneMatch }) => {
    tags.push(ifNoneMatch)
    return unchanged
  }
  const { socket } = await aClient((await serving({ find })).port)
  const tag = 'If-None-Match: "a"\r\nIf-Modified-Since: Sun, 29 Nov 2026 00:00:00 GMT\r\n'
  socket.write(asked.replace('User-Agent: one\r\n', tag))
  expect(String((await once(socket, 'data'))[0])).toMatch(
    /^HTTP\/1\.1 304 .*Keep-Alive: timeout=72\r\n\r\n$/s,
  )
  expect(tags).toEqual(['"a"'])
  socket.destroy()
})

describe('is for node:http', () => {
  const fields = 'Host: a.example\r\nAccept: image/webp\r\n'
  test.each([
    ['another method', `HEAD /ready HTTP/1.1\r\n${fields}\r\n`],
    ['another version', `GET /ready HTTP/1.0\r\n${fields}Connection: keep-alive\r\n\r\n`],
    ['a whole address', `GET http://a.example/ready HTTP/1.1\r\n${fields}\r\n`],
    ['a range', `GET /ready HTTP/1.1\r\n${fields}Range: bytes=0-1\r\n\r\n`],
    ['a condition', `GET /ready HTTP/1.1\r\n${fields}If-Match: "a"\r\n\r\n`],
    ['a date', `GET /ready HTTP/1.1\r\n${fields}If-Modified-Since: Sun, 29 Nov 2026 00:00:00 GMT\r\n\r\n`],
    [
      'two tags in two lines',
      `GET /ready HTTP/1.1\r\n${fields}If-None-Match: "a"\r\nIf-None-Match: "b"\r\n\r\n`,
    ],
    ['a head longer than any', `GET /ready HTTP/1.1\r\n${fields}Cookie: ${' '.repeat(9000)}a\r\n\r\n`],
    ['a hint', `GET /ready HTTP/1.1\r\n${fields}Save-Data: on\r\n\r\n`],
    ['a field that nobody knows', `GET /ready HTTP/1.1\r\n${fields}X-Any: thing\r\n\r\n`],
    ['a body', `GET /ready HTTP/1.1\r\n${fields}Content-Length: 2\r\n\r\nhi`],
    ['a body in chunks', `GET /ready HTTP/1.1\r\n${fields}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    ['the last on its connection', `GET /ready HTTP/1.1\r\n${fields}Connection: close\r\n\r\n`],
    ['two values of a field', `GET /ready HTTP/1.1\r\n${fields}Accept: image/webp\r\n\r\n`],
    ['no host', 'GET /ready HTTP/1.1\r\nAccept: image/webp\r\n\r\n'],
    ['a host that is none', 'GET /ready HTTP/1.1\r\nHost: a b\r\nAccept: image/webp\r\n\r\n'],
    ['a blank before a colon', `GET /ready HTTP/1.1\r\n${fields}Cookie : a\r\n\r\n`],
    ['a folded line', `GET /ready HTTP/1.1\r\n${fields}Cookie: a\r\n b\r\n\r\n`],
    ['a line that ends early', `GET /ready HTTP/1.1\r\n${fields}Cookie: a\nRange: bytes=0-1\r\n\r\n`],
    ['a zero', `GET /ready HTTP/1.1\r\n${fields}Cookie: a\0b\r\n\r\n`],
  ])('%s', async (_, request) => {
    let found = 0
    const server = await serving({ find: () => void found++ })
    const { socket } = await aClient(server.port)
    socket.write(Buffer.from(request, 'latin1'))
    expect(String((await once(socket, 'data'))[0])).toMatch(/^HTTP\/1\.1 [24]00/)
    expect(found).toBe(0)
    socket.destroy()
  })

  test.each([
    ['a part of a head', asked.slice(0, -2)],
    ['the rest of a head', asked.slice(20)],
    ['two heads', asked + asked],
    ['an empty packet', ''],
  ])('%s', (_, packet) => {
    expect(plainHead(packet)).toBeUndefined()
  })

  test('two requests in one packet, which are answered in their order', async () => {
    const { socket } = await aClient((await serving()).port)
    socket.write(asked + asked.replace('Host', 'Connection: close\r\nHost'))
    let text = ''
    for await (const chunk of socket) text += String(chunk)
    expect(text.match(/listener|from memory/g)).toEqual(['listener', 'listener'])
  })
})

test('who takes nothing of an answer is let go', async () => {
  const large = {
    head: Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 50000000\r\n'),
    body: Buffer.alloc(50e6),
  }
  const { socket } = await aClient((await serving({ find: () => large, limits: { stallMs: 50 } })).port)
  socket.pause().write(asked)
  // Who does not read hears of the end only by speaking; more often, and it would not count as silent.
  const knocking = setInterval(() => socket.write('\r\n'), 150)
  await new Promise((resolve) => socket.once('error', resolve))
  clearInterval(knocking)
})

test('who asks for nothing more is let go after the time that was announced', async () => {
  const client = await aClient((await serving({ limits: { keepAliveMs: 50 } })).port)
  expect(await client.ask(asked)).toEqual(['from memory'])
  await once(client.socket, 'close')
})

describe('when the server ends', () => {
  test('an idle connection does not hold it up', async () => {
    const server = await serving()
    const client = await aClient(server.port)
    await client.ask(asked)
    await server.close(60_000)
  })

  test('a connection that asks once more is answered, and told that it was the last time', async () => {
    const server = await serving({ limits: { lingerMs: 2000 } })
    const client = await aClient(server.port)
    await client.ask(asked)
    const closed = server.close(60_000)
    client.socket.write(asked)
    expect(await answer(client.socket)).toMatch(/^Connection: close\r$/m)
    await closed
  })

  test('an answer under way is taken to its end', async () => {
    const large = {
      head: Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 20000000\r\n'),
      body: Buffer.alloc(20e6),
    }
    const server = await serving({ find: () => large })
    const { socket } = await aClient(server.port)
    socket.write(asked)
    await once(socket, 'readable')
    const closed = server.close(60_000)
    let bytes = 0
    for await (const chunk of socket) bytes += (chunk as Buffer).length
    expect(bytes).toBeGreaterThan(20e6)
    await closed
  })
})
