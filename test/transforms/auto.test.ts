// q=auto: each picture at the lowest quality at which it still looks like itself, and never larger than it was.
import sharp from 'sharp'
import { beforeAll, describe, expect, test } from 'vitest'
import { exact, identify, parse, plan, price } from '../../transforms/index.ts'
import { createJudge } from '../../transforms/optimise/lossy/visual-judge.ts'
import { render } from '../../transforms/render/apply.ts'
import * as pictures from '../pictures.ts'
import { photo } from './language-arbitraries.ts'

/** A landscape as a child would draw it, with grain like a film's: 320 by 240. */
let scene: Buffer
/** The same without grain: little to be seen, little to be lost. */
let calm: Buffer

const size = { width: 320, height: 240 }
const drawing = `<svg xmlns="http://www.w3.org/2000/svg" width="320" height="240"><defs><linearGradient id="a" x2="0" y2="1">
  <stop stop-color="#48c"/><stop offset="1" stop-color="#fca"/></linearGradient></defs><rect width="320" height="240" fill="url(#a)"/>
  <path d="M0 240 90 120 160 200 230 90 320 240Z" fill="#374"/><circle cx="250" cy="60" r="28" fill="#fe8"/></svg>`

beforeAll(async () => {
  calm = await sharp(Buffer.from(drawing)).removeAlpha().png().toBuffer()
  const noise = { type: 'gaussian', mean: 128, sigma: 26 } as const
  const grain = await sharp({ create: { ...size, channels: 3, background: '#808080', noise } })
    .png()
    .toBuffer()
  scene = await sharp(calm)
    .composite([{ input: grain, blend: 'soft-light' }])
    .blur(0.6)
    .png()
    .toBuffer()
})

const planFor = (source: Buffer, query: string) =>
  plan(exact(parse(query), { formats: 'basic', saveData: false }), identify(source))
const made = (source: Buffer, query: string) => render(source, planFor(source, query))

const pixels = async (body: Uint8Array) =>
  (await sharp(body).removeAlpha().toColourspace('srgb').raw().toBuffer({ resolveWithObject: true })).data

async function scoreOf(body: Uint8Array, reference: Buffer): Promise<number> {
  const judge = createJudge({ ...size, data: await pixels(reference), channels: 3, isGrey: false })
  const { score } = judge.judge(await pixels(body))
  judge.release()
  return score
}

describe('a picture', () => {
  test.each(['jpg', 'webp', 'avif'])('as %s scores what was aimed at, and says so', async (format) => {
    for (const source of [scene, calm]) {
      const { body, found, width, height } = await made(source, `fm=${format}&q=auto`)
      const score = await scoreOf(body, source)
      expect(score).toBeGreaterThan(75.5)
      expect(found?.score).toBeCloseTo(score, 0)
      expect(found?.quality).toBeTypeOf('number')
      expect([width, height]).toEqual([320, 240])
      expect(identify(body).format).toBe(format === 'jpg' ? 'jpeg' : format)
    }
  })

  test('gets the quality that it needs and not another’s', async () => {
    const [one, other] = [await made(scene, 'fm=webp&q=auto'), await made(calm, 'fm=webp&q=auto')]
    expect(one.found?.quality).not.toBe(other.found?.quality)
  })

  test('for a client that saves data is aimed lower', async () => {
    const usual = await made(scene, 'fm=jpg&q=auto')
    const saving = await made(scene, 'fm=jpg&q=auto&auto=compress')
    expect(saving.body.length).toBeLessThan(usual.body.length)
    expect(await scoreOf(saving.body, scene)).toBeGreaterThan(71.5)
  })

  test('is judged as it is shown: resized, and without metadata', async () => {
    const source = await sharp(scene)
      .withMetadata({ orientation: 6, exif: { IFD0: { Copyright: 'me' } } })
      .jpeg({ quality: 95 })
      .toBuffer()
    const { body, found } = await made(source, 'w=120&q=auto')
    expect(found?.score).toBeGreaterThan(75)
    const { width, height, exif } = await sharp(body).metadata()
    expect([width, height, exif]).toEqual([120, 160, undefined])
  })

  test('that is transparent stays so', async () => {
    const { body, found } = await made(await pictures.alpha(), 'fm=webp&q=auto')
    expect((await sharp(body).metadata()).hasAlpha).toBe(true)
    expect(found?.quality).toBeTypeOf('number')
  })

  test('of one channel stays of one channel', async () => {
    const { body } = await made(await sharp(scene).toColourspace('b-w').png().toBuffer(), 'fm=jpg&q=auto')
    expect((await sharp(body).metadata()).channels).toBe(1)
  })
})

