// Pictures that lie in buckets: uploads by their identifier, and a configured source.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sign } from '../../edge/signature.ts'
import { openBucket, uploadKey } from '../../storage/index.ts'
import { aNode, type Node } from './cdn.ts'

const id = '3c269810-c17b-4e2c-92b6-25622464d866'
const key = 'a-key-of-sixteen+'
const dir = mkdtempSync(join(tmpdir(), 'halftone-buckets-'))
const storage = { kind: 'folder', dir } as const
let cdn: Node
let strict: Node

beforeAll(async () => {
  const bucket = await openBucket(storage)
  const photo = await sharp({ create: { width: 60, height: 40, channels: 3, background: '#369' } })
    .jpeg()
    .toBuffer()
  await bucket.put(uploadKey(id), photo, { type: 'image/jpeg' })
  await bucket.put('shop/2026/photo.jpg', photo, { type: 'image/jpeg' })
  await bucket.close()
  const shop = { bucket: storage, prefix: 'shop/' }
  cdn = await aNode({ storage, sources: { shop } })
  strict = await aNode({ storage, sources: { uploads: { keys: [key], defaults: 'w=30' } } })
})
afterAll(async () => {
  await cdn?.stop()
  await strict?.stop()
  rmSync(dir, { recursive: true })
})

const widthOf = async (body: Buffer) => (await sharp(body).metadata()).width

describe('an upload', () => {
  test('is a picture by its identifier', async () => {
    const { status, body } = await cdn.get(`/uploads/${id}?w=20`)
    expect([status, await widthOf(body)]).toEqual([200, 20])
  })

  test.each([
    'aaaaaaaa-c17b-4e2c-92b6-25622464d866',
    'shop/2026/photo.jpg',
    `${id}/photo.jpg`,
    id.toUpperCase(),
    id.replaceAll('-', ''),
  ])('%s is none', async (path) => {
    expect([400, 404]).toContain((await cdn.get(`/uploads/${path}?w=20`)).status)
  })

  test('may ask for a signature, and have defaults', async () => {
    expect((await strict.get(`/uploads/${id}`)).status).toBe(403)
    const signed = sign(`/uploads/${id}`, { scheme: 'hmac-sha256', keys: [key] })
    expect(await widthOf((await strict.get(signed)).body)).toBe(30)
  })
})

describe('a bucket as a source', () => {
  test('shows what lies below its folder', async () => {
    expect(await widthOf((await cdn.get('/shop/2026/photo.jpg?w=20')).body)).toBe(20)
  })

  test('shows nothing else', async () => {
    for (const path of [uploadKey(id), `../${uploadKey(id)}`, '2026', 'none.jpg'])
      expect([400, 404]).toContain((await cdn.get(`/shop/${path}`)).status)
  })
})
