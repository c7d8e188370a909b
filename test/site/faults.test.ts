// What goes wrong between a site's client and its origin: nothing torn is stored or looks whole, and nothing is left open.
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createGuard } from '../../fetch/guard.ts'
import { heldBytes } from '../../site/cache/intake.ts'
import { exchange } from '../../site/exchange.ts'
import { aRawOrigin, type RawOrigin } from './raw-origin.ts'
import { aSite, type Handler, type SiteStack } from './stack.ts'

let raw: RawOrigin
let site: SiteStack
beforeEach(async () => {
  raw = await aRawOrigin()
  site = await aSite({ otherUrl: raw.url })
})
afterEach(async () => {
  await site.close()
  raw.close()
})

const fromRaw = { host: 'blog.test' }
const stored = 'Cache-Control: max-age=60\r\n'

/** What the client sees: the status and the body, or how it was broken off. */
async function seen(asked: Parameters<SiteStack['send']>[0]): Promise<string> {
  const asking = site.send(asked)
  try {
    const [res] = (await once(asking, 'response')) as [IncomingMessage]
    return `${res.statusCode} ${await buffer(res).then(String, () => 'broken off')}`
  } catch {
    return 'broken off'
  }
}

describe('an origin that', () => {
  const ok = 'HTTP/1.1 200 OK\r\n'
  test.each<[string, string, string]>([
    ['dies in a body of a stated length', `${ok}Content-Length: 100\r\n\r\nhalf`, '200 broken off'],
    [
      'dies in a stored body of a stated length',
      `${ok}${stored}Content-Length: 100\r\n\r\nhalf`,
      '200 broken off',
    ],
    ['dies between chunks', `${ok}Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n`, '200 broken off'],
    [
      'dies between chunks of a stored body',
      `${ok}${stored}Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n`,
      '200 broken off',
    ],
    ['dies in a chunk', `${ok}${stored}Transfer-Encoding: chunked\r\n\r\n8\r\nhalf`, '200 broken off'],
    [
      'sends a chunk of no size',
      `${ok}${stored}Transfer-Encoding: chunked\r\n\r\nxy\r\nhalf\r\n`,
      '200 broken off',
    ],
    ['dies in the head', `${ok}Content-Le`, '502'],
    ['says nothing', '', '502'],
    ['speaks another protocol', 'SSH-2.0-OpenSSH_9.6\r\n', '502'],
    ['has no status', 'HTTP/1.1 \r\n\r\n', '502'],
    ['has a status of letters', 'HTTP/1.1 abc OK\r\n\r\n', '502'],
    ['has a header without a name', `${ok}: x\r\nContent-Length: 0\r\n\r\n`, '502'],
    ['has a blank in a name', `${ok}X Y: x\r\nContent-Length: 0\r\n\r\n`, '502'],
    ['has a NUL in a value', `${ok}X: a\0b\r\nContent-Length: 0\r\n\r\n`, '502'],
    ['has two lengths', `${ok}Content-Length: 4\r\nContent-Length: 5\r\n\r\nhalf`, '502'],
    ['has a length below zero', `${ok}Content-Length: -1\r\n\r\nhalf`, '502'],
    ['has a length of letters', `${ok}Content-Length: four\r\n\r\nhalf`, '502'],
  ])('%s', async (_, bytes, expected) => {
    raw.says = { bytes }
    expect(await seen(fromRaw)).toMatch(new RegExp(`^${expected}`))
    // Nothing of it is stored.
    const before = raw.heard.length
    raw.says = { bytes: `${ok}Content-Length: 4\r\n\r\ngood` }
    expect(await seen(fromRaw)).toBe('200 good')
    expect(raw.heard.length).toBeGreaterThan(before)
  })

  test('sends more than it said: what it said is the answer, and the rest is nobody’s', async () => {
    raw.says = {
      bytes: `${ok}${stored}Content-Length: 4\r\n\r\ngoodHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil`,
      stays: true,
    }
    expect(await seen(fromRaw)).toBe('200 good')
    raw.says = { bytes: `${ok}Content-Length: 4\r\n\r\nnext`, stays: true }
    expect(await seen({ ...fromRaw, path: '/next' })).toBe('200 next')
  })

  test('sends a part that is not as long as it says: it passes, and is not stored', async () => {
    const part = `HTTP/1.1 206 Partial Content\r\n${stored}Content-Range: bytes 4-9/10\r\nContent-Length: 5\r\n\r\n01234`
    raw.says = { bytes: part }
    const asked = { ...fromRaw, headers: { range: 'bytes=4-9' } }
    expect(await seen(asked)).toBe('206 01234')
    await seen(asked)
    expect(raw.heard).toHaveLength(2)
  })
})

