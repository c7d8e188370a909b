// Photographs as PNG by an encoder of our own: the same pixels, for less work and no more bytes than libpng's.
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import sharp, { type Sharp } from 'sharp'
import { expect, test } from 'vitest'
import type { Pixels } from '../../transforms/pixels/run.ts'
import { photographPng } from '../../transforms/render/photo-png.ts'

async function pixelsOf(picture: Sharp): Promise<Pixels> {
  const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true })
  const { width, height, channels } = info
  return { data: new Uint8Array(data), width, height, channels: channels as Pixels['channels'] }
}

const byLibpng = ({ data, width, height, channels }: Pixels) =>
  sharp(data, { raw: { width, height, channels } })
    .png({ compressionLevel: 6, adaptiveFiltering: true })
    .toBuffer()

const read = (png: Uint8Array) => sharp(png).raw().toBuffer({ resolveWithObject: true })

test('any pixels come back as they were', async () => {
  const noise = fc
    .record({
      width: fc.integer({ min: 1, max: 40 }),
      height: fc.integer({ min: 1, max: 40 }),
      channels: fc.constantFrom<Pixels['channels']>(3, 4),
      seed: fc.nat(),
    })
    .map(({ width, height, channels, seed }) => {
      let state = seed
      const data = Uint8Array.from({ length: width * height * channels }, () => {
        state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
        return state >>> 24
      })
      return { data, width, height, channels }
    })
  await fc.assert(
    fc.asyncProperty(noise, async (pixels) => {
      const png = photographPng(pixels)
      if (!png) return
      const { data, info } = await read(png)
      expect([info.width, info.height, info.channels]).toEqual([pixels.width, pixels.height, pixels.channels])
      expect(Buffer.from(pixels.data).equals(data)).toBe(true)
    }),
    { numRuns: 60 },
  )
})

test.each(['landscape.jpg', 'portrait.jpg'])('%s is no larger than by libpng', async (name) => {
  const file = readFileSync(new URL(`../../samples/pictures/${name}`, import.meta.url))
  const pixels = await pixelsOf(sharp(file).resize(480))
  const png = photographPng(pixels)
  if (!png) throw new Error('taken for something else')
  expect((await read(png)).data.equals(Buffer.from(pixels.data))).toBe(true)
  expect(png.length).toBeLessThan((await byLibpng(pixels)).length * 1.01)
})

test('what repeats itself is left to an encoder that finds it', () => {
  const tile = Uint8Array.from({ length: 3 * 50 }, (_, i) => (i * 7919) % 251)
  const data = Uint8Array.from(
    { length: 3 * 500 * 100 },
    (_, i) => tile[(i + Math.floor(i / 1500) * 9) % tile.length] ?? 0,
  )
  expect(photographPng({ data, width: 500, height: 100, channels: 3 })).toBeUndefined()
})
