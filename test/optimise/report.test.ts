import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { identifyInDetail } from '../../transforms/optimise/identification.ts'
import { countColours } from '../../transforms/optimise/unique-colours.ts'
import { animatedGif, jpeg, palette, png, profiled, progressive } from '../pictures.ts'

describe('the identification report', () => {
  test.each([30, 50, 76, 90, 95])('reads quality %i back from both families of tables', async (quality) => {
    const image = sharp(await png())
    expect(identifyInDetail(await image.jpeg({ quality }).toBuffer()).sourceQuality).toEqual({
      quality,
      family: 'libjpeg',
    })
    expect(identifyInDetail(await image.jpeg({ quality, mozjpeg: true }).toBuffer()).sourceQuality).toEqual({
      quality,
      family: 'mozjpeg',
    })
  })

  test('names the profile, and knows sRGB and wide ones apart', async () => {
    expect(identifyInDetail(await profiled()).icc?.class).toBe('srgb')
    const wide = await sharp(await jpeg())
      .withIccProfile('p3')
      .jpeg()
      .toBuffer()
    expect(identifyInDetail(wide).icc).toMatchObject({ class: 'wide' })
    expect(identifyInDetail(await jpeg()).icc).toBeNull()
  })

  test('says progressive, animated and EXIF from the bytes', async () => {
    expect(identifyInDetail(await progressive())).toMatchObject({ progressive: true, exif: false })
    expect(identifyInDetail(await animatedGif())).toMatchObject({ animated: true })
    const source = await sharp(await jpeg())
      .withExif({ IFD0: { Copyright: 'Ada' } })
      .jpeg()
      .toBuffer()
    expect(identifyInDetail(source).exif).toBe(true)
  })

  test('answers from the first bytes alone', async () => {
    const source = await jpeg({ width: 900, height: 900 })
    expect(identifyInDetail(source.subarray(0, 1000))).toMatchObject({ width: 900, progressive: false })
  })

  test('counts colours of what is small or of a palette, and of nothing else', async () => {
    expect(await countColours(await palette())).toBe(4)
    expect(await countColours(await png({ width: 1200, height: 1000 }))).toBeNull()
  })
})
