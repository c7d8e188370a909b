import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { identify } from '../../transforms/identify.ts'
import { alpha, animatedWebp, avif, jpeg, tiff, webp } from '../pictures.ts'
import { isEqual, lossless, shown, stored } from './pixels.ts'

describe('a WebP', () => {
  test('without loss stays without loss, transparent colours included', async () => {
    const source = await sharp(await alpha({ width: 200, height: 120 }))
      .webp({ lossless: true, effort: 0 })
      .toBuffer()
    const { body } = await lossless(source)
    expect(body.length).toBeLessThanOrEqual(source.length)
    expect(isEqual(await stored(source), await stored(body))).toBe(true)
    expect(isEqual((await lossless(body)).body, body)).toBe(true)
  })

  test('with loss keeps its coded pixels and loses its texts', async () => {
    const source = await sharp(await jpeg())
      .withExif({ IFD0: { Copyright: 'Ada' } })
      .webp({ quality: 60 })
      .toBuffer()
    const { body } = await lossless(source)
    expect(body.length).toBeLessThan(source.length)
    expect(Buffer.from(body).includes('Ada')).toBe(false)
    expect(isEqual(await stored(source), await stored(body))).toBe(true)
    const kept = await lossless(source, { keep: ['copyright'] })
    expect((await sharp(kept.body).metadata()).exif?.includes('Ada')).toBe(true)
  })

  test('that lies on its side still does', async () => {
    const source = await sharp(await jpeg())
      .withMetadata({ orientation: 6 })
      .webp({ lossless: true })
      .toBuffer()
    const { body } = await lossless(source)
    expect(identify(body).orientation).toBe(6)
    expect(isEqual(await shown(source), await shown(body))).toBe(true)
  })

  test('in Display P3 keeps its profile', async () => {
    const source = await sharp(await webp())
      .withIccProfile('p3')
      .webp({ lossless: true, effort: 0 })
      .toBuffer()
    const { body } = await lossless(source)
    expect(isEqual(await shown(source), await shown(body))).toBe(true)
    expect(identify(body).icc).toBe(true)
  })

  test('that moves is handed back', async () => {
    const source = await animatedWebp()
    expect((await lossless(source)).body.length).toBeLessThanOrEqual(source.length)
  })
})

test('an AVIF is handed back as it is, a TIFF is refused', async () => {
  const source = await avif()
  expect(isEqual((await lossless(source)).body, source)).toBe(true)
  await expect(lossless(await tiff())).rejects.toMatchObject({ kind: 'source-unsupported' })
})
