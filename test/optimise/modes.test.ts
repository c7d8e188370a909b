import { spawnSync } from 'node:child_process'
import sharp, { type Sharp } from 'sharp'
import { describe, expect, test } from 'vitest'
import { identify } from '../../transforms/identify.ts'
import { identifyInDetail } from '../../transforms/optimise/identification.ts'
import { type OptimiseRequest, optimise } from '../../transforms/optimise/index.ts'
import { alpha, animatedGif, jpeg, lying, png, svg } from '../pictures.ts'
import { isEqual, shown } from './pixels.ts'

const size = { width: 256, height: 192 }
const lossy: OptimiseRequest = { mode: 'lossy' }

/** Soft colours with some grain, as a camera gives them. */
async function photo({ width, height } = size): Promise<Sharp> {
  const grain = await sharp({
    create: {
      width,
      height,
      channels: 3,
      background: '#000',
      noise: { type: 'gaussian', mean: 128, sigma: 12 },
    },
  })
    .png()
    .toBuffer()
  return sharp(
    await sharp(await png({ width, height }))
      .blur(20)
      .toBuffer(),
  ).composite([{ input: grain, blend: 'soft-light' }])
}

describe('lossy by score', () => {
  test('a JPEG comes out smaller, with its score, quality and chroma told; a second run leaves it alone', async () => {
    const source = await (await photo()).jpeg({ quality: 97 }).toBuffer()
    const { body, format, report } = await optimise(source, lossy)
    expect(format).toBe('jpeg')
    expect(body.length).toBeLessThan(source.length * 0.9)
    expect(report.chosen).toBe('jpeg by score')
    expect(report.score).toBeGreaterThan(70)
    expect(report).toMatchObject({ quality: expect.any(Number), chroma: expect.stringMatching(/4:/) })
    expect(isEqual((await optimise(body, lossy)).body, body)).toBe(true)
  })

  test('higher levels score higher', async () => {
    const source = await (await photo()).png().toBuffer()
    const at = async (level: 'eco' | 'max') =>
      (await optimise(source, { ...lossy, level, format: 'jpeg' })).report.score ?? 0
    expect(await at('max')).toBeGreaterThan(await at('eco'))
  })

  test('a picture on its side is brought upright, and keeps the copyright when asked', async () => {
    const source = await sharp(await lying(6, size))
      .keepMetadata()
      .withExifMerge({ IFD0: { Copyright: 'Ada' } })
      .jpeg({ quality: 100 })
      .toBuffer()
    expect(identify(source).orientation).toBe(6)
    const { body } = await optimise(source, { mode: 'quality', quality: 60, keep: ['copyright'] })
    expect(identify(body)).toMatchObject({ orientation: 1, ...size })
    expect((await sharp(body).metadata()).exif?.includes('Ada')).toBe(true)
  })

  test('a photograph in PNG keeps its format, and becomes smaller formats only when allowed', async () => {
    const source = await (await photo()).png().toBuffer()
    expect((await optimise(source, lossy)).format).toBe('png')
    const { format, body } = await optimise(source, { ...lossy, format: 'auto' })
    expect(['jpeg', 'webp', 'avif']).toContain(format)
    expect(body.length).toBeLessThan(source.length / 2)
  })

  test('a palette stands in for soft transparency only at a score of 85, and a second run changes nothing', async () => {
    const source = await sharp(await alpha(size))
      .blur(4)
      .png({ compressionLevel: 3 })
      .toBuffer()
    const { body, report } = await optimise(source, lossy)
    const palettes = report.tried.filter(({ name }) => /palette$/.test(name))
    expect(palettes).toHaveLength(2)
    if (/palette/.test(report.chosen)) expect(report.score).toBeGreaterThanOrEqual(85)
    expect(isEqual((await optimise(body, lossy)).body, body)).toBe(true)
  })

  test('a WebP and an AVIF with loss lose no more, and an SVG loses nothing', async () => {
    for (const format of ['same', 'auto'] as const)
      for (const source of [
        await (await photo()).webp({ quality: 90 }).toBuffer(),
        await (await photo()).avif({ quality: 90, effort: 0 }).toBuffer(),
      ])
        expect(
          isEqual(await shown((await optimise(source, { ...lossy, format })).body), await shown(source)),
        ).toBe(true)
    expect((await optimise(svg(), lossy)).format).toBe('svg')
  })

  test.skipIf(spawnSync('gifsicle', ['--version']).error)(
    'an animated GIF keeps its frames and pace',
    async () => {
      const source = await animatedGif(size)
      const { body } = await optimise(source, lossy)
      const told = async (bytes: Uint8Array) => (await sharp(bytes, { animated: true }).metadata()).delay
      expect(await told(body)).toEqual(await told(source))
    },
  )
})

describe('by quality', () => {
  test('takes the quality, and not where the source has no more to give', async () => {
    const source = await (await photo()).jpeg({ quality: 95 }).toBuffer()
    const { body, report } = await optimise(source, { mode: 'quality', quality: 60 })
    expect(report.quality).toBe(60)
    expect(identifyInDetail(body).sourceQuality).toEqual({ quality: 60, family: 'mozjpeg' })
    const again = await optimise(body, { mode: 'quality', quality: 75 })
    expect(isEqual(again.body, body)).toBe(true)
    expect(again.report.tried.at(-1)?.verdict).toMatch(/saved at quality 60/)
  })

  test('goes below it to fit into the bytes', async () => {
    const source = await (await photo()).jpeg({ quality: 97 }).toBuffer()
    const { body, report } = await optimise(source, { mode: 'quality', quality: 90, maxBytes: 4000 })
    expect(body.length).toBeLessThanOrEqual(4000)
    expect(report.quality).toBeLessThan(90)
  })
})

describe('another format', () => {
  test('by name is given even where it is larger', async () => {
    const source = await png({ width: 64, height: 64 })
    const { format } = await optimise(source, { ...lossy, format: 'jpeg' })
    expect(format).toBe('jpeg')
  })

  test('with transparency laid on white for a JPEG', async () => {
    const { body } = await optimise(await alpha(size), { ...lossy, format: 'jpeg' })
    const { data, info } = await sharp(body).raw().toBuffer({ resolveWithObject: true })
    expect(data[(info.width - 1) * info.channels]).toBeGreaterThan(230)
  })

  test('without loss is WebP or nothing', async () => {
    const source = await png(size)
    expect((await optimise(source, { mode: 'lossless', format: 'auto' })).format).toBe('webp')
    await expect(optimise(await jpeg(), { mode: 'lossless', format: 'gif' })).rejects.toMatchObject({
      kind: 'bad-option',
    })
  })
})
