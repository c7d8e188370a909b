import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { hashAnimation, isSameAnimation } from '../../transforms/optimise/gif/animation-equality.ts'
import { animationStandard, scoreAnimation } from '../../transforms/optimise/gif/lossy.ts'
import { optimise } from '../../transforms/optimise/index.ts'
import { buildChunk, readChunks, writePng } from '../../transforms/optimise/png/chunks.ts'
import { animatedGif, delays, loops, png } from '../pictures.ts'
import { isEqual } from './pixels.ts'

/** Frames of soft colours that a palette of 256 dithers: what a coder with loss is good at. */
async function soft(frames = 3, side = 96): Promise<Buffer> {
  const samples = Buffer.alloc(side * side * 3 * frames)
  for (let i = 0; i < side * side * frames; i++) {
    const [x, y] = [i % side, Math.floor(i / side) % side]
    const turn = Math.floor(i / side / side) / 3
    const wave = (a: number, b: number) => 128 + 100 * Math.sin(x / a + y / b + turn)
    samples.set([wave(17, 23), wave(29, 13), wave(11, 31)], i * 3)
  }
  const raw = { width: side, height: side * frames, channels: 3, pageHeight: side } as const
  return sharp(samples, { raw })
    .gif({ delay: Array.from({ length: frames }, (_, i) => 60 + i * 40), loop: 2 })
    .toBuffer()
}

describe('a moving GIF in the format that is smallest', () => {
  test('without loss is a WebP that plays the same', async () => {
    const source = await animatedGif({ width: 120, height: 90 })
    const { body, format, report } = await optimise(source, { mode: 'lossless', format: 'auto' })
    expect([format, report.chosen]).toEqual(['webp', 'webp film without loss'])
    expect(isSameAnimation(await hashAnimation(source), await hashAnimation(body))).toBe(true)
    expect(await sharp(body, { animated: true }).metadata()).toMatchObject({ delay: delays, loop: loops })
  })

  test('with loss reaches the level in every frame, in the pace of the source', async () => {
    const source = await soft()
    const { body, format, report } = await optimise(source, { mode: 'lossy', format: 'auto' })
    expect([format, report.chosen]).toEqual(['webp', 'webp film'])
    expect(report.score).toBeGreaterThanOrEqual(76)
    const [before, after] = await Promise.all(
      [source, body].map((film) => sharp(film, { animated: true }).metadata()),
    )
    expect(after).toMatchObject({ pages: before?.pages, delay: before?.delay, loop: before?.loop })
    const again = await optimise(body, { mode: 'lossy', format: 'auto' })
    expect(isEqual(again.body, body)).toBe(true)
  })

  test.each(['lossless', 'lossy'] as const)('by name is a WebP that plays the same, %s', async (mode) => {
    const { format, report } = await optimise(await soft(), { mode, format: 'webp' })
    expect(format).toBe('webp')
    expect(report.chosen).toMatch(/^webp film/)
    if (report.chosen === 'webp film') expect(report.score).toBeGreaterThanOrEqual(76)
  })

  test('stays a GIF where that was asked for', async () => {
    const { format } = await optimise(await soft(), { mode: 'lossy' })
    expect(format).toBe('gif')
  })
})

test('a frame with a blot counts for less than its score as a whole', async () => {
  const side = 384
  /** Texture, and a smooth square in it with the blot; the first row tells the frames apart. */
  const film = (blot: number) => {
    const samples = Buffer.alloc(side * side * 3 * 2)
    for (let i = 0; i < side * side * 2; i++) {
      const [x, y] = [i % side, Math.floor(i / side) % side]
      const isSmooth = x > 100 && x < 160 && y > 100 && y < 160
      const isBlot = x >= 128 && x < 136 && y >= 128 && y < 136
      const level = isSmooth
        ? 128 - (isBlot ? blot : 0)
        : (Math.imul((i % (side * side)) + 1, 0x9e3779b1) >>> 24) & 0xf0
      samples.fill(y === 0 && i >= side * side ? 0 : level, i * 3, i * 3 + 3)
    }
    return sharp(samples, { raw: { width: side, height: side * 2, channels: 3, pageHeight: side } })
      .gif({ delay: [100, 100], dither: 0 })
      .toBuffer()
  }
  const judged = await scoreAnimation(await film(0), await film(24), animationStandard('default', 'gif'))
  expect(judged?.counted).toBeLessThan((judged?.score ?? 0) - 2)
  expect(
    await scoreAnimation(await film(0), await film(0), animationStandard('default', 'gif')),
  ).toMatchObject({
    score: 100,
  })
})

test('a moving WebP without loss is scored before it loses something', async () => {
  const source = await sharp(await soft(), { animated: true })
    .webp({ lossless: true, effort: 0 })
    .toBuffer()
  const { report } = await optimise(source, { mode: 'lossy' })
  expect(report.tried.map(({ name }) => name)).not.toContain('webp by quality')
  if (report.chosen === 'webp film') expect(report.score).toBeGreaterThanOrEqual(76)
})

test('a moving PNG is no still of another format', async () => {
  const [header, ...rest] = readChunks(await png())
  const moves = buildChunk('acTL', Uint8Array.of(0, 0, 0, 2, 0, 0, 0, 0))
  const source = writePng([...(header ? [header] : []), moves, ...rest])
  for (const mode of ['lossless', 'lossy', 'quality'] as const)
    await expect(optimise(source, { mode, format: 'webp' })).rejects.toMatchObject({ kind: 'bad-option' })
})

test('a still of few colours becomes WebP without loss, where that is smaller than with it', async () => {
  const bars = Buffer.alloc(120 * 80 * 3).map((_, i) => ((Math.floor(i / 3) % 120) >> 4) * 36)
  const source = await sharp(bars, { raw: { width: 120, height: 80, channels: 3 } })
    .gif()
    .toBuffer()
  const { report } = await optimise(source, { mode: 'lossy', format: 'auto' })
  expect(report.chosen).toBe('webp lossless')
})
