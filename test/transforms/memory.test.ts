// Pictures leave no memory behind: what a decoder took is given back, however many pictures there were.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { identify, parse, plan } from '../../transforms/index.ts'
import { exact } from '../../transforms/language/exact.ts'
import { letGo, run } from '../../transforms/pixels/run.ts'
import work from '../../transforms/render/worker.ts'

const side = 2000
const megabytes = 1024 * 1024

test('a hundred pictures of 12 MB take less than half of their sum', async () => {
  const source = await sharp({ create: { width: side, height: side, channels: 3, background: '#369' } })
    .jpeg()
    .toBuffer()
  const one = () => run(sharp(source).raw())
  for (let i = 0; i < 10; i++) await one()
  const before = process.memoryUsage.rss()
  for (let i = 0; i < 100; i++) await one()
  const grown = (process.memoryUsage.rss() - before) / megabytes
  expect(grown).toBeLessThan((100 * side * side * 3) / megabytes / 2)
})

test('a worker gives back its source and its pixels with the picture, and waits for no collection', async () => {
  const noise = { type: 'gaussian', mean: 128, sigma: 60 } as const
  const create = { width: 1000, height: 1000, channels: 3, background: '#000', noise } as const
  const source = await sharp({ create }).png().toBuffer()
  const folder = mkdtempSync(join(tmpdir(), 'halftone-memory-'))
  const file = join(folder, 'noise.png')
  writeFileSync(file, source)
  const facts = identify(source)
  const spec = exact(parse('w=900&fm=jpg'), { formats: 'basic', saveData: false })
  const handed = { file, bytes: source.length }
  const one = () => work({ source: handed, facts, plan: plan(spec, facts), timeoutMs: 60_000 })
  await one()
  const before = process.memoryUsage().arrayBuffers
  for (let i = 0; i < 6; i++) await one()
  // Less than one source and its pixels: only the pictures themselves.
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(source.length)
  rmSync(folder, { recursive: true })
})

test('what is let go is gone; a part of something larger stays, and so does what was let go before', () => {
  const whole = new Uint8Array(10)
  const part = new Uint8Array(10).subarray(2)
  for (const bytes of [whole, part, whole]) letGo(bytes)
  expect([whole.length, part.length]).toEqual([0, 8])
})
