import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { identify } from '../../transforms/identify.ts'
import { buildChunk, readChunks, writePng } from '../../transforms/optimise/png/chunks.ts'
import { alpha, palette, png, profiled, sixteenBit } from '../pictures.ts'
import { isEqual, lossless, stored } from './pixels.ts'

const typesOf = (body: Uint8Array): string[] => readChunks(body).map(({ type }) => type)
const size = { width: 200, height: 150 }

/** `extra` chunks behind the header. */
function withChunks(source: Uint8Array, ...extra: [string, Uint8Array][]): Uint8Array {
  const [header, ...rest] = readChunks(source)
  return writePng([...(header ? [header] : []), ...extra.map((each) => buildChunk(...each)), ...rest])
}

describe('a PNG without loss', () => {
  test.each([
    ['of three channels', png],
    ['of soft transparency', alpha],
    ['of a palette', palette],
    ['of 16 bits', sixteenBit],
    ['of 16 bits with a profile', profiled],
  ])('%s is equal in every sample, never larger, and a fixed point', async (_, make) => {
    const source = await make(size)
    const { body } = await lossless(source)
    expect(body.length).toBeLessThanOrEqual(source.length)
    const [before, after] = [await stored(source), await stored(body)]
    expect(before.length >= after.length).toBe(true)
    if (before.length === after.length) expect(isEqual(before, after)).toBe(true)
    expect(isEqual((await lossless(body)).body, body)).toBe(true)
  })

  test('of 16 bits that differ in their lower halves stays 16', async () => {
    const samples = Uint16Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * 7919) & 0xffff)
    const image = sharp(samples, { raw: { width: 64, height: 64, channels: 3 } }).toColourspace('rgb16')
    const source = await image.png({ compressionLevel: 1 }).toBuffer()
    const { body } = await lossless(source)
    expect(identify(body).depth).toBe(16)
    expect(isEqual(await stored(source), await stored(body))).toBe(true)
  })

  test('keeps the colour under transparent pixels', async () => {
    const samples = Buffer.alloc(64 * 64 * 4).map((_, i) => (i % 4 === 3 ? 0 : (i * 31) & 255))
    const source = await sharp(samples, { raw: { width: 64, height: 64, channels: 4 } })
      .png()
      .toBuffer()
    expect(isEqual(await stored((await lossless(source)).body), samples)).toBe(true)
  })

  test('keeps a gamma that is not that of sRGB, and drops what only says sRGB', async () => {
    const linear = withChunks(await png(size), ['gAMA', Uint8Array.of(0, 1, 0x86, 0xa0)])
    expect(typesOf((await lossless(linear)).body)).toContain('gAMA')
    const said = withChunks(
      await png(size),
      ['sRGB', Uint8Array.of(0)],
      ['gAMA', Uint8Array.of(0, 0, 0xb1, 0x8f)],
    )
    expect(typesOf((await lossless(said)).body)).not.toContain('gAMA')
  })

  test('with a wide profile keeps it, and gray pixels of an RGB profile stay RGB', async () => {
    const source = await sharp({ create: { ...size, channels: 3, background: '#808080' } })
      .withIccProfile('p3')
      .png({ compressionLevel: 0 })
      .toBuffer()
    const { body } = await lossless(source)
    expect(typesOf(body)).toContain('iCCP')
    expect([2, 3, 6]).toContain(body[25])
  })

  test('says that it lost its content credentials', async () => {
    const { report } = await lossless(withChunks(await png(size), ['caBX', Buffer.from('jumb c2pa')]))
    expect(report.dropped).toEqual(['c2pa'])
  })

  test.each([
    ['a gamma of its own', ['gAMA', Uint8Array.of(0, 1, 0x86, 0xa0)]],
    ['colours of HDR', ['cICP', Uint8Array.of(9, 16, 0, 1)]],
  ] as const)('with %s stays a PNG, as no other format says so', async (_, said) => {
    for (const mode of ['lossless', 'lossy'] as const) {
      const source = withChunks(await png(size), [said[0], said[1]])
      const { format, body } = await lossless(source, { mode, format: 'auto' })
      expect(format).toBe('png')
      expect(typesOf(body)).toContain(said[0])
    }
    const source = withChunks(await png(size), [said[0], said[1]])
    await expect(lossless(source, { format: 'webp' })).rejects.toMatchObject({ kind: 'bad-option' })
  })

  test('loses text, time and what stands behind its end', async () => {
    const source = Buffer.concat([
      withChunks(await png(size), ['tEXt', Buffer.from('Comment\0secret')]),
      Buffer.from('PK'),
    ])
    const { body } = await lossless(source)
    expect(Buffer.from(body).includes('secret')).toBe(false)
    expect(typesOf(body).at(-1)).toBe('IEND')
  })

  test('that is animated keeps every frame and loses only its texts', async () => {
    const still = await png(size)
    const source = withChunks(
      still,
      ['acTL', Uint8Array.of(0, 0, 0, 2, 0, 0, 0, 0)],
      ['tEXt', Buffer.from('Comment\0secret')],
    )
    const { body } = await lossless(source)
    expect(identify(body).animated).toBe(true)
    expect(typesOf(body)).toEqual(typesOf(source).filter((type) => !['tEXt', 'pHYs'].includes(type)))
  })
})
