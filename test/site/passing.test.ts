// Long bodies that pass at the same time, each of other bytes: what was read for one is never sent to another.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { aSite, type SiteStack } from './stack.ts'

let site: SiteStack
beforeEach(async () => {
  site = await aSite()
})
afterEach(() => site.close())

const bytes = 1_500_000
const bodyOf = (path: string, length = bytes): Buffer => {
  const body = Buffer.alloc(length, path)
  for (let at = 0; at + 4 <= length; at += 64) body.writeUInt32LE(at, at)
  return body
}
const digestOf = (body: Buffer): string => createHash('sha256').update(body).digest('hex')

/** Read as it comes, or piece by piece with rests between. */
async function digestAt(path: string, isSlow: boolean): Promise<string> {
  const asking = site.send({ path })
  const [res] = (await once(asking, 'response')) as [IncomingMessage]
  const hash = createHash('sha256')
  for await (const chunk of res) {
    hash.update(chunk as Buffer)
    if (isSlow) await new Promise(setImmediate)
  }
  return hash.digest('hex')
}

test.each<[string, Record<string, string>]>([
  ['passed with a length', { 'cache-control': 'no-store', 'content-length': String(bytes) }],
  ['passed in chunks', { 'cache-control': 'no-store' }],
  ['stored with a length', { 'cache-control': 'max-age=60', 'content-length': String(bytes) }],
  ['stored in chunks', { 'cache-control': 'max-age=60' }],
])('%s', async (_, headers) => {
  const paths = Array.from({ length: 6 }, (_, at) => `/${at}`)
  const bodies = new Map(paths.map((path) => [path, bodyOf(path)]))
  site.origin.answer = (req, res) => void res.writeHead(200, headers).end(bodies.get(req.url ?? ''))
  // Each twice: what is stored is shared while it comes.
  const asked = [...paths, ...paths].map((path, at) => digestAt(path, at % 3 === 0))
  const expected = [...bodies.values()].map(digestOf)
  expect(await Promise.all(asked)).toEqual([...expected, ...expected])
  await site.cache.idle()
  // And what was stored of them is right.
  expect(await Promise.all(paths.map((path) => digestAt(path, false)))).toEqual(expected)
})

test('a client that stops, and reads on later, gets its own bytes', async () => {
  // More than the system takes for a client.
  const long = ['/a', '/b'].map((path) => bodyOf(path, 16e6))
  const short = bodyOf('/c')
  site.origin.answer = ({ url }, res) => {
    const body = { '/a': long[0], '/b': long[1] }[url ?? ''] ?? short
    res.writeHead(200, { 'cache-control': 'no-store', 'content-length': body.length }).end(body)
  }
  const stopped = await Promise.all(
    ['/a', '/b'].map(async (path) => ((await once(site.send({ path }), 'response')) as [IncomingMessage])[0]),
  )
  for (let round = 0; round < 20; round++) await digestAt('/c', false)
  const read = stopped.map(async (res) => digestOf(await buffer(res)))
  expect(await Promise.all(read)).toEqual(long.map(digestOf))
})
