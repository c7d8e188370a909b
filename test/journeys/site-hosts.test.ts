// Whose an address is, where sites, other URL languages and Halftone itself are asked under names of one domain.
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { jpeg } from '../pictures.ts'
import { aNode, aSource, type Node, type SourceServer, siteOf } from './cdn.ts'

let node: Node
let photos: SourceServer
let shop: SourceServer
let blog: SourceServer

beforeAll(async () => {
  photos = await aSource({ '/cap.jpg': await jpeg({ width: 64, height: 32 }) })
  shop = await aSource({})
  blog = await aSource({})
  shop.respond = (req, res) =>
    void res.writeHead(200, { 'cache-control': 'max-age=60', 'set-cookie': 'shop=1' }).end(`shop ${req.url}`)
  blog.respond = (req, res) =>
    void res.writeHead(200, { 'cache-control': 'max-age=60' }).end(`blog ${req.url}`)
  const at = ({ url }: SourceServer) => ({ origin: url, allowAddresses: ['127.0.0.1/32'] })
  node = await aNode({
    hosts: ['cdn.shop.example'],
    sources: { photos: siteOf(photos) },
    languages: { ipx: { source: 'photos', hosts: ['images.shop.example'] } },
    sites: {
      shop: { ...at(shop), hosts: ['shop.example', '*.shop.example'] },
      blog: { ...at(blog), hosts: ['blog.shop.example'] },
    },
  })
})

afterAll(async () => {
  await node.stop()
  await Promise.all([photos, shop, blog].map((each) => each.stop()))
})

const get = (host: string, path: string) => node.get(path, { host })
const text = async (host: string, path: string): Promise<string> => String((await get(host, path)).body)

test('every path of a site is its own, whatever it means elsewhere', async () => {
  for (const path of ['/', '/_halftone', '/metrics', '/photos/cap.jpg?w=8', '/ipx/w_8/cap.jpg', '/purge'])
    expect(await text('shop.example', path)).toBe(`shop ${path}`)
  expect(await text('www.shop.example:8080', '/')).toBe('shop /')
})

test('names below a wildcard that are named elsewhere are those of who names them', async () => {
  expect(await text('blog.shop.example', '/')).toBe('blog /')
  const width = async (host: string, path: string) =>
    (await sharp((await get(host, path)).body).metadata()).width
  expect(await width('images.shop.example', '/w_8/cap.jpg')).toBe(8)
  expect(await width('cdn.shop.example', '/photos/cap.jpg?w=8')).toBe(8)
})

test('sites have nothing in common: not the answer to the same path, and no cookie', async () => {
  for (const _ of ['asked', 'stored'])
    expect([await text('shop.example', '/same'), await text('blog.shop.example', '/same')]).toEqual([
      'shop /same',
      'blog /same',
    ])
  expect((await get('shop.example', '/same')).headers['set-cookie']).toBeUndefined()
})

test('a name that is nobody\u2019s is refused', async () => {
  for (const host of ['other.example', 'example', 'notshop.example'])
    expect([host, (await get(host, '/')).status]).toEqual([host, 421])
})
