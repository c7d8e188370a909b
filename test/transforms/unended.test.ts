// JPEGs without their end marker: made smaller when that is all they lack, refused when it is not.
import sharp, { type JpegOptions } from 'sharp'
import { describe, expect, test } from 'vitest'
import { isUnended } from '../../transforms/identify/jpeg-end.ts'
import { optimise } from '../../transforms/optimise/index.ts'
import { ended } from '../../transforms/pixels/unended.ts'
import { isHere, read } from '../corpus/pictures.ts'

const noise = { type: 'gaussian', mean: 128, sigma: 30 } as const
const photo = (options: JpegOptions = {}) =>
  sharp({ create: { width: 96, height: 64, channels: 3, background: '#987', noise } })
    .jpeg(options)
    .toBuffer()
const without = (jpeg: Buffer, bytes: number): Buffer => jpeg.subarray(0, jpeg.length - bytes)
const pixels = (jpeg: Uint8Array) => sharp(jpeg, { failOn: 'none' }).raw().toBuffer()
const jpeg = { format: 'jpeg' } as const

describe.each([
  ['baseline', {}],
  ['progressive', { progressive: true }],
])('a %s JPEG', (_, options) => {
  test('that lacks its end marker alone gets it', async () => {
    const whole = await photo(options)
    expect(isUnended(whole)).toBe(false)
    expect(await ended(whole, jpeg)).toBe(whole)
    expect(Buffer.compare(await ended(without(whole, 2), jpeg), whole)).toBe(0)
  })

  test('that ends in its data stays as it is', async () => {
    const whole = await photo(options)
    for (const missing of [40, whole.length >> 1]) {
      const cut = without(whole, missing)
      expect(await ended(cut, jpeg)).toBe(cut)
    }
  })

  test.each(['lossless', 'lossy'] as const)('is made smaller in mode %s', async (mode) => {
    const cut = without(await photo({ ...options, quality: 95 }), 2)
    const { body, report } = await optimise(cut, { mode })
    expect(body.length).toBeLessThanOrEqual(cut.length)
    expect(report.sourceBytes).toBe(cut.length)
    if (mode === 'lossless') expect(await pixels(body)).toEqual(await pixels(cut))
  })
})

test('one whose last scans are missing altogether is not whole, though no decoder complains', async () => {
  const whole = await photo({ progressive: true })
  const lastScan = whole.lastIndexOf(Buffer.from([0xff, 0xda]))
  expect(isUnended(whole.subarray(0, lastScan))).toBe(false)
  await expect(optimise(whole.subarray(0, lastScan), { mode: 'lossless' })).rejects.toMatchObject({
    kind: 'source-broken',
  })
})

test.skipIf(!isHere)('the one of the corpus is made smaller, and the truncated one is refused', async () => {
  const lacking = read('jpeg-no-eoi.jpg')
  for (const mode of ['lossless', 'lossy'] as const)
    expect((await optimise(lacking, { mode })).report.saved).toBeGreaterThan(0)
  await expect(optimise(read('bad-truncated.jpg'), { mode: 'lossless' })).rejects.toMatchObject({
    kind: 'source-broken',
  })
})
