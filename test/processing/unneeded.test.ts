// An edit that a picture fits already leaves it to the optimiser as it came: nothing is decoded and coded anew.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { processOrder } from '../../processing/process-order.ts'
import { defaultLimits } from '../../transforms/index.ts'
import { alpha, jpeg, lying, svg } from '../pictures.ts'

const folder = mkdtempSync(join(tmpdir(), 'halftone-unneeded-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const bounds = { limits: defaultLimits, budgetMs: 10_000, timeoutMs: 10_000 }

async function chosen(picture: Buffer, edit: string): Promise<string> {
  const file = join(folder, 'picture')
  writeFileSync(file, picture)
  const { figures } = await processOrder({ file, edit, optimise: { mode: 'lossless' } }, bounds)
  return figures.report.mode
}

describe('an edit', () => {
  test.each([
    ['a frame that is larger', 'w=500&h=500&fit=max'],
    ['a turn by nothing', 'rot=0'],
    ['a background where nothing shows through', 'bg=f00'],
    ['a region larger than the picture', 'rect=center,middle,500,500'],
    ['the very size it has', 'w=96&h=64&fit=crop'],
  ])('without effect, %s, keeps every pixel of a JPEG', async (_, edit) => {
    expect(await chosen(await jpeg(), edit)).toBe('lossless')
  })

  test.each([
    ['a frame that is larger', 'w=500&h=500&fit=max', {}],
    ['a format that it has', '', { format: 'jpeg' }],
  ] as const)('without effect, %s, leaves its chroma alone, too', async (_, edit, wanted) => {
    const file = join(folder, 'chroma')
    writeFileSync(file, await jpeg())
    const optimise = { mode: 'lossless', chroma: '4:4:4', ...wanted } as const
    const { figures } = await processOrder({ file, edit, optimise }, bounds)
    expect(figures.result.sampling).toBe('4:2:0')
  })

  test.each([
    ['a smaller frame', 'w=50&fit=max', () => jpeg()],
    ['a picture that lies on its side', 'rot=0', () => lying(6)],
  ])('with effect, %s, draws it anew', async (_, edit, picture) => {
    expect(await chosen(await picture(), edit)).toBe('lossy')
  })

  test('a background under transparency is drawn', async () => {
    const file = join(folder, 'alpha')
    writeFileSync(file, await alpha())
    const { figures } = await processOrder({ file, edit: 'bg=f00', optimise: { mode: 'lossless' } }, bounds)
    expect(figures.result).toMatchObject({ format: 'png', alpha: false })
  })

  test('of an SVG is refused as before, whatever it would do', async () => {
    await expect(chosen(svg(), 'w=5000&fit=max')).rejects.toMatchObject({ kind: 'bad-option' })
  })
})

test('the figures say what the result is', async () => {
  const file = join(folder, 'jpeg')
  writeFileSync(file, await jpeg())
  const { figures } = await processOrder(
    { file, edit: 'w=48', optimise: { mode: 'quality', quality: 60 } },
    bounds,
  )
  expect(figures.source).toMatchObject({ sampling: '4:2:0', progressive: false })
  expect(figures.result).toMatchObject({ format: 'jpeg', width: 48, height: 32, sampling: '4:2:0' })
})