/** A body that never ends, as fast as it is taken; what was written so far. */
function endless(headers: Record<string, string>): { handler: Handler; sent: () => number } {
  let sent = 0
  const chunk = Buffer.alloc(65_536, 'x')
  const handler: Handler = (_, res) => {
    res.writeHead(200, headers)
    const more = (): void => {
      let isTaken = true
      while (isTaken && !res.destroyed) {
        sent += chunk.length
        isTaken = res.write(chunk)
      }
    }
    res.on('drain', more)
    more()
  }
  return { handler, sent: () => sent }
}

const kinds = [
  ['passed on', { 'cache-control': 'no-store' }],
  ['stored', { 'cache-control': 'max-age=60' }],
] as const

describe.each(kinds)('a body that is %s', (_, headers) => {
  test('leaves no connection to the origin when its client leaves', async () => {
    site.origin.answer = endless(headers).handler
    const asking = site.send()
    asking.on('error', () => {})
    const [res] = (await once(asking, 'response')) as [IncomingMessage]
    await once(res, 'data')
    asking.destroy()
    await vi.waitFor(async () => expect(await site.origin.connections()).toBe(0), patient)
  })

  test('leaves nothing in the store when its client leaves', async () => {
    const body = endless(headers)
    site.origin.answer = body.handler
    const asking = site.send()
    asking.on('error', () => {})
    const [res] = (await once(asking, 'response')) as [IncomingMessage]
    res.on('error', () => {})
    for (let bytes = 0; bytes < 6e6; ) bytes += ((await once(res, 'data'))[0] as Buffer).length
    asking.destroy()
    await vi.waitFor(async () => expect(await site.origin.connections()).toBe(0), patient)
    await vi.waitFor(() => expect(site.memory.size().entries).toBe(0), patient)
    await site.cache.idle()
    expect(site.disk.size().entries).toBe(0)
  })

  test('waits for a slow client, in bounded memory', async () => {
    const body = endless(headers)
    site.origin.answer = body.handler
    const asking = site.send()
    asking.on('error', () => {})
    const [res] = (await once(asking, 'response')) as [IncomingMessage]
    // It is never read, while others are served.
    site.origin.answer = (_req, answered) => void answered.end('ok')
    for (let at = 0; at < 100; at++) await site.ask({ path: `/${at}` })
    expect(body.sent()).toBeLessThan(64e6)
    res.destroy()
  })

  test('and is aborted hundreds of times leaves nothing open', async () => {
    site.origin.answer = endless(headers).handler
    const aborts = Number(process.env.SITE_ABORTS ?? 200)
    for (let done = 0; done < aborts; done += 20)
      await Promise.all(
        Array.from({ length: 20 }, async () => {
          const asking = site.send({ path: `/${Math.floor(done / 40)}` })
          asking.on('error', () => {})
          const [res] = (await once(asking, 'response')) as [IncomingMessage]
          res.on('error', () => {})
          await once(res, 'data')
          asking.destroy()
        }),
      )
    await vi.waitFor(async () => expect(await site.origin.connections()).toBe(0), patient)
    site.origin.answer = (_req, res) => void res.end('still here')
    expect(await seen({ path: '/after' })).toBe('200 still here')
  })
})

