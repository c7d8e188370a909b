// A damaged picture on its way to a browser: refused, replaced or shown as far as it goes, as its source is configured.
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { jpeg } from '../pictures.ts'
import { aNode, type Node } from './cdn.ts'

const fixtures = fileURLToPath(new URL('../fixtures', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'halftone-damaged-'))
let node: Node

beforeAll(async () => {
  cpSync(join(fixtures, 'm0013.webp'), join(folder, 'm0013.webp'))
  const whole = await jpeg({ width: 160, height: 120 })
  writeFileSync(join(folder, 'cut.jpg'), whole.subarray(0, Math.floor(whole.length * 0.7)))
  writeFileSync(join(folder, 'whole.jpg'), whole)
  node = await aNode({
    sources: {
      strict: { folder },
      lenient: { folder, lenient: true },
      replaced: { folder, fallback: '/strict/whole.jpg' },
    },
  })
})
afterAll(async () => {
  await node.stop()
  rmSync(folder, { recursive: true })
})

test('an animated WebP that was damaged is a problem of its source', async () => {
  const { status, headers } = await node.get('/strict/m0013.webp?w=64')
  expect([status, headers['content-type']]).toEqual([422, 'application/problem+json'])
})

test('in its place the fallback of its source is shown', async () => {
  const { status, headers, body } = await node.get('/replaced/m0013.webp?w=64')
  expect([status, headers['content-type']]).toEqual([422, 'image/jpeg'])
  expect((await sharp(body).metadata()).width).toBe(64)
})

test('a JPEG that is cut short is refused, and shown by a lenient source, in either order', async () => {
  for (const [source, right] of [
    ['strict', 422],
    ['lenient', 200],
    ['strict', 422],
  ] as const)
    expect((await node.get(`/${source}/cut.jpg?w=64`)).status).toBe(right)
})
