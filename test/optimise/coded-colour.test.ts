// Colours told by code points keep their look where the optimiser writes a format that has none.
import { readFileSync } from 'node:fs'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { optimise } from '../../transforms/optimise/index.ts'

const source = readFileSync(new URL('../fixtures/p3nclx.avif', import.meta.url))

test.each(['jpeg', 'webp'] as const)('an AVIF in P3 becomes %s in sRGB', async (format) => {
  const { body } = await optimise(source, { mode: 'lossy', format })
  const [r = 0, g = 0, b = 0] = await sharp(body).toColourspace('srgb').raw().toBuffer()
  expect(Math.abs(r - 218)).toBeLessThanOrEqual(6)
  expect(Math.max(g, b)).toBeLessThanOrEqual(16)
})

test('an AVIF in P3 that is kept keeps its code points', async () => {
  const { body } = await optimise(source, { mode: 'lossless' })
  expect(Buffer.from(body).includes('nclx', 0, 'latin1')).toBe(true)
})