const patient = { timeout: 20_000, interval: 20 }

test('an origin at an address that was not allowed is a failure of ours, told to the operator with the setting', async () => {
  const asked = { origin: raw.url, method: 'GET', path: '/', lines: ['Host', 'blog.test'] }
  const closed = createGuard({ allowAddresses: [] })
  await expect(exchange(closed, { ...asked, signal: new AbortController().signal })).rejects.toMatchObject({
    kind: 'source-failed',
    details: { cause: { message: expect.stringContaining('allowAddresses') } },
  })
  await closed.destroy()
  expect(raw.heard).toHaveLength(0)
})

describe('a body on its way to the origin', () => {
  const begin = () => {
    const asking = request({
      ...{ host: '127.0.0.1', port: site.port, method: 'POST', path: '/upload', agent: false },
      headers: { host: 'shop.test', 'content-length': 1e9 },
    })
    asking.on('error', () => {})
    asking.write(Buffer.alloc(65_536))
    return asking
  }

  test('is broken off when its client leaves', async () => {
    const cut = Promise.withResolvers<void>()
    site.origin.answer = (req) => void req.once('data', () => asking.destroy()).once('close', cut.resolve)
    const asking = begin()
    await cut.promise
    await vi.waitFor(async () => expect(await site.origin.connections()).toBe(0), patient)
  })

  test('waits for an origin that does not read it, in bounded memory', async () => {
    const arrived = Promise.withResolvers<void>()
    site.origin.answer = () => arrived.resolve()
    const asking = begin()
    await arrived.promise
    let sent = 0
    const block = Buffer.alloc(2 ** 20)
    // Until nothing is taken any more while others are served.
    for (let rest = 0; rest < 20; rest++) {
      while (asking.writableLength < block.length) {
        asking.write(block)
        sent += block.length
        rest = 0
      }
      site.origin.answer = (_, res) => void res.end('ok')
      await site.ask({ path: `/${rest}` })
    }
    expect(sent).toBeLessThan(64e6)
    asking.destroy()
  })
})

test('a client that leaves a shared answer takes it from nobody', async () => {
  const gate = Promise.withResolvers<void>()
  site.origin.answer = (_, res) => {
    res.writeHead(200, { 'cache-control': 'max-age=60' })
    res.write(Buffer.alloc(heldBytes))
    void gate.promise.then(() => res.end('end'))
  }
  const first = site.send()
  first.on('error', () => {})
  const [res] = (await once(first, 'response')) as [IncomingMessage]
  res.on('error', () => {})
  const second = site.send()
  const [other] = (await once(second, 'response')) as [IncomingMessage]
  first.destroy()
  gate.resolve()
  expect((await buffer(other)).length).toBe(heldBytes + 3)
  expect(site.origin.seen).toHaveLength(1)
})

test('idle WebSockets stay, and end with their client', async () => {
  const count = Number(process.env.SITE_SOCKETS ?? 200)
  const open = new Set<unknown>()
  site.origin.server.on('upgrade', (_, socket) => {
    open.add(socket)
    socket.on('close', () => open.delete(socket)).on('error', () => {})
    socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n')
    socket.pipe(socket)
  })
  const clients: Socket[] = []
  for (let at = 0; at < count; at++) {
    const client = connect(site.port, '127.0.0.1')
    client.on('error', () => {})
    client.write('GET / HTTP/1.1\r\nHost: shop.test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n')
    await once(client, 'data')
    clients.push(client)
  }
  expect(open.size).toBe(count)
  const last = clients.at(-1) as Socket
  last.write('ping')
  expect(String((await once(last, 'data'))[0])).toBe('ping')
  for (const client of clients) client.destroy()
  await vi.waitFor(() => expect(open.size).toBe(0), patient)
})
