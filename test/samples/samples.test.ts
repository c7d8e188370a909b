// The sample pictures are what their names say.
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { sampleNames, samplesFolder } from '../../samples/index.ts'

const dir = samplesFolder

test('every picture is there, and nothing else', async () => {
  expect((await readdir(dir)).toSorted()).toEqual([...sampleNames].toSorted())
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
