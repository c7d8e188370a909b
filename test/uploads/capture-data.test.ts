// When and how densely a picture was taken, from pictures that say so in each of the ways there are.
import fc from 'fast-check'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { readCaptureData } from '../../api/services/uploads/capture-data.ts'
import { jpeg, png } from '../pictures.ts'

const exif = { IFD2: { DateTimeOriginal: '2024:02:29 23:59:58' } }
const photo = sharp(await jpeg())

test('a JPEG says its density and its moment in EXIF', async () => {
  const bytes = await photo
    .clone()
    .withMetadata({ density: 300, exif: { ...exif } as never })
    .jpeg()
    .toBuffer()
  expect(readCaptureData(bytes)).toEqual({ taken: '2024-02-29T23:59:58', dpi: [300, 300] })
})

test('a JPEG without EXIF has the density of its JFIF header, in inches or in centimetres, or none', async () => {
  const bytes = await jpeg()
  const said = (unit: number, x: number, y: number) => {
    // JFIF 1.02: marker, length, name, version, unit, densities, no thumbnail.
    const jfif = Buffer.from('ffe000104a46494600010200000000000000', 'hex')
    jfif.writeUInt8(unit, 11)
    jfif.writeUInt16BE(x, 12)
    jfif.writeUInt16BE(y, 14)
    return readCaptureData(Buffer.concat([bytes.subarray(0, 2), jfif, bytes.subarray(2)])).dpi
  }
  expect(said(1, 72, 96)).toEqual([72, 96])
  expect(said(2, 100, 100)).toEqual([254, 254])
  expect(said(0, 1, 1)).toBeNull()
  expect(said(1, 0, 0)).toBeNull()
})

test('a PNG says its density in pixels per metre', async () => {
  const bytes = await sharp(await png())
    .withMetadata({ density: 150 })
    .png()
    .toBuffer()
  expect(readCaptureData(bytes)).toEqual({ taken: null, dpi: [150, 150] })
  expect(readCaptureData(await png())).toMatchObject({ taken: null })
})

test.each(['0000:00:00 00:00:00', '    :  :     :  :  ', '2024:13:45 99:99:99', 'yesterday evening  '])(
  'a moment that is none (%s) is not known',
  async (DateTimeOriginal) => {
    const bytes = await photo
      .clone()
      .withExif({ IFD2: { DateTimeOriginal } } as never)
      .jpeg()
      .toBuffer()
    expect(readCaptureData(bytes).taken).toBeNull()
  },
)

test('whatever the bytes, it never throws', async () => {
  const bytes = await photo
    .clone()
    .withMetadata({ density: 300, exif: { ...exif } as never })
    .jpeg()
    .toBuffer()
  const places = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { maxLength: 20 })
  fc.assert(
    fc.property(places, fc.nat(bytes.length), (changes, length) => {
      const copy = Buffer.from(bytes)
      for (const [at, value] of changes) copy[at] = value
      const { taken, dpi } = readCaptureData(copy.subarray(0, length))
      expect(taken === null || /^\d{4}-\d\d-\d\dT/.test(taken)).toBe(true)
      expect(dpi === null || dpi.every((value) => value > 0)).toBe(true)
    }),
  )
})
