// Long bodies that pass at the same time, each of other bytes: what was read for one is never sent to another.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { aSite, type SiteStack } from './stack.ts'

let site: SiteStack
beforeEach(async () => {
  site = await aSite()
})
afterEach(() => site.close())

const bytes = 1_500_000
const bodyOf = (path: string): Buffer => {
  const body = Buffer.alloc(bytes, path)
  for (let at = 0; at + 4 <= bytes; at += 64) body.writeUInt32LE(at, at)
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
