// Both compatible APIs in a whole Halftone, with the key that its start page shows.
import Kraken from 'kraken'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aNode, type Node } from '../journeys/cdn.ts'
import type { Site } from '../origin/servers.ts'
import { jpeg } from '../pictures.ts'
import { aGallery, aReceiver, type Receiver } from './desk.ts'

let node: Node
let receiver: Receiver
let gallery: Site
let token: string
let kraken: Kraken

beforeAll(async () => {
  node = await aNode({ allowAddresses: ['127.0.0.1/32'] })
  receiver = await aReceiver()
  gallery = await aGallery({ '/cat.jpg': await jpeg({ width: 240, height: 160 }) })
  const page = (await node.get('/', { host: new URL(node.url).host })).body.toString()
  token = /halftone-demo" content="([^"]+)"/.exec(page)?.[1] ?? ''
  const [id = '', secret = ''] = token.split('.')
  kraken = new Kraken(id, secret)
  kraken.api = new Kraken.KrakenApiList(node.url)
})
afterAll(async () => {
  await node?.stop()
  await receiver?.close()
  await gallery?.close()
})

const sizeAt = async (url: unknown) => {
  const response = await fetch(String(url))
  const { width, height } = await sharp(Buffer.from(await response.arrayBuffer())).metadata()
  return [response.status, `${width}x${height}`]
}

test('Kraken’s client uploads, fetches, and gets its results from the address it was told', async () => {
  const resize = { strategy: 'fit', width: 50, height: 50 }
  const value = await jpeg({ width: 240, height: 160 })
  const uploaded = await kraken.upload({ file: { value, filename: 'käfer 1.jpg' }, wait: true, resize })
  expect(uploaded).toMatchObject({ success: true, file_name: 'käfer 1.jpg' })
  expect(await sizeAt(uploaded.kraked_url)).toEqual([200, '50x50'])
  const fetched = await kraken.url({ url: `${gallery.url}/cat.jpg`, wait: true, resize, lossy: true })
  expect(await sizeAt(fetched.kraked_url)).toEqual([200, '50x50'])
  expect(await kraken.userStatus()).toMatchObject({ success: true, quota_used: expect.any(Number) })
})

test('a file beyond the client’s own limit of 10 MB, and one beyond ours', async () => {
  Kraken.default.axios.maxBodyLength = Number.POSITIVE_INFINITY
  const noise = { type: 'gaussian', mean: 128, sigma: 50 } as const
  const create = { width: 2400, height: 1800, channels: 3, background: '#888', noise } as const
  const value = await sharp({ create }).png({ compressionLevel: 0 }).toBuffer()
  const wanted = { wait: true, resize: { strategy: 'landscape', width: 30 } }
  expect(await kraken.upload({ file: { value }, ...wanted })).toMatchObject({ original_size: value.length })
  const larger = { value: Buffer.concat([value, Buffer.alloc(33 << 20)]) }
  const message = 'File size too large. The maximum file size is 33554432 bytes (32 MB)'
  expect(await kraken.upload({ file: larger, ...wanted })).toMatchObject({ success: false, message })
})

test('Kraken’s client is called back', async () => {
  const { id } = await kraken.url({ url: `${gallery.url}/cat.jpg`, callback_url: receiver.url })
  const told = () => receiver.received.find(({ body }) => body.id === id)?.body
  await expect.poll(told).toMatchObject({ success: true })
  expect(await sizeAt(told()?.kraked_url)).toEqual([200, '240x160'])
})

test('an Optidash chain ends in JSON, in bytes and in a webhook', async () => {
  const call = async (options: object, headers: Record<string, string> = {}) =>
    fetch(`${node.url}/1.0/fetch`, {
      method: 'POST',
      body: JSON.stringify({ url: `${gallery.url}/cat.jpg`, resize: { width: 60 }, ...options }),
      headers: { authorization: `Basic ${Buffer.from(`${token}:`).toString('base64')}`, ...headers },
    })
  const answer = (await (await call({})).json()) as { output: { url: string } }
  expect(await sizeAt(answer.output.url)).toEqual([200, '60x40'])
  const binary = await call({ response: { mode: 'binary' } }, { 'x-optidash-binary': 'true' })
  expect((await sharp(Buffer.from(await binary.arrayBuffer())).metadata()).width).toBe(60)
  const { id } = (await (await call({ webhook: { url: receiver.url } })).json()) as { id: string }
  await expect
    .poll(() => receiver.received.find(({ body }) => body.id === id)?.body)
    .toMatchObject({ success: true, code: 200, output: { width: 60 } })
})
