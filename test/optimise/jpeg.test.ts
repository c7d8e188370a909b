import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { orientationOf } from '../../transforms/identify/exif.ts'
import { identify } from '../../transforms/identify.ts'
import { findExif, readSegments } from '../../transforms/optimise/jpeg/segments.ts'
import { cmyk, gray, jpeg, lying, progressive } from '../pictures.ts'
import { isEqual, lossless, shown, stored, withSegment } from './pixels.ts'

describe('a JPEG without loss', () => {
  test('is smaller, and equal in every sample', async () => {
    const source = await jpeg({ width: 320, height: 200 })
    const { body, format, report } = await lossless(source)
    expect(format).toBe('jpeg')
    expect(body.length).toBeLessThan(source.length)
    expect(report).toMatchObject({ chosen: 'mozjpeg transcode', saved: source.length - body.length })
    expect(isEqual(await stored(source), await stored(body))).toBe(true)
  })

  test('is a fixed point: the second run gives the first one back', async () => {
    const once = await lossless(await jpeg({ width: 320, height: 200 }))
    const twice = await lossless(once.body)
    expect(isEqual(twice.body, once.body)).toBe(true)
    expect(twice.report).toMatchObject({ chosen: 'original', saved: 0 })
  })

  test.each([2, 3, 4, 5, 6, 7, 8])('of orientation %i is turned the same way', async (orientation) => {
    const source = await lying(orientation)
    const { body } = await lossless(source)
    expect(identify(body).orientation).toBe(orientation)
    expect(isEqual(await shown(source), await shown(body))).toBe(true)
    // The small block: header, one entry, end.
    expect(findExif(readSegments(body))?.length).toBeLessThanOrEqual(26)
  })

  test('in Display P3 keeps its profile, and looks the same through it', async () => {
    const source = await sharp(await jpeg())
      .withIccProfile('p3')
      .jpeg()
      .toBuffer()
    const { body } = await lossless(source)
    expect(identify(body).icc).toBe(true)
    expect(isEqual(await shown(source), await shown(body))).toBe(true)
  })

  test('loses an sRGB profile only where its colours stay equal, and never when asked to keep it', async () => {
    const source = await sharp(await jpeg())
      .withIccProfile('srgb')
      .jpeg()
      .toBuffer()
    const dropped = await lossless(source)
    expect(isEqual(await shown(source), await shown(dropped.body))).toBe(true)
    expect(identify((await lossless(source, { keep: ['profile'] })).body).icc).toBe(true)
  })

  test('of CMYK stays CMYK, and of gray stays gray', async () => {
    for (const [source, space] of [
      [await cmyk(), 'cmyk'],
      [await gray(), 'gray'],
    ] as const) {
      const { body } = await lossless(source)
      expect(identify(body).space).toBe(space)
      expect(isEqual(await shown(source), await shown(body))).toBe(true)
    }
  })

  test('that is progressive already never grows', async () => {
    const source = await progressive()
    expect((await lossless(source)).body.length).toBeLessThanOrEqual(source.length)
  })

  test('with a gain map is handed back untouched, and says why', async () => {
    const source = withSegment(await jpeg(), 1, 'http://ns.adobe.com/xap/1.0/\0<x hdrgm:Version="1.0"/>')
    const { body, report } = await lossless(source)
    expect(isEqual(body, source)).toBe(true)
    expect(report.reason).toMatch(/gain map/)
  })

  test('says that it lost its content credentials', async () => {
    const { report } = await lossless(withSegment(await jpeg(), 11, 'JP\0\0\0\0\0\0jumb...c2pa'))
    expect(report.dropped).toEqual(['c2pa'])
  })

  test('loses comments, thumbnails and what stands behind its end', async () => {
    const source = Buffer.concat([await jpeg(), Buffer.from('<script>alert(1)</script>')])
    const { body } = await lossless(source)
    expect(Buffer.from(body).includes('script')).toBe(false)
  })
})

test('a gain map that cannot be kept is told of', async () => {
  const source = withSegment(await jpeg(), 1, 'http://ns.adobe.com/xap/1.0/\0<x hdrgm:Version="1.0"/>')
  const { report } = await lossless(source, { mode: 'quality', quality: 60, format: 'webp' })
  expect(report.dropped).toEqual(['gain map'])
})

