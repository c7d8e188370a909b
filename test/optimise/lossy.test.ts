// Lossy optimisation as its caller sees it: scores reached, sizes kept, and every known pitfall that is its own.
import sharp from 'sharp'
import { beforeAll, describe, expect, test } from 'vitest'
import { identify } from '../../transforms/identify.ts'
import { hasHalvedColour } from '../../transforms/optimise/lossy/chroma-subsampling.ts'
import { createSlowAvifEncoder } from '../../transforms/optimise/lossy/encoders.ts'
import { type SearchRequest, type SearchVerdict, search } from '../../transforms/optimise/lossy/index.ts'
import { matchQuantisation } from '../../transforms/optimise/lossy/quantisation-tables.ts'
import { findDecisiveGuard } from '../../transforms/optimise/lossy/visual-judge.ts'
import { generated } from './metric-pictures.ts'

type Recoded = Extract<SearchVerdict, { verdict: 'recoded' }>

const usual: SearchRequest = { format: 'jpeg', target: 76 }
const found = (source: Buffer, ask: Partial<SearchRequest> = {}): Promise<SearchVerdict> =>
  search(source, identify(source), { ...usual, ...ask })

async function recoded(source: Buffer, ask: Partial<SearchRequest> = {}): Promise<Recoded> {
  const result = await found(source, ask)
  if (result.verdict === 'keep') throw new Error(`kept: ${result.reason}`)
  return result
}

const size = { width: 256, height: 192 }
const image = (kind: 'waves' | 'shapes', { width, height } = size) =>
  sharp(generated(kind, { width, height }).rgb, { raw: { width, height, channels: 3 } })

let waves: Buffer
let shapes: Buffer
beforeAll(async () => {
  waves = await image('waves').png().toBuffer()
  shapes = await image('shapes').png({ compressionLevel: 0 }).toBuffer()
})

test('a search that the budget ended says so, with the score it aimed at and the one it reached', async () => {
  const { reason, stoppedEarly, target, score } = await recoded(waves, {
    budgetMs: 0,
    seed: 95,
    maxProbes: 6,
  })
  expect({ stoppedEarly, target }).toEqual({ stoppedEarly: true, target: 76 })
  expect(reason).toBe(`stopped early at score ${score.toFixed(1)}, aimed at 76.0: no time was left`)
})

test('one that came to its end does not', async () => {
  const { reason, stoppedEarly } = await recoded(waves)
  expect({ reason, stoppedEarly }).toEqual({
    reason: 'the lowest quality that scores 76.0',
    stoppedEarly: false,
  })
})

describe('where a guard holds the quality up, the reason names it', () => {
  const standard = { target: 76, whiteLimit: 0.06, flatAreaLimit: 12, p5Slack: 7, worstSlack: 12 }
  const clean = { score: 88.8, tiles: { p5: 88, worst: 86 }, whiteOff: 0, flatAreaError: 0 }

  test.each([
    ['smooth ground', { flatAreaError: 11.5 }, /small things on smooth ground/],
    ['white', { whiteOff: 0.055 }, /white beside edges/],
    ['tiles', { tiles: { p5: 69.5, worst: 86 } }, /no part is much worse/],
    ['the worst tile', { tiles: { p5: 88, worst: 64.2 } }, /no part is much worse/],
  ])('%s', (_guard, judged, words) => {
    expect(findDecisiveGuard({ ...clean, ...judged }, standard)).toMatch(words)
  })

  test('and names none where the score of the whole decides', () => {
    expect(findDecisiveGuard({ ...clean, score: 76.3 }, standard)).toBeUndefined()
    expect(findDecisiveGuard({ ...clean, score: 76.3, flatAreaError: 11.5 }, standard)).toBeUndefined()
  })
})

describe.each(['jpeg', 'webp', 'avif'] as const)('%s', (format) => {
  test('reaches the score that was asked for, and no more than a little above', async () => {
    const { score, tiles, body, probes } = await recoded(waves, { format })
    expect(score).toBeGreaterThanOrEqual(76)
    expect(score).toBeLessThan(80)
    expect(tiles.worst).toBeGreaterThanOrEqual(64)
    expect(probes).toBeLessThanOrEqual(8)
    expect(body.length).toBeLessThan(waves.length)
    expect(identify(body).format).toBe(format)
  })

  test('a higher target takes more bytes', async () => {
    const [eco, max] = [
      await recoded(waves, { format, target: 72 }),
      await recoded(waves, { format, target: 85 }),
    ]
    expect(max.body.length).toBeGreaterThan(eco.body.length)
    expect(max.quality).toBeGreaterThan(eco.quality)
  })
})