const { jpeg, png, webp, avif, tiff, palette, gray, cmyk, sixteenBit, profiled } = pictures
const sources = { jpeg, png, webp, avif, tiff, palette, gray, cmyk, sixteenBit, profiled }

describe('any source', () => {
  test.each(Object.keys(sources) as (keyof typeof sources)[])(
    '%s looks as it does without a search',
    async (kind) => {
      const source = await sources[kind]()
      for (const query of ['w=80&fm=webp', 'w=80&fm=jpg', 'fm=avif&rot=90']) {
        const [plain, found] = [await made(source, `${query}&q=95`), await made(source, `${query}&q=auto`)]
        const [a, b] = [await pixels(plain.body), await pixels(found.body)]
        const distance = a.reduce((sum, value, i) => sum + Math.abs(value - (b[i] ?? 0)), 0) / a.length
        expect(a.length).toBe(b.length)
        expect(distance, query).toBeLessThan(6)
      }
    },
  )

  test('a drawing is searched as well', async () => {
    const { found, width } = await made(pictures.svg(), 'w=200&fm=webp&q=auto')
    expect([typeof found?.quality, width]).toEqual(['number', 200])
  })
})

describe('what is not searched gets the default', () => {
  test('a picture of a few pixels', async () => {
    const { body, found } = await made(scene, 'w=5&h=5&fit=crop&fm=jpg&q=auto')
    expect(found).toBeUndefined()
    expect(body.length).toBeGreaterThan(0)
  })

  test.each([
    ['an animation', { format: 'gif', animated: true, pages: 3 } as const, 'fm=webp&q=auto'],
    ['a picture without loss', {}, 'fm=webp&lossless=1&q=auto'],
    ['a format without quality', {}, 'fm=png&q=auto'],
    ['a picture of many megapixels', {}, 'fm=jpg&q=auto'],
  ])('%s', (_, but, query) => {
    const facts = photo(but)
    expect(
      plan(exact(parse(query), { formats: 'basic', saveData: false }), facts).encoding,
    ).not.toHaveProperty('score')
  })
})

describe('where nothing else is asked', () => {
  test('a picture never becomes larger, and is not made worse twice', async () => {
    const once = await made(scene, 'fm=jpg&q=auto')
    const source = Buffer.from(once.body)
    const twice = await made(source, 'q=auto')
    expect(twice.body.length).toBeLessThanOrEqual(source.length)
    expect(twice.found).toEqual({ quality: 'source', score: 100 })
    expect((await pixels(twice.body)).equals(await pixels(source))).toBe(true)
  })

  test.each(['webp', 'avif'] as const)('a %s of low quality is left as it is', async (format) => {
    const source = await sharp(scene)[format]({ quality: 20 }).toBuffer()
    const { body, found } = await made(source, 'q=auto')
    expect(found?.quality).toBe('source')
    expect(Buffer.from(body).equals(source)).toBe(true)
  })

  test('what the file says beside its pixels goes all the same', async () => {
    const source = await sharp(scene)
      .withExif({ IFD0: { Copyright: 'somebody' } })
      .jpeg({ quality: 30 })
      .toBuffer()
    const { body } = await made(source, 'q=auto')
    expect(body.length).toBeLessThan(source.length)
    expect(Buffer.from(body).includes('somebody')).toBe(false)
  })

  test('a damaged picture is one, and one with a flaw that browsers overlook is not', async () => {
    const source = await sharp(scene).jpeg({ quality: 40, mozjpeg: true }).toBuffer()
    await expect(made(source.subarray(0, source.length / 2), 'q=auto')).rejects.toMatchObject({
      kind: 'source-broken',
    })
    const junk = Buffer.concat([source.subarray(0, 2), Buffer.from('junk!'), source.subarray(2)])
    const { body } = await made(junk, 'q=auto')
    expect((await pixels(body)).length).toBe(320 * 240 * 3)
  })

  test('another size is searched, whatever the source was', async () => {
    const source = await sharp(scene).jpeg({ quality: 30 }).toBuffer()
    expect((await made(source, 'w=200&q=auto')).found?.quality).toBeTypeOf('number')
  })
})

test('the search has its price', () => {
  for (const format of ['jpg', 'webp', 'avif']) {
    const of = (query: string) => {
      const facts = photo()
      return price(
        plan(exact(parse(`${query}&fm=${format}`), { formats: 'basic', saveData: false }), facts),
        facts,
      )
    }
    expect(of('w=1000&q=auto')).toBeGreaterThan(of('w=1000&q=80') + 200)
  }
})
