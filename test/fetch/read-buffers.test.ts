import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { giveBack, readInto } from '../../fetch/read-buffers.ts'

/** No two pieces of it are the same. */
const body = Buffer.alloc(8_000_000)
for (let at = 0; at < body.length; at += 4) body.writeUInt32LE(at, at)

let port = 0
const server = createServer((socket) => socket.on('error', () => {}).end(body))
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  port = (server.address() as AddressInfo).port
})
afterAll(() => void server.close())

/** Everything that comes, by `take`, chunk for chunk. */
async function received(take: (chunk: Buffer) => void): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1', onread: readInto() })
  socket.on('data', take)
  await once(socket, 'close')
}

const digestOf = (chunks: readonly Buffer[]): string => {
  const hash = createHash('sha256')
  for (const chunk of chunks) hash.update(chunk)
  return hash.digest('hex')
}

test('what is given back is used again, and all bytes are right', async () => {
  const buffers = new Map<ArrayBufferLike, number>()
  const hashes = await Promise.all(
    Array.from({ length: 4 }, async () => {
      const hash = createHash('sha256')
      await received((chunk) => {
        hash.update(chunk)
        buffers.set(chunk.buffer, (buffers.get(chunk.buffer) ?? 0) + 1)
        giveBack(chunk)
      })
      return hash.digest('hex')
    }),
  )
  expect(hashes).toEqual(Array(4).fill(digestOf([body])))
  expect(Math.max(...buffers.values())).toBeGreaterThan(4)
})

test('what is kept stays as it was, whatever others give back', async () => {
  const kept: Buffer[] = []
  const others = Array.from({ length: 4 }, () => received(giveBack))
  await Promise.all([received((chunk) => void kept.push(chunk)), ...others])
  expect(digestOf(kept)).toBe(digestOf([body]))
})

test('a buffer is not used again before all of its bytes were given back', async () => {
  const halves: Buffer[] = []
  await received((chunk) => {
    halves.push(chunk.subarray(0, chunk.length / 2))
    giveBack(chunk.subarray(chunk.length / 2))
  })
  const before = digestOf(halves)
  await received(giveBack)
  expect(digestOf(halves)).toBe(before)
})

test('a few bytes do not keep a large buffer', async () => {
  const small = createServer((socket) => socket.on('error', () => {}).end('a few bytes'))
  await once(small.listen(0, '127.0.0.1'), 'listening')
  const socket = connect({
    ...{ port: (small.address() as AddressInfo).port, host: '127.0.0.1', onread: readInto() },
  })
  const [chunk] = (await once(socket, 'data')) as [Buffer]
  // Node's own pool for small buffers, of whatever size it is.
  expect(chunk.buffer.byteLength).toBeLessThanOrEqual(Buffer.poolSize)
  small.close()
})
