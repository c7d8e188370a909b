// Preconditioned colour: what 4:2:0 makes of red on white, with it and without it.
import fc from 'fast-check'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { precondition } from '../../transforms/optimise/lossy/precondition.ts'
import { createReference } from '../../transforms/optimise/metric/index.ts'
import { plainly } from './precondition-plain.ts'

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

test('four pixels at a time come out as one by one: a level apart at most, and that hardly anywhere', () => {
  let [levels, others] = [0, 0]
  const side = fc.integer({ min: 1, max: 33 })
  const kind = fc.constantFrom('noise', 'extremes', 'slow')
  fc.assert(
    fc.property(
      side,
      side,
      kind,
      fc.integer(),
      fc.constantFrom(0.7, 1),
      (width, height, look, seed, strength) => {
        const rgb = look === 'slow' ? slow(width, height, seed) : noise(width * height * 3, look, seed)
        const made = precondition({ rgb, width, height }, strength)
        const plain = plainly({ rgb, width, height }, strength)
        const apart = made.map((value, i) => Math.abs(value - (plain[i] ?? 0)))
        expect(Math.max(...apart)).toBeLessThanOrEqual(1)
        levels += apart.length
        others += apart.filter((each) => each > 0).length
      },
    ),
    { numRuns: 200 },
  )
  expect(others / levels).toBeLessThan(0.002)
})

function noise(length: number, look: string, seed: number): Uint8Array {
  let state = seed
  return new Uint8Array(length).map(() => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return look === 'noise' ? state >>> 24 : state >>> 31 === 0 ? 0 : 255
  })
}

/** As photographs are: most neighbours are alike. */
const slow = (width: number, height: number, seed: number): Uint8Array =>
  Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)]
    return 128 + 120 * Math.sin((x * (1 + (i % 3)) + y + (seed & 255)) / 5)
  })
