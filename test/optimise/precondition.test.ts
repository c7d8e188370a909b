// Colour prepared for its halving: what 4:2:0 makes of red on white, with and without.
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { precondition } from '../../transforms/optimise/lossy/precondition.ts'
import { createReference } from '../../transforms/optimise/metric/index.ts'

const size = { width: 96, height: 64 }

/** Thin saturated bars, of odd widths, so that they never meet the grid of two. */
function bars(): Uint8Array {
  const rgb = new Uint8Array(size.width * size.height * 3).fill(255)
  for (let i = 0; i < size.width * size.height; i++)
    if ((i % size.width) % 7 < 3) rgb.set([200, 20, 30], i * 3)
  return rgb
}

async function halved(rgb: Uint8Array): Promise<Uint8Array> {
  const raw = { ...size, channels: 3 } as const
  const jpeg = await sharp(rgb, { raw }).jpeg({ quality: 100, chromaSubsampling: '4:2:0' }).toBuffer()
  return sharp(jpeg).raw().toBuffer()
}

test('looks better after halving than colour as it was, the more the further it goes', async () => {
  const rgb = bars()
  const reference = createReference({ rgb, ...size })
  const score = async (pixels: Uint8Array) => reference.score(await halved(pixels)).score
  const [none, most, all] = [
    await score(rgb),
    await score(precondition({ rgb, ...size }, 0.7)),
    await score(precondition({ rgb, ...size }, 1)),
  ]
  expect(most).toBeGreaterThan(none + 3)
  expect(all).toBeGreaterThan(most)
  reference.release()
})

test('leaves grey alone, at any strength', () => {
  const rgb = new Uint8Array(size.width * size.height * 3).map((_, i) => (Math.floor(i / 3) * 37) & 255)
  for (const strength of [0.7, 1]) {
    const made = precondition({ rgb, ...size }, strength)
    const off = made.reduce((most, level, i) => Math.max(most, Math.abs(level - (rgb[i] ?? 0))), 0)
    expect(off).toBeLessThanOrEqual(1)
  }
})

test('a strength of nothing changes nothing', () => {
  const rgb = bars()
  expect(precondition({ rgb, ...size }, 0)).toEqual(rgb)
})