test('red on white keeps colour at full resolution, or a score as if it did', async () => {
  const { score, tiles } = await recoded(shapes)
  expect(score).toBeGreaterThanOrEqual(76)
  expect(tiles.worst).toBeGreaterThanOrEqual(64)
})

test('white around a product stays white: no more than 6 in 100 pixels near edges are off, 3 in high', async () => {
  const product = await image('shapes', { width: 384, height: 256 }).png({ compressionLevel: 0 }).toBuffer()
  const [usual, high] = [await recoded(product), await recoded(product, { target: 80 })]
  expect(usual.whiteOff).toBeLessThanOrEqual(0.06)
  expect(high.whiteOff).toBeLessThanOrEqual(0.03)
})

test('chroma can be asked for', async () => {
  const { body, chroma } = await recoded(waves, { chroma: '4:4:4' })
  expect(chroma).toBe('4:4:4')
  expect(hasHalvedColour(body)).toBe(false)
})

test('an AVIF with all the time there is takes the slowest encoder last', async () => {
  const target = 72
  const larger = { width: 400, height: 300 }
  const source = await image('waves', larger).png().toBuffer()
  const { body, score, quality } = await recoded(source, { format: 'avif', target })
  expect(score).toBeGreaterThanOrEqual(target)
  const { rgb: data } = generated('waves', larger)
  expect(body).toEqual(await createSlowAvifEncoder({ data, ...larger, channels: 3, isGrey: false })(quality))
})

test('an AVIF without the time for its slow encoder still comes, from the quick one', async () => {
  const { score, probes } = await recoded(waves, { format: 'avif', budgetMs: 0 })
  expect(score).toBeGreaterThanOrEqual(76)
  expect(probes).toBeLessThanOrEqual(4)
})

test('a grey picture stays grey, of one channel', async () => {
  const grey = await image('waves').toColourspace('b-w').png().toBuffer()
  const { body } = await recoded(grey)
  expect(identify(body).space).toBe('gray')
})

test('a picture that lies on its side comes out upright, without the tag', async () => {
  const side = await image('waves')
    .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
    .withMetadata({ orientation: 6 })
    .toBuffer()
  const { body } = await recoded(side)
  expect(identify(body)).toMatchObject({ width: size.height, height: size.width, orientation: 1 })
})

test('transparency becomes white in a JPEG, and stays in WebP', async () => {
  const { rgb } = generated('waves', size)
  const rgba = Buffer.alloc(size.width * size.height * 4)
  for (let i = 0; i < size.width * size.height; i++) {
    rgba.set(rgb.subarray(i * 3, i * 3 + 3), i * 4)
    rgba[i * 4 + 3] = i % size.width < 64 ? 0 : 255
  }
  const clear = await sharp(rgba, { raw: { ...size, channels: 4 } })
    .png()
    .toBuffer()
  const jpeg = await recoded(clear)
  const [r = 0, g = 0, b = 0] = await sharp(jpeg.body).raw().toBuffer()
  expect(Math.min(r, g, b)).toBeGreaterThan(245)
  const webp = await recoded(clear, { format: 'webp' })
  expect(identify(webp.body).alpha).toBe(true)
  expect(webp.score).toBeGreaterThanOrEqual(76)
})

test('a wide profile is kept with its pixels; an sRGB one goes', async () => {
  const wide = await image('waves').withIccProfile('p3').png().toBuffer()
  const plain = await image('waves').withIccProfile('srgb').png().toBuffer()
  expect(identify((await recoded(wide)).body).icc).toBe(true)
  expect(identify((await recoded(plain)).body).icc).toBe(false)
  const [kept, source] = await Promise.all(
    [(await recoded(wide)).body, wide].map((bytes) => sharp(bytes).toColourspace('srgb').stats()),
  )
  for (const c of [0, 1, 2])
    expect(Math.abs((kept?.channels[c]?.mean ?? 0) - (source?.channels[c]?.mean ?? 0))).toBeLessThan(1.5)
})

test('CMYK becomes sRGB', async () => {
  const cmyk = await image('waves')
    .toColourspace('cmyk')
    .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
    .toBuffer()
  const result = await found(cmyk)
  if (result.verdict === 'recoded') expect(identify(result.body).space).toBe('rgb')
})

