// One picture in every language: whichever asks first has it made, and all others are hits with the same bytes. And the
// builders of Next.js and Nuxt, as they are published, whose addresses are answered with the right pixels.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openBucket, uploadKey } from '../../storage/index.ts'
import { type PictureBuilders, pictureBuilders } from '../clients/picture-builders.ts'
import { aNode, type Node } from './cdn.ts'

const dir = mkdtempSync(join(tmpdir(), 'halftone-shared-'))
const storage = { kind: 'folder', dir } as const
const ids = Array.from({ length: 16 }, (_, n) => `3c269810-c17b-4e2c-92b6-2562246400${10 + n}`)
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
  const over = { source: 'uploads' }
  node = await aNode({
    storage,
    languages: {
      ...{ cloudflare: over, ipx: over, thumbor: over, cloudinary: over, next: over },
      imgproxy: { source: 'uploads', sources: { 'local:///': 'uploads' } },
      weserv: { sources: { 'https://assets.example.org/': 'uploads' } },
    },
  })
  builders = pictureBuilders()
}, 300_000)
afterAll(async () => {
  await node?.stop()
  builders?.stop()
  rmSync(dir, { recursive: true })
})

/** Without negotiation: Uploadcare shows a still picture, which of a JPEG everybody does. */
const cut: Readonly<Record<string, (id: string) => string>> = {
  native: (id) => `/uploads/${id}?w=300&h=200&fit=crop&fm=jpg&q=86`,
  uploadcare: (id) => `/${id}/-/scale_crop/300x200/center/-/format/jpeg/-/quality/better/`,
  cloudflare: (id) => `/cdn-cgi/image/width=300,height=200,fit=cover,format=baseline-jpeg,quality=86/${id}`,
  imgproxy: (id) => `/imgproxy/_/rs:fill:300:200:1/q:86/plain/${id}@jpg`,
  ipx: (id) => `/_ipx/s_300x200,enlarge,f_jpg,q_86/${id}`,
  weserv: (id) => `/weserv/?url=assets.example.org/${id}&w=300&h=200&fit=cover&output=jpg&q=86`,
  thumbor: (id) => `/thumbor/unsafe/300x200/filters:format(jpeg):quality(86)/${id}`,
  cloudinary: (id) => `/cloudinary/demo/image/upload/c_fill,w_300,h_200/f_jpg,q_86/${id}`,
}

/** Negotiated, with all frames: what Next.js asks for. thumbor, weserv and Uploadcare have no words for both. */
const negotiated: Readonly<Record<string, (id: string) => string>> = {
  native: (id) => `/uploads/${id}?w=640&fit=max&q=75&auto=format`,
  next: (id) => `/_next/image?url=%2F${id}&w=640&q=75`,
  cloudflare: (id) => `/cdn-cgi/image/w=640,q=75,f=auto/${id}`,
  imgproxy: (id) => `/imgproxy/_/w:640/q:75/f:best/plain/${id}`,
  ipx: (id) => `/_ipx/w_640,q_75,f_auto,animated/${id}`,
  cloudinary: (id) => `/cloudinary/image/upload/c_limit,w_640/f_auto,q_75/${id}`,
}

describe.each([
  ['cut to a box', cut, ids.slice(0, 8), [300, 200]],
  ['made smaller in the format that the client takes', negotiated, ids.slice(8, 14), [640, 480]],
] as const)('a picture %s', (_, spoken, pictures, size) => {
  test.each(Object.keys(spoken).map((first, n) => [first, pictures[n] ?? ''] as const))(
    'first asked for in %s is a hit in all others',
    async (first, id) => {
      const headers = { accept: 'image/avif,image/webp' }
      const made = await node.get(spoken[first]?.(id) ?? '', headers)
      expect([made.status, made.tiers.at(-1)]).toEqual([
        200,
        expect.stringMatching(/^halftone-edge; fwd=uri-miss/),
      ])
      const { width, height } = await sharp(made.body).metadata()
      expect([width, height]).toEqual(size)
      for (const [other, address] of Object.entries(spoken)) {
        const answer = await node.get(address(id), headers)
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

const [, , , , , , , , , , , , , , picture = ''] = ids

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
