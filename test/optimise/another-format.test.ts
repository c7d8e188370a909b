// A format that was named is made in any case, and must look like its source: nobody checks it by eye before it is used.
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { identify } from '../../transforms/identify.ts'
import { optimise } from '../../transforms/optimise/index.ts'
import { createReference } from '../../transforms/optimise/metric/index.ts'
import { alpha, cmyk, lying, png } from '../pictures.ts'
import { isEqual, shown } from './pixels.ts'

const size = { width: 192, height: 144 }
/** A search that the clock ends finds something else each time, on a busy machine. */
const budgetMs = 3_600_000

/** Words and lines in colours whose halving nobody overlooks. */
const drawn = (ink: string, ground: string) =>
  sharp(
    Buffer.from(
      `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${size.height}">
        <rect width="100%" height="100%" fill="${ground}"/>
        ${Array.from({ length: 40 }, (_, i) => `<path d="M${i * 7} 0 L${i * 5 + 20} ${size.height}" stroke="${ink}"/>`).join('')}
      </svg>`,
    ),
  )
    .removeAlpha()
    .toColourspace('srgb')
    .png()
    .toBuffer()

async function scoreOf(body: Uint8Array, source: Uint8Array): Promise<number> {
  const rgb = (bytes: Uint8Array) => sharp(bytes).removeAlpha().toColourspace('srgb').raw().toBuffer()
  const reference = createReference({ rgb: await rgb(source), ...size })
  const { score } = reference.score(await rgb(body))
  reference.release()
  return score
}

describe.each([
  ['green', 'magenta'],
  ['red', 'blue'],
  ['red', 'white'],
])('%s lines on %s', (ink, ground) => {
  test.each(['jpeg', 'webp', 'avif'] as const)(
    'reach the level in %s, larger than a PNG or not',
    async (format) => {
      const source = await drawn(ink, ground)
      const { body, report } = await optimise(source, { mode: 'lossy', format })
      expect(identify(body).format).toBe(format)
      expect(await scoreOf(body, source)).toBeGreaterThanOrEqual(75.9)
      expect(report.reason).not.toMatch(/larger/)
    },
  )
})

test('what no quality brings to the level comes as near as was tried, in full colour', async () => {
  const noise = Buffer.alloc(96 * 96 * 3).map((_, i) => (Math.imul(i + 1, 0x9e3779b1) >>> 13) & 255)
  const source = await sharp(noise, { raw: { width: 96, height: 96, channels: 3 } })
    .png()
    .toBuffer()
  const { report } = await optimise(source, { mode: 'lossy', level: 'max', format: 'jpeg' })
  expect(report).toMatchObject({ chosen: 'jpeg by score', chroma: '4:4:4' })
})

test.each([
  [
    'lines on a ground, packed badly',
    async () =>
      sharp(await drawn('green', 'magenta'))
        .png({ compressionLevel: 0 })
        .toBuffer(),
  ],
  [
    'soft edges, for which a palette is found',
    async () =>
      sharp(await alpha(size))
        .blur(4)
        .png()
        .toBuffer(),
  ],
])('the smallest format of %s is found at once, and not in a second run', async (_, make) => {
  const request = { mode: 'lossy', format: 'auto', budgetMs } as const
  const { body } = await optimise(await make(), request)
  expect(isEqual((await optimise(body, request)).body, body)).toBe(true)
})

test('what came out as JPEG by quality is not taken further by the next run', async () => {
  const source = await sharp(await png(size))
    .blur(9)
    .jpeg({ quality: 80, mozjpeg: true })
    .toBuffer()
  const { format } = await optimise(source, { mode: 'quality', quality: 80, format: 'auto' })
  expect(format).toBe('jpeg')
})

test.each(['webp', 'jpeg'] as const)('a few pixels in %s keep their colours', async (format) => {
  const samples = Buffer.from([255, 0, 0, 0, 0, 255, 0, 0, 255, 255, 0, 0])
  const source = await sharp(samples, { raw: { width: 2, height: 2, channels: 3 } })
    .png()
    .toBuffer()
  const { body } = await optimise(source, { mode: 'lossy', format })
  const made = await shown(body)
  for (const [i, value] of samples.entries()) expect(Math.abs((made[i] ?? 0) - value)).toBeLessThan(48)
})

describe('a WebP without loss', () => {
  const webp = async (source: Uint8Array) =>
    (await optimise(source, { mode: 'lossless', format: 'webp' })).body

  test('stands upright, whatever its source said of being turned', async () => {
    for (const orientation of [3, 6, 7]) {
      const source = await lying(orientation)
      expect(isEqual(await shown(await webp(source)), await shown(source))).toBe(true)
    }
  })

  test('shows inks as their profile says', async () => {
    const source = await sharp(await cmyk())
      .withIccProfile('cmyk')
      .jpeg()
      .toBuffer()
    expect(identify(source)).toMatchObject({ space: 'cmyk', icc: true })
    expect(isEqual(await shown(await webp(source)), await shown(source))).toBe(true)
  })

  test('takes 16 bits that say no more than eight, at once and not only in a second run', async () => {
    const source = await sharp(await png(size))
      .toColourspace('rgb16')
      .png()
      .toBuffer()
    expect(identify(source).depth).toBe(16)
    const request = { mode: 'lossless', format: 'auto' } as const
    const { body } = await optimise(source, request)
    expect(isEqual((await optimise(body, request)).body, body)).toBe(true)
  })

  test('keeps soft edges to the last level', async () => {
    const source = await alpha(size)
    expect(isEqual(await shown(await webp(source)), await shown(source))).toBe(true)
  })
})
