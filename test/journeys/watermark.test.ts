// A picture with another picture upon it, and what is told instead of a picture: through all tiers, as a browser sees it.
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aClock } from '../clocks.ts'
import { aNode, aSource, type Node, type SourceServer, siteOf } from './cdn.ts'

let source: SourceServer
let cdn: Node
const clock = aClock()
const flat = (background: string, width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background } })
    .png()
    .toBuffer()

beforeAll(async () => {
  source = await aSource(
    {
      '/photo.png': await flat('#ffffff', 120, 80),
      '/logo.png': await flat('#ff0000', 20, 10),
      '/broken.png': (await flat('#ff0000', 20, 10)).subarray(0, 60),
    },
    clock,
  )
  source.cacheControl = 'public, max-age=3600'
  const site = siteOf(source)
  cdn = await aNode({
    clock,
    sources: { shop: site, logos: site, closed: { ...site, keys: ['a-key-of-sixteen+'] } },
  })
})
afterAll(async () => {
  await cdn.stop()
  await source.stop()
})

const pixelOf = async (body: Uint8Array, x: number, y: number) => [
  ...(await sharp(body).extract({ left: x, top: y, width: 1, height: 1 }).removeAlpha().raw().toBuffer()),
]

test.each(['mark=/logo.png', 'mark=logos:logo.png', 'mark64=bG9nb3M6bG9nby5wbmc'])(
  '%s lies upon the picture, and the next one who asks gets it from the edge',
  async (mark) => {
    const path = `/shop/photo.png?fm=png&${mark}&mark-align=top,left&mark-pad=0`
    const first = await cdn.get(path)
    expect(first.status).toBe(200)
    const { body } = first
    expect(await pixelOf(body, 5, 5)).toEqual([255, 0, 0])
    expect(await pixelOf(body, 60, 60)).toEqual([255, 255, 255])
    const again = await cdn.get(path)
    expect(again.headers['cache-status']).toMatch(/^halftone-edge; hit/)
  },
)

test.each([
  ['/shop/photo.png?mark=closed:logo.png', 400, 'mark'],
  ['/shop/photo.png?mark=nowhere:logo.png', 400, 'mark'],
  ['/shop/photo.png?mark=https://elsewhere.example/a.png', 400, 'mark'],
  ['/shop/photo.png?mark=/missing.png', 404, undefined],
  ['/shop/photo.png?mark=/broken.png', 422, undefined],
  [`/shop/photo.png?txt=${'x'.repeat(2001)}`, 400, 'txt'],
])('%s is refused with %i', async (path, status, option) => {
  const answer = await cdn.get(path)
  expect(answer.status).toBe(status)
  if (option) expect(JSON.parse(answer.body.toString())).toMatchObject({ option })
})

test.each([
  ['placeholder=color', 'text/plain; charset=utf-8', /^#ffffff$/],
  ['palette=json', 'application/json', /"hex": "#ffffff"/],
  ['palette=css', 'text/css; charset=utf-8', /^\.image-fg-1 \{ color: #ffffff; \}/],
  ['placeholder=lqip', 'text/plain; charset=utf-8', /^data:image\/webp;base64,/],
])('%s is told as %s', async (query, type, text) => {
  const answer = await cdn.get(`/shop/photo.png?${query}`)
  expect([answer.status, answer.headers['content-type']]).toEqual([200, type])
  expect(answer.body.toString()).toMatch(text)
})
