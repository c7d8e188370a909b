// The sample pictures are drawn once, whole, and are what their names say.
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ensureSamples, sampleNames } from '../../samples/index.ts'

let dir = ''
beforeAll(async () => {
  dir = join(await mkdtemp(join(tmpdir(), 'halftone-samples-')), 'pictures')
  await ensureSamples(dir)
})
afterAll(() => rm(join(dir, '..'), { recursive: true, force: true }))

test('every picture is there, and no draft is left behind', async () => {
  expect((await readdir(dir)).toSorted()).toEqual(['.drawn', ...sampleNames].toSorted())
})

const facts = {
  'landscape.jpg': { format: 'jpeg', width: 1600, height: 1067, hasAlpha: false },
  'portrait.jpg': { format: 'jpeg', width: 1350, height: 900, orientation: 6 },
  'graphics.png': { format: 'png', width: 1200, height: 800, hasAlpha: false },
  'badge.png': { format: 'png', width: 640, height: 640, hasAlpha: true },
  'missing.png': { format: 'png', width: 800, height: 600, hasAlpha: false },
  'dance.gif': { format: 'gif', width: 320, pages: 16, pageHeight: 240, loop: 0 },
  'logo.svg': { format: 'svg', width: 240, height: 240 },
}

test.each(Object.entries(facts))('%s is what its name says', async (name, expected) => {
  const metadata = await sharp(join(dir, name), { animated: true }).metadata()
  expect(metadata).toMatchObject(expected)
})

test('the upright picture stands upright once its orientation is applied: sky above, hills below', async () => {
  const { data } = await sharp(join(dir, 'portrait.jpg'))
    .autoOrient()
    .resize(1, 9, { fit: 'fill' })
    .raw()
    .toBuffer({
      resolveWithObject: true,
    })
  const blueness = (row: number) => (data[row * 3 + 2] ?? 0) - (data[row * 3] ?? 0)
  expect(blueness(0)).toBeGreaterThan(60)
  expect(blueness(5)).toBeLessThan(0)
})

test('a second start draws nothing; a missing picture or an older mark is drawn again', async () => {
  const path = join(dir, 'logo.svg')
  const drawnAt = (await stat(path)).mtimeMs
  await ensureSamples(dir)
  expect((await stat(path)).mtimeMs).toBe(drawnAt)

  await rm(path)
  await ensureSamples(dir)
  expect(await readFile(path, 'utf8')).toContain('<svg')

  await writeFile(path, 'spoilt')
  await writeFile(join(dir, '.drawn'), 'halftone samples 0')
  await ensureSamples(dir)
  expect(await readFile(path, 'utf8')).toContain('<svg')
})

test('a folder that cannot be written is an error', async () => {
  await expect(ensureSamples(join(dir, 'logo.svg', 'within'))).rejects.toThrow()
})
