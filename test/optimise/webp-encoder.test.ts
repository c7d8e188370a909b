// WebP with loss by our own quantisers: every picture that WebP knows, any quality, and fewer bytes than libwebp alone takes.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { identify } from '../../transforms/identify.ts'
import { optimise } from '../../transforms/optimise/index.ts'
import type { Picture } from '../../transforms/optimise/lossy/picture.ts'
import { createJudge } from '../../transforms/optimise/lossy/visual-judge.ts'
import { encodeWebp } from '../../transforms/optimise/lossy/webp/index.ts'
import { jpeg } from '../pictures.ts'
import { generated } from './metric-pictures.ts'
import { shown } from './pixels.ts'

const folder = new URL('../../transforms/optimise/lossy/webp/', import.meta.url)

test('it was compiled after the last change of its source', () => {
  const sums = readFileSync(new URL('encoder.sha256', folder), 'utf8').trim().split('\n')
  expect(sums).toHaveLength(3)
  for (const line of sums) {
    const [sum, name = ''] = line.split('  ')
    expect(
      createHash('sha256')
        .update(readFileSync(new URL(name, folder)))
        .digest('hex'),
      name,
    ).toBe(sum)
  }
})

const waves = (width: number, height: number, channels: 3 | 4 = 3): Picture => {
  const { rgb } = generated('waves', { width, height })
  const data = new Uint8Array(width * height * channels)
  for (let i = 0; i < width * height; i++) {
    data.set(rgb.subarray(i * 3, i * 3 + 3), i * channels)
    if (channels === 4) data[i * 4 + 3] = (i * 5) & 255
  }
  return { data, width, height, channels, isGrey: false }
}
const pixelsOf = async (body: Uint8Array): Promise<Uint8Array> => sharp(body).removeAlpha().raw().toBuffer()

test.each([
  [1, 1],
  [3, 1],
  [17, 33],
  [640, 427],
  [16_383, 3],
])('%i x %i pixels', async (width, height) => {
  const body = await encodeWebp(waves(width, height), 75)
  expect(identify(body)).toMatchObject({ format: 'webp', width, height, alpha: false })
  expect(await pixelsOf(body)).toHaveLength(width * height * 3)
})

test('more than 16,383 pixels on a side are refused by name', async () => {
  await expect(encodeWebp(waves(16_384, 1), 75)).rejects.toMatchObject({
    kind: 'bad-option',
    message: 'A WebP has at most 16383 pixels on a side.',
  })
})

test('more quality makes a larger file, and half of one is enough for it', async () => {
  const picture = waves(320, 240)
  const sizes: number[] = []
  for (const quality of [0, 40, 79.5, 80, 80.5, 81, 100])
    sizes.push((await encodeWebp(picture, quality)).length)
  expect(sizes).toEqual(sizes.toSorted((a, b) => a - b))
  expect(new Set(sizes).size).toBe(sizes.length)
})

test('the same pixels make the same bytes', async () => {
  const picture = waves(200, 150)
  expect(await encodeWebp(picture, 77)).toEqual(await encodeWebp(picture, 77))
})

test('alpha comes out as it went in', async () => {
  const picture = waves(120, 90, 4)
  const body = await encodeWebp(picture, 50)
  const alpha = await sharp(body).extractChannel('alpha').raw().toBuffer()
  expect(alpha).toEqual(Buffer.from(picture.data.filter((_, i) => i % 4 === 3)))
})

test('a wide profile goes with its pixels', async () => {
  const source = await sharp(await jpeg({ width: 320, height: 240 }))
    .withIccProfile('p3')
    .jpeg({ quality: 95 })
    .toBuffer()
  const { body, format } = await optimise(source, { mode: 'lossy', format: 'webp' })
  expect(format).toBe('webp')
  expect(identify(body)).toMatchObject({ icc: true, alpha: false })
  expect((await sharp(body).metadata()).icc).toEqual((await sharp(source).metadata()).icc)
  const [before, after] = [await shown(source), await shown(body)]
  const off = before.reduce((sum, level, i) => sum + Math.abs(level - (after[i] ?? 0)), 0) / before.length
  expect(off).toBeLessThan(4)
})

test('the score of libwebp at quality 80 takes fewer bytes', async () => {
  const picture = waves(480, 320)
  const { data, width, height, channels } = picture
  const judge = createJudge(picture)
  const plain = await sharp(data, { raw: { width, height, channels } })
    .webp({ quality: 80, effort: 6, smartSubsample: true })
    .toBuffer()
  const target = judge.judge(await pixelsOf(plain)).score
  let ours = await encodeWebp(picture, 60)
  for (let quality = 60; judge.judge(await pixelsOf(ours)).score < target; quality++)
    ours = await encodeWebp(picture, quality)
  judge.release()
  expect(ours.length / plain.length).toBeLessThan(0.97)
})
