// A HEIC source through the whole CDN.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aNode, aSource, type Node, type SourceServer, siteOf } from './cdn.ts'

const isHere = ['heif-convert', 'heif-dec'].some((name) => existsSync(`/usr/bin/${name}`))
const heic = readFileSync(join(import.meta.dirname, '../fixtures/two-colours.heic'))

let source: SourceServer
let cdn: Node
beforeAll(async () => {
  source = await aSource({ '/two.heic': heic, '/cut.heic': heic.subarray(0, 60) })
  cdn = await aNode({ sources: { shop: siteOf(source) } })
})
afterAll(async () => {
  await cdn.stop()
  await source.stop()
})

test('its facts need no decoder', async () => {
  const { status, body } = await cdn.get('/shop/two.heic?fm=json')
  expect([status, JSON.parse(body.toString())]).toMatchObject([200, { width: 64, height: 32 }])
})

test('cut in its header it is damaged', async () => {
  expect((await cdn.get('/shop/cut.heic?w=20')).status).toBe(422)
})

test.skipIf(!isHere)('is a picture that browsers read (needs heif-convert)', async () => {
  const { status, headers, body } = await cdn.get('/shop/two.heic?w=20&auto=format', { accept: 'image/webp' })
  expect([status, headers['content-type']]).toEqual([200, 'image/webp'])
  expect(await sharp(body).metadata()).toMatchObject({ width: 20, height: 10 })
})
