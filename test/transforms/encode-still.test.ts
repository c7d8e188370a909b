// Finished pixels in a first answer's encodings: WebP with loss comes from our own quick encoder.
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { createReference } from '../../transforms/optimise/metric/index.ts'
import { from, type Pixels } from '../../transforms/pixels/run.ts'
import { encodeStill } from '../../transforms/render/encode-still.ts'
import { generated } from '../optimise/metric-pictures.ts'

const waves = (width: number, height: number, channels: 1 | 2 | 3 | 4): Pixels => {
  const { rgb } = generated('waves', { width, height })
  const data = Uint8Array.from({ length: width * height * channels }, (_, i) => {
    const channel = i % channels
    const pixel = (i - channel) / channels
    return channels % 2 === 0 && channel === channels - 1
      ? (pixel * 5) & 255
      : (rgb[pixel * 3 + channel] ?? 0)
  })
  return { data, width, height, channels }
}

const lossy = (format: 'jpeg' | 'webp', quality: number) =>
  ({ format, quality, lossless: false, progressive: false }) as const

async function atScoreOf(
  pixels: Pixels,
  plain: Buffer,
  encode: (quality: number) => Promise<Uint8Array>,
): Promise<number> {
  const judge = createReference({ rgb: pixels.data, width: pixels.width, height: pixels.height })
  const scoreOf = async (body: Uint8Array) =>
    judge.score(await sharp(body).removeAlpha().raw().toBuffer()).score
  const target = await scoreOf(plain)
  let body = await encode(40)
  for (let quality = 40; (await scoreOf(body)) < target; quality++) body = await encode(quality)
  judge.release()
  return body.length
}

describe('WebP with loss', () => {
  test("takes fewer bytes than libwebp's own at the same score and effort", async () => {
    const pixels = waves(360, 240, 3)
    const plain = await from(pixels).webp({ quality: 80, effort: 2 }).toBuffer()
    const ours = await atScoreOf(pixels, plain, (quality) => encodeStill(pixels, lossy('webp', quality)))
    expect(ours / plain.length).toBeLessThan(0.95)
  })

  test('of one picture is the same whatever was encoded before it', async () => {
    const [one, other] = [waves(200, 150, 3), waves(333, 17, 4)]
    const first = await encodeStill(one, lossy('webp', 70))
    const between = await encodeStill(other, lossy('webp', 50), { colourEdges: true })
    expect(await encodeStill(one, lossy('webp', 70))).toEqual(first)
    expect(await encodeStill(other, lossy('webp', 50), { colourEdges: true })).toEqual(between)
  })

  test.each([1, 2, 3, 4] as const)('of %i channels shows them all', async (channels) => {
    const pixels = waves(64, 48, channels)
    const body = await encodeStill(pixels, lossy('webp', 90))
    const hasAlpha = channels % 2 === 0
    const { data, info } = await sharp(body).raw().toBuffer({ resolveWithObject: true })
    expect(info).toMatchObject({ format: 'raw', width: 64, height: 48, channels: hasAlpha ? 4 : 3 })
    let [off, alphaOff] = [0, 0]
    for (let i = 0; i < 64 * 48; i++) {
      const at = i * channels
      off += Math.abs((data[i * info.channels] ?? 0) - (pixels.data[at] ?? 0))
      if (hasAlpha) alphaOff += Math.abs((data[i * 4 + 3] ?? 0) - (pixels.data[at + channels - 1] ?? 0))
    }
    expect(alphaOff).toBe(0)
    // What nobody sees through may have any colour.
    if (!hasAlpha) expect(off / (64 * 48)).toBeLessThan(8)
  })

  test('keeps the light of coloured edges better where it is told of them', async () => {
    const data = Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) =>
      Math.floor(i / 3) % 4 < 2 ? ([220, 0, 0][i % 3] ?? 0) : 255,
    )
    const pixels: Pixels = { data, width: 64, height: 64, channels: 3 }
    const offOf = async (colourEdges: boolean) => {
      const body = await encodeStill(pixels, lossy('webp', 85), { colourEdges })
      const made = await sharp(body).removeAlpha().raw().toBuffer()
      return made.reduce((sum, level, i) => sum + Math.abs(level - (data[i] ?? 0)), 0) / data.length
    }
    expect(await offOf(true)).toBeLessThan(await offOf(false))
  })
})

test("a JPEG takes fewer bytes than by the standard's table at the same score", async () => {
  const pixels = waves(360, 240, 3)
  const plain = await from(pixels).jpeg({ quality: 80 }).toBuffer()
  const ours = await atScoreOf(pixels, plain, (quality) => encodeStill(pixels, lossy('jpeg', quality)))
  expect(ours).toBeLessThan(plain.length)
})