test('no more bytes than were asked for, and the highest quality that fits', async () => {
  const free = await recoded(waves)
  const tight = await recoded(waves, { maxBytes: Math.floor(free.body.length * 0.6) })
  expect(tight.body.length).toBeLessThanOrEqual(free.body.length * 0.6)
  expect(tight.quality).toBeLessThan(free.quality)
  expect((await found(waves, { maxBytes: 200 })).verdict).toBe('keep')
})

test('a quality that was asked for is taken, and its score told', async () => {
  const { quality, score, reason } = await recoded(waves, { quality: 50 })
  expect({ quality, reason }).toEqual({ quality: 50, reason: 'the quality asked for' })
  expect(score).toBeLessThan(76)
})

test.each(['webp', 'avif'] as const)('our own %s is kept as it is', async (format) => {
  const { body } = await recoded(waves, { format })
  expect(await found(body, { format })).toMatchObject({ verdict: 'keep' })
})

test('a lossless WebP has lost nothing, and is recoded like a PNG', async () => {
  const lossless = await image('waves').webp({ lossless: true }).toBuffer()
  expect((await recoded(lossless, { format: 'webp' })).score).toBeGreaterThanOrEqual(76)
})

describe('a JPEG', () => {
  test('of our own making is kept as it is', async () => {
    const { body } = await recoded(waves)
    expect(await found(body)).toMatchObject({ verdict: 'keep' })
  })

  test.each([
    ['its default table', { mozjpeg: true }],
    ['a table of its own', { quantisationTable: 2, progressive: false }],
  ])('of an optimiser is kept at the highest quality it tries, with %s', async (_, settings) => {
    const own = await image('waves')
      .jpeg({ quality: 97, ...settings })
      .toBuffer()
    expect(await found(own)).toEqual({ verdict: 'keep', reason: 'it has been optimised already' })
  })

  test('of low quality is kept: what may be lost is lost already', async () => {
    const poor = await image('waves').jpeg({ quality: 60 }).toBuffer()
    expect(await found(poor)).toMatchObject({ verdict: 'keep' })
  })

  test('of high quality is recoded, to more than the target: both losses add up', async () => {
    const fine = await image('waves').jpeg({ quality: 96, chromaSubsampling: '4:4:4' }).toBuffer()
    const { body, score } = await recoded(fine)
    expect(body.length).toBeLessThan(fine.length * 0.9)
    expect(score).toBeGreaterThan(76)
  })

  test('of halved colour keeps it halved', async () => {
    const fine = await image('shapes').jpeg({ quality: 95 }).toBuffer()
    const result = await found(fine)
    if (result.verdict === 'recoded') expect(result.chroma).toBe('4:2:0')
  })

  test.each([
    [{ quality: 83 }, 'libjpeg', 83],
    [{ quality: 34 }, 'libjpeg', 34],
    [{ quality: 77, mozjpeg: true }, 'mozjpeg', 77],
    [{ quality: 41, quantisationTable: 5 }, 'mozjpeg', 41, 'klein'],
    [{ quality: 88, quantisationTable: 2 }, 'mozjpeg', 88, 'mssim'],
  ] as const)('saved with %j tells so by its tables', async (settings, family, quality, table?: string) => {
    const jpeg = await image('waves').jpeg(settings).toBuffer()
    expect(matchQuantisation(jpeg)).toEqual({ family, quality, exact: true, table })
  })
})

test.each([
  [
    'an animation',
    () =>
      sharp({ create: { width: 16, height: 32, channels: 3, background: '#fff', pageHeight: 16 } })
        .gif()
        .toBuffer(),
  ],
  ['a picture of a few pixels', () => image('waves', { width: 5, height: 90 }).png().toBuffer()],
])('%s is kept', async (_, make) => {
  expect((await found(await make())).verdict).toBe('keep')
})

test('noise that no quality holds is kept, and not handed out below its target', async () => {
  const noise = Buffer.alloc(96 * 96 * 3)
  for (let i = 0, seed = 7; i < noise.length; i++) {
    seed = (seed * 1103515245 + 12345) & 0x7fffffff
    noise[i] = (seed >> 16) & 255
  }
  const png = await sharp(noise, { raw: { width: 96, height: 96, channels: 3 } })
    .png()
    .toBuffer()
  const result = await found(png, { target: 97 })
  expect(result.verdict).toBe('keep')
})

test('never larger: what is smaller already is kept', async () => {
  const flat = await sharp({ create: { width: 64, height: 64, channels: 3, background: '#135' } })
    .png()
    .toBuffer()
  expect(await found(flat)).toEqual({ verdict: 'keep', reason: 'it would become larger' })
})