describe('what is kept of EXIF', () => {
  const withExif = async (): Promise<Buffer> =>
    sharp(await jpeg())
      .withExif({
        IFD0: { Copyright: 'Ada', ImageDescription: 'secret', Software: 'x' },
        IFD2: { DateTimeOriginal: '2026:01:02 03:04:05' },
        IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 0/1' },
      })
      .jpeg()
      .toBuffer()
  const exifIn = async (body: Uint8Array) => (await sharp(body).metadata()).exif?.toString('latin1') ?? ''

  test('by default nothing of an upright picture', async () => {
    expect(await exifIn((await lossless(await withExif())).body)).toBe('')
  })

  test.each(['jpeg', 'webp'] as const)('in a %s that was coded anew too', async (format) => {
    const sources = [
      await withExif(),
      await sharp(await withExif())
        .keepExif()
        .png()
        .toBuffer(),
      await sharp(await withExif())
        .keepExif()
        .webp({ lossless: true })
        .toBuffer(),
    ]
    for (const source of sources) {
      const { body } = await lossless(source, { mode: 'quality', quality: 60, format, keep: ['copyright'] })
      expect(identify(body).format).toBe(format)
      expect(await exifIn(body)).toMatch(/Ada/)
      expect(await exifIn(body)).not.toMatch(/secret/)
    }
  })

  test('and a profile of sRGB, with loss too', async () => {
    const source = await sharp(await jpeg({ width: 200, height: 150 }))
      .withIccProfile('srgb')
      .jpeg({ quality: 98 })
      .toBuffer()
    const request = { mode: 'quality', quality: 50 } as const
    expect(identify((await lossless(source, request)).body).icc).toBe(false)
    expect(identify((await lossless(source, { ...request, keep: ['profile'] })).body).icc).toBe(true)
  })

  test('is no more than a segment holds, though its entries share their bytes', async () => {
    const source = withSegment(await lying(6, { width: 200, height: 150 }), 1, crowded())
    const { body } = await lossless(source, { mode: 'quality', quality: 30, keep: ['geotag'] })
    expect(identify(body)).toMatchObject({ format: 'jpeg' })
    await expect(sharp(body).raw().toBuffer()).resolves.toBeInstanceOf(Buffer)
  })

  test('by name: the date, the copyright, the place, and never more', async () => {
    const source = await withExif()
    expect(await exifIn((await lossless(source, { keep: ['copyright'] })).body)).toMatch(/Ada/)
    const dated = await exifIn((await lossless(source, { keep: ['date'] })).body)
    expect(dated).toMatch(/2026:01:02/)
    expect(dated).not.toMatch(/Ada|secret/)
    const all = await lossless(source, { keep: ['date', 'copyright', 'geotag'] })
    expect(orientationOf(findExif(readSegments(all.body)) ?? new Uint8Array())).toBe(1)
    expect(await exifIn(all.body)).not.toMatch(/secret/)
    expect((await exifIn(all.body)).length).toBeGreaterThan(dated.length)
  })
})

/** An EXIF block whose place has 40 entries of 9000 bytes each, all of them the same bytes. */
function crowded(): Buffer {
  const [entries, bytes] = [40, 9000]
  const tiff = Buffer.alloc(30 + entries * 12 + 4 + bytes)
  const entry = (at: number, [tag, type, count, value]: readonly [number, number, number, number]) => {
    tiff.writeUInt16LE(tag, at)
    tiff.writeUInt16LE(type, at + 2)
    tiff.writeUInt32LE(count, at + 4)
    tiff.writeUInt32LE(value, at + 8)
  }
  tiff.write('II*\0', 'latin1')
  tiff.writeUInt32LE(8, 4)
  tiff.writeUInt16LE(1, 8)
  entry(10, [0x8825, 4, 1, 26])
  tiff.writeUInt16LE(entries, 26)
  for (let i = 0; i < entries; i++) entry(28 + i * 12, [i, 1, bytes, tiff.length - bytes])
  return Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff])
}
