// A page asks for one new photograph in many sizes and formats at once: it is fetched once, and decoded hardly more often.
import { readFileSync } from 'node:fs'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aNode, aSource, type Node, type SourceServer, siteOf } from './cdn.ts'

const widths = [1200, 1000, 640, 480, 320, 240, 120]
const formats = ['jpg', 'webp', 'avif']
const sample = new URL('../../samples/pictures/landscape.jpg', import.meta.url)

let source: SourceServer
let cdn: Node
let release: () => void = () => {}

beforeAll(async () => {
  const photo = await sharp(readFileSync(sample)).resize(2000).jpeg({ quality: 90 }).toBuffer()
  source = await aSource({ '/photo.jpg': photo, '/other.jpg': photo })
  const { promise, resolve } = Promise.withResolvers<void>()
  release = resolve
  source.respond = async (request, response) => {
    await promise
    response.writeHead(200, { 'content-length': photo.length }).end(photo)
    source.pictures[request.url ?? ''] = photo
  }
  cdn = await aNode({ sources: { shop: siteOf(source) }, workers: 1 })
})

afterAll(async () => {
  await cdn.stop()
  await source.stop()
})

test('each answer is its own picture, from one fetch and a few decodes', async () => {
  const asked = widths.flatMap((width) =>
    formats.map(async (format) => {
      const { status, headers, body } = await cdn.get(`/shop/photo.jpg?w=${width}&fm=${format}`)
      const made = await sharp(body).metadata()
      return { status, type: headers['content-type'], width: made.width, expected: width }
    }),
  )
  await expect.poll(() => source.requests.length).toBe(1)
  release()
  for (const { status, type, width, expected } of await Promise.all(asked)) {
    expect([status, width]).toEqual([200, expected])
    expect(type).toMatch(/^image\/(jpeg|webp|avif)$/)
  }
  expect(source.requests).toHaveLength(1)
  expect(await cdn.metric('halftone_render_seconds_count')).toBe(widths.length * formats.length)
  // Whoever is there before the others is alone, and waits for nobody.
  expect(await cdn.metric('halftone_decodes_total')).toBeLessThanOrEqual(4)
})

test('a picture that is asked for alone is decoded for itself', async () => {
  const before = await cdn.metric('halftone_decodes_total')
  await cdn.get('/shop/other.jpg?w=300&fm=webp')
  await cdn.get('/shop/other.jpg?w=301&fm=webp')
  expect(await cdn.metric('halftone_decodes_total')).toBe(before + 2)
})
