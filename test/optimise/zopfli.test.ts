import { inflateSync } from 'node:zlib'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { readChunks } from '../../transforms/optimise/png/chunks.ts'
import { createZopfliCandidate } from '../../transforms/optimise/png/zopfli.ts'
import { isEqual, lossless, stored } from './pixels.ts'

const budgetMs = 30_000

/** Rings of a few colours: much to find for a packer, and a palette's worth of them. */
async function drawn(width: number, height: number, more = {}): Promise<Buffer> {
  const samples = Buffer.alloc(width * height * 3)
  for (let i = 0; i < width * height; i++) {
    const ring = Math.floor(Math.hypot((i % width) - width / 3, Math.floor(i / width) - height / 2) / 5)
    samples.set([(ring * 53) & 255, (ring * 97) & 255, (ring * 31) & 255], i * 3)
  }
  const image = sharp(samples, { raw: { width, height, channels: 3 } })
  return image.png({ compressionLevel: 9, ...more }).toBuffer()
}

const contentOf = (png: Uint8Array, wanted: string): Buffer =>
  Buffer.concat(readChunks(png).flatMap(({ type, content }) => (type === wanted ? [content] : [])))

describe('Zopfli at the end of a PNG without loss', () => {
  test('packs the same samples smaller than OxiPNG does, and finds nothing more in its own', async () => {
    const source = await drawn(300, 200)
    const { body, report } = await lossless(source)
    expect(report.chosen).toBe('oxipng, zopfli')
    const before = report.tried.find(({ name }) => name === 'oxipng')
    expect(body.length).toBeLessThan(before?.bytes ?? 0)
    expect(isEqual(await stored(body), await stored(source))).toBe(true)
    const twice = await lossless(body)
    expect(isEqual(twice.body, body)).toBe(true)
    expect(twice.report.chosen).toBe('original')
  })

  test('packs the profile as well, byte for byte the same one', async () => {
    const source = await sharp(await drawn(120, 80))
      .withIccProfile('p3')
      .png()
      .toBuffer()
    const made = await createZopfliCandidate(budgetMs).make(source)
    const behindItsName = (png: Uint8Array) => {
      const profile = contentOf(png, 'iCCP')
      return profile.subarray(profile.indexOf(0) + 2)
    }
    expect(behindItsName(made).length).toBeLessThan(behindItsName(source).length)
    expect(inflateSync(behindItsName(made)).equals(inflateSync(behindItsName(source)))).toBe(true)
    expect(inflateSync(contentOf(made, 'IDAT')).equals(inflateSync(contentOf(source, 'IDAT')))).toBe(true)
  })

  test.each([
    ['a picture too large for the time there is', () => drawn(900, 800), 100, 'it would take too long'],
    ['noise', () => noise(400), budgetMs, 'it holds too much noise to be packed better'],
  ])('declines %s', async (_, make, budget, words) => {
    await expect(createZopfliCandidate(budget).make(await make())).rejects.toThrow(words)
  })

  test('gives up on streams that cannot be unpacked', async () => {
    const source = Buffer.from(await drawn(64, 64))
    source.fill(0, source.indexOf('IDAT') + 6, source.indexOf('IDAT') + 40)
    await expect(createZopfliCandidate(budgetMs).make(source)).rejects.toThrow(
      'its streams cannot be unpacked',
    )
  })
})

/** A xorshift's bytes. */
function noise(side: number): Promise<Buffer> {
  let state = 1
  const samples = Buffer.alloc(side * side * 3).map(() => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state & 255
  })
  return sharp(samples, { raw: { width: side, height: side, channels: 3 } })
    .png()
    .toBuffer()
}
