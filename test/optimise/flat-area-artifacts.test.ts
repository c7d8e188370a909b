// Damage in flat areas, too small for the score of the whole: it was seen by eye in pictures that scored 80.
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { identify } from '../../transforms/identify.ts'
import { createFlatAreaMeasure } from '../../transforms/optimise/lossy/flat-area-artifacts.ts'
import { search } from '../../transforms/optimise/lossy/index.ts'

const size = { width: 384, height: 288 }
const [reds, words] = [
  '<circle cx="200" cy="140" r="4" fill="#f00"/>',
  '<text x="150" y="150" font-family="sans-serif" font-size="11" fill="#f00">10:35 sale</text>',
]

/** Slow changes of colour, as out of focus, and something small in front of them. */
function soft(small = ''): Promise<Buffer> {
  const samples = Buffer.alloc(size.width * size.height * 3)
  for (let i = 0; i < samples.length; i++) {
    const [x, y] = [Math.floor(i / 3) % size.width, Math.floor(i / 3 / size.width)]
    samples[i] = 120 + 30 * Math.sin(x / 60 + (i % 3)) + 30 * Math.cos(y / 50 - (i % 3))
  }
  const drawn = `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${size.height}">${small}</svg>`
  return sharp(samples, { raw: { ...size, channels: 3 } })
    .composite([{ input: Buffer.from(drawn) }])
    .removeAlpha()
    .png()
    .toBuffer()
}
const rgbOf = (bytes: Uint8Array) => sharp(bytes).removeAlpha().raw().toBuffer()

describe('how far small places are off', () => {
  const ground = Buffer.alloc(size.width * size.height * 3, 200)
  /** A square of so many pixels a side, brighter by so much. */
  const marked = (side: number, by: number) => {
    const copy = Buffer.from(ground)
    for (let y = 0; y < side; y++)
      for (let x = 0; x < side; x++)
        copy
          .fill(200 + by, ((y + 80) * size.width + x + 80) * 3)
          .fill(200, ((y + 80) * size.width + x + 81) * 3)
    return copy
  }

  test('is told in levels, and one block may be anything', () => {
    const spots = createFlatAreaMeasure({ rgb: ground, ...size })
    expect(spots(ground)).toBe(0)
    expect(spots(marked(8, 20))).toBe(20)
    expect(spots(marked(4, 50))).toBe(0)
  })

  test('counts no noise, and nothing amid texture', () => {
    const noisy = ground.map((value, i) => value + ((Math.imul(i + 1, 0x9e3779b1) >>> 20) & 1) * 12 - 6)
    expect(createFlatAreaMeasure({ rgb: ground, ...size })(noisy)).toBeLessThan(6)
    const texture = ground.map((value, i) => value + ((Math.floor(i / 3) % 3) - 1) * 40)
    expect(createFlatAreaMeasure({ rgb: texture, ...size })(texture.map((value) => value - 30))).toBe(0)
  })
})

test.each([
  ['a red dot', reds],
  ['small red words', words],
])('%s on soft ground keeps its colour in a JPEG', async (_, small) => {
  const source = await soft(small)
  const found = await search(source, identify(source), { format: 'jpeg', target: 76, required: true })
  expect(found).toMatchObject({ verdict: 'recoded', reached: true, chroma: '4:4:4' })
  if (found.verdict === 'recoded')
    expect(
      createFlatAreaMeasure({ rgb: await rgbOf(source), ...size })(await rgbOf(found.body)),
    ).toBeLessThanOrEqual(12)
})

test('soft ground alone is content with halved colour', async () => {
  const source = await soft()
  expect(await search(source, identify(source), { format: 'jpeg', target: 76 })).toMatchObject({
    verdict: 'recoded',
    chroma: '4:2:0',
  })
})
