// Results in JPEG XL: what cjxl makes of finished pixels, and what is said where it is not installed.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { identifySource } from '../../transforms/index.ts'
import * as pictures from '../pictures.ts'
import { colourAt, isInstalled, madeOf } from '../sources.ts'

const isHere = isInstalled('cjxl') && isInstalled('djxl')
const psd = readFileSync(join(import.meta.dirname, '../fixtures/two-colours.psd'))

describe.skipIf(!isHere)('a result in JPEG XL (needs cjxl)', () => {
  test('is the picture, smaller at a lower quality', async () => {
    const source = await pictures.jpeg({ width: 240, height: 160 })
    const [good, poor] = [
      await madeOf(source, 'w=120&fm=jxl&q=90'),
      await madeOf(source, 'w=120&fm=jxl&q=30'),
    ]
    expect(good).toMatchObject({ type: 'image/jxl', width: 120, height: 80 })
    expect(identifySource(good.body)).toMatchObject({ format: 'jxl', width: 120, height: 80 })
    expect(poor.body.length).toBeLessThan(good.body.length)
    const [seen, meant] = await Promise.all(
      [good.body, source].map(async (body) => colourAt((await madeOf(body, 'fm=png')).body, 0.2, 0.2)),
    )
    for (const [i, value] of (seen ?? []).entries())
      expect(Math.abs(value - (meant?.[i] ?? 0))).toBeLessThan(16)
  })

  test('keeps what shows through, and every pixel where nothing may be lost', async () => {
    const { body } = await madeOf(psd, 'fm=jxl&lossless=1')
    const { body: png } = await madeOf(body, 'fm=png')
    const { body: direct } = await madeOf(psd, 'fm=png')
    for (const x of [0.2, 0.8]) expect(await colourAt(png, x, 0.5)).toEqual(await colourAt(direct, x, 0.5))
  })
})

test('without cjxl it is named, and one of several ways is done without', async () => {
  vi.resetModules()
  vi.doMock('../../work/program.ts', () => ({
    runProgram: () => Promise.resolve({ how: 'missing', output: '', errors: '' }),
  }))
  const { madeOf } = await import('../sources.ts')
  const source = await pictures.jpeg({ width: 40, height: 30 })
  await expect(madeOf(source, 'w=20&fm=jxl')).rejects.toMatchObject({ kind: 'tool-missing' })
  const made = await madeOf(source, 'w=20&auto=format,jxl', 'jxl')
  expect(made.type).toBe('image/jpeg')
  vi.doUnmock('../../work/program.ts')
  vi.resetModules()
})
