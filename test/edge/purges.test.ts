import { describe, expect, test } from 'vitest'
import { makeExact } from '../../edge/exact-request.ts'
import { purgesOf } from '../../edge/purges.ts'
import { createEpochs, createMemoryLog, type PurgeOrder, surrogateKeys } from '../../purging/index.ts'
import { parseExactPath } from '../../transforms/index.ts'

const known = new Map([
  ['photos', { defaults: 'q=60', signing: { scheme: 'hmac-sha256', keys: [] } }],
  ['uploads', { defaults: '', signing: { scheme: 'hmac-sha256', keys: [] } }],
  ['web', { defaults: '', signing: { scheme: 'hmac-sha256', keys: [] } }],
] as const)

const id = '3c269810-c17b-4e2c-92b6-25622464d866'

/** Whether what this client gets at this address is purged by the order. */
async function isPurged(
  order: PurgeOrder,
  target: string,
  headers: Record<string, string> = {},
): Promise<boolean> {
  const log = createMemoryLog()
  await log.append(purgesOf(order, known))
  const exact = makeExact({ target, headers, now: 0 }, known)
  const keys = surrogateKeys(exact.source, parseExactPath(exact.path).path)
  return (await createEpochs(log)).of({ path: exact.path, keys }).hard > 0
}

describe('an address', () => {
  test.each([
    ['/photos/cat.jpg?w=640&h=480', '/photos/cat.jpg?h=480&w=640'],
    ['https://cdn.example/photos/cat.jpg?w=640#top', '/photos/cat.jpg?w=640'],
    ['photos/cat.jpg?w=640&s=a-signature', '/photos/cat.jpg?w=640&s=another'],
    ['/photos/cat.jpg', '/photos/cat.jpg?q=60'],
    [`/${id}/-/resize/320x/`, `/${id.toUpperCase()}/-/resize/320x/name.jpg`],
    [`/${id}/`, `/uploads/${id}?fm=original`],
    ['/web/https%3A%2F%2Fshop.example%2Fa.png?w=9', '/web/https://shop.example/a.png?w=9'],
  ])('%s is the same as %s', async (url, target) => {
    expect(await isPurged({ urls: [url] }, target)).toBe(true)
  })

  test.each([
    ['/photos/cat.jpg?w=640', '/photos/cat.jpg?w=641'],
    ['/photos/cat.jpg?w=640', '/photos/dog.jpg?w=640'],
    ['/photos/cat.jpg?w=640', '/photos/cat.jpg?w=640&fm=webp'],
  ])('%s is not %s', async (url, target) => {
    expect(await isPurged({ urls: [url] }, target)).toBe(false)
  })

  test.each([
    [{ accept: 'image/avif,image/webp,*/*' }],
    [{ accept: 'image/webp' }],
    [{ 'sec-ch-width': '701', 'sec-ch-dpr': '2.2', accept: 'image/avif' }],
    [{ 'save-data': 'on' }],
    [{ width: '9999', dpr: '9', 'save-data': 'on' }],
  ])('is purged for a client that says %j', async (headers) => {
    const hinted = '/photos/cat.jpg?auto=format&ch=width,dpr,save-data'
    for (const url of [hinted, `${hinted}&w=300`])
      expect(await isPurged({ urls: [url] }, url, headers)).toBe(true)
  })
})

test.each<[PurgeOrder, boolean]>([
  [{ pictures: ['/photos/cats/tom%20cat.jpg'] }, true],
  [{ pictures: ['photos/cats/tom cat.jpg'] }, true],
  [{ pictures: ['/photos/cats/tom.jpg'] }, false],
  [{ prefixes: ['/photos/cats/'] }, true],
  [{ prefixes: ['photos/cats/tom c'] }, true],
  [{ prefixes: ['/photos/'] }, true],
  [{ prefixes: ['/photos/cats/tim'] }, false],
  [{ sources: ['photos'] }, true],
  [{ sources: ['web'] }, false],
  [{ keys: ['photos'] }, true],
  [{ keys: [surrogateKeys('photos', 'cats/tom%20cat.jpg').split(' ')[1] ?? ''] }, true],
  [{ everything: true }, true],
])('%j purges /photos/cats/tom cat.jpg?w=9: %s', async (order, expected) => {
  expect(await isPurged(order, '/photos/cats/tom cat.jpg?w=9')).toBe(expected)
})

test('a picture of the web proxy is purged by its whole address, a prefix by the beginning of one', async () => {
  const target = '/web/https%3A%2F%2Fshop.example%2Fa%2Fb.png?w=9'
  expect(await isPurged({ pictures: ['/web/https://shop.example/a/b.png'] }, target)).toBe(true)
  expect(await isPurged({ prefixes: ['/web/https://shop.example/a/'] }, target)).toBe(true)
  expect(await isPurged({ prefixes: ['/web/https://shop.example/b/'] }, target)).toBe(false)
})
