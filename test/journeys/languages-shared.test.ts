// One picture in every language: whichever asks first has it made, and all others are hits with the same bytes. And the
// builders of Next.js and Nuxt, as they are published, whose addresses are answered with the right pixels.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openBucket, uploadKey } from '../../storage/index.ts'
import { type PictureBuilders, pictureBuilders } from '../clients/picture-builders.ts'
import { mountedOver, negotiatedOf, spokenOf, stillOf } from '../edge/equivalents.ts'
import { aNode, type Node } from './cdn.ts'

const dir = mkdtempSync(join(tmpdir(), 'halftone-shared-'))
const storage = { kind: 'folder', dir } as const
const ids = Array.from({ length: 22 }, (_, n) => `3c269810-c17b-4e2c-92b6-2562246400${10 + n}`)
let node: Node
let builders: PictureBuilders | undefined

beforeAll(async () => {
  const bucket = await openBucket(storage)
  const half = { create: { width: 400, height: 600, channels: 3 as const, background: '#00f' } }
  const picture = await sharp({ create: { width: 800, height: 600, channels: 3, background: '#f00' } })
    .composite([{ input: half, left: 400, top: 0 }])
    .png()
    .toBuffer()
  for (const id of ids) await bucket.put(uploadKey(id), picture, { type: 'image/png' })
  await bucket.close()
  node = await aNode({ storage, languages: mountedOver })
  builders = pictureBuilders()
}, 300_000)
afterAll(async () => {
  await node?.stop()
  builders?.stop()
  rmSync(dir, { recursive: true })
})

const box = { meeting: 'cover', width: 300, height: 200, quality: 86, isGrey: false } as const

describe.each([
  ['cut to a box', (id: string) => spokenOf(box, id), ids.slice(0, 8), [300, 200]],
  [
    'made smaller in the format that the client takes',
    (id: string) => negotiatedOf(640, 75, id),
    ids.slice(8, 15),
    [640, 480],
  ],
  ['negotiated as one frame', (id: string) => stillOf(300, 225, id), ids.slice(15, 21), [300, 225]],
] as const)('a picture %s', (_, spokenFor, pictures, size) => {
  test.each(Object.keys(spokenFor('')).map((first, n) => [first, pictures[n] ?? ''] as const))(
    'first asked for in %s is a hit in all others',
    async (first, id) => {
      const headers = { accept: 'image/avif,image/webp' }
      const spoken = spokenFor(id)
      const made = await node.get(spoken[first] ?? '', headers)
      expect([made.status, made.tiers.at(-1)]).toEqual([
        200,
        expect.stringMatching(/^halftone-edge; fwd=uri-miss/),
      ])
      const { width, height } = await sharp(made.body).metadata()
      expect([width, height]).toEqual(size)
      for (const [other, address] of Object.entries(spoken)) {
        const answer = await node.get(address, headers)
        expect([other, answer.tiers.at(-1)]).toEqual([other, expect.stringMatching(/^halftone-edge; hit/)])
        expect(answer.body.equals(made.body)).toBe(true)
      }
    },
  )
})

/** The size, and the colours near the left and the right edge. */
async function seen(address: string) {
  const { status, body } = await node.get(address.replace(/^https?:\/\/[^/]+/, ''))
  if (status !== 200) return [status, body.toString()]
  const { data, info } = await sharp(body).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  const at = (x: number) => {
    const from = (Math.floor(info.height / 2) * info.width + x) * 3
    const [red = 0, , blue = 0] = data.subarray(from, from + 3)
    return red > 200 ? 'red' : blue > 200 ? 'blue' : `${red},${blue}`
  }
  return [status, `${info.width}x${info.height}`, at(5), at(info.width - 6)]
}

const picture = ids.at(-1) ?? ''

test("next/image's loader", async ({ skip }) => {
  if (!builders) return skip('npm has no registry here')
  const config = { path: '/_next/image', qualities: [75] }
  const url = builders.next({ src: `/${picture}`, width: 640, config })
  expect(await seen(url)).toEqual([200, '640x480', 'red', 'blue'])
})

test.each([
  ['ipx', { baseURL: 'https://nuxt.example/_ipx' }, picture],
  ['cloudflare', { baseURL: 'https://zone.example/' }, picture],
  ['cloudinary', { baseURL: 'https://res.example/cloudinary/demo/image/upload/' }, picture],
  ['imgix', { baseURL: 'https://imgix.example/uploads/' }, picture],
  ['imgproxy', { baseURL: 'https://imgproxy.example/imgproxy/' }, `local:///${picture}`],
  ['uploadcare', { cdnURL: 'https://ucare.example' }, picture],
  ['weserv', { baseURL: 'https://assets.example.org/', weservURL: 'https://wsrv.example/weserv/' }, picture],
] as const)('@nuxt/image, %s', async (name, options, src) => {
  if (!builders) return
  const provider = await builders.nuxt(name)
  const modifiers = { width: 320, height: 240, fit: 'cover', quality: name === 'uploadcare' ? 'better' : 80 }
  const context = { options: { nuxt: { baseURL: '/' } } }
  const { url } = provider.getImage(src, { ...options, modifiers }, context)
  expect([url, ...(await seen(url))]).toEqual([url, 200, '320x240', 'red', 'blue'])
})
