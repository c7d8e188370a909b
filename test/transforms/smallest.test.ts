// Which of several encodings goes out, by the pixels: drawings without loss, photographs with it, never more than need be.
import fc from 'fast-check'
import sharp, { type Sharp } from 'sharp'
import { describe, expect, test } from 'vitest'
import { identify } from '../../transforms/identify.ts'
import { exact, type FormatClass, parse, plan } from '../../transforms/index.ts'
import { type Pixels, pixelsOf } from '../../transforms/pixels/run.ts'
import { render } from '../../transforms/render/apply.ts'
import { isDrawn } from '../../transforms/render/drawn.ts'
import { indexedPng } from '../../transforms/render/indexed.ts'
import * as pictures from '../pictures.ts'

async function made(source: Uint8Array, query: string, formats: FormatClass = 'avif,webp') {
  const asked = plan(exact(parse(query), { formats, saveData: false }), identify(source))
  const { body, type } = await render(source, asked)
  return { body, type, facts: identify(body) }
}

const [width, height] = [320, 240]
const noise = (seed: number) => (i: number) => {
  const x = Math.sin(i * 12.9898 + seed) * 43758.5453
  return (x - Math.floor(x)) * 60
}

/** Smooth light with grain on it. */
const photograph = () => {
  const grain = noise(1)
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)]
    return 90 + 60 * Math.sin(x / 50 + (i % 3)) + 40 * Math.cos(y / 40) + grain(i)
  })
  return sharp(data, { raw: { width, height, channels: 3 } })
}

/** Letters on flat ground. */
const screen = () =>
  sharp(
    Buffer.from(
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="#fafafa"/>${Array.from({ length: 12 }, (_, i) => `<text x="8" y="${18 + i * 19}" font-size="14" fill="#${i % 2 ? 'c00' : '123'}">Line ${i} of what a screen shows</text>`).join('')}</svg>`,
    ),
  ).removeAlpha()

const ramp = () =>
  sharp(
    Uint8Array.from({ length: 256 * 256 * 3 }, (_, i) => (Math.floor(i / 3) % 256) ^ (i % 3)),
    {
      raw: { width: 256, height: 256, channels: 3 },
    },
  )

describe('a drawing', () => {
  test.each([
    ['letters on flat ground', screen, true],
    ['flat colours', async () => sharp(await pictures.png()), true],
    ['a gradient', ramp, true],
    ['light with grain', photograph, false],
  ] as const)('is told from its pixels: %s', async (_name, make, drawn) => {
    expect(isDrawn(await pixelsOf(await make()))).toBe(drawn)
  })
})

describe('auto=format', () => {
  const queries = ['auto=format', 'w=200&auto=format', 'w=90&auto=format', 'h=100&w=100&fit=crop&auto=format']
  const sources = [
    ['a photograph', () => photograph().jpeg({ quality: 85 }).toBuffer()],
    ['a poor photograph', () => photograph().jpeg({ quality: 20 }).toBuffer()],
    ['a screen', () => screen().png().toBuffer()],
    ['a gradient', () => ramp().png({ adaptiveFiltering: true }).toBuffer()],
    ['a palette', () => pictures.palette()],
    ['transparency', () => pictures.alpha()],
    ['a GIF', () => screen().gif().toBuffer()],
    ['a moving GIF', () => pictures.animatedGif()],
    ['a moving WebP', () => pictures.animatedWebp()],
    ['a WebP', () => photograph().webp().toBuffer()],
    ['a WebP without loss', () => screen().webp({ lossless: true }).toBuffer()],
    ['a single pixel', () => pictures.jpeg({ width: 1, height: 1 })],
  ] as const

  test.each(sources)("never sends more of %s than its source's own format costs", async (_name, make) => {
    const source = await make()
    const own = { jpeg: 'jpg', png: 'png', gif: 'gif', webp: 'webp' }[identify(source).format as 'jpeg']
    for (const formats of ['avif,webp', 'webp', 'basic'] as const) {
      if (own === 'webp' && formats === 'basic') continue
      for (const query of queries) {
        const same = query.replace('auto=format', `fm=${own}`)
        const [automatic, named] = [await made(source, query, formats), await made(source, same)]
        expect(automatic.body.length, `${query} for ${formats}`).toBeLessThanOrEqual(named.body.length)
        if (query === 'auto=format') expect(automatic.body.length).toBeLessThanOrEqual(source.length)
      }
    }
  })

  test('sends a screen without loss, and a photograph with it', async () => {
    const drawn = await made(await screen().png().toBuffer(), 'auto=format')
    expect(drawn.facts).toMatchObject({ format: 'webp', lossless: true })
    expect((await made(await photograph().png().toBuffer(), 'auto=format')).facts.format).toBe('avif')
  })

  test('without loss picks the smallest that loses nothing', async () => {
    const source = await screen().png().toBuffer()
    const { body, facts } = await made(source, 'auto=format&lossless=true')
    expect(facts).toMatchObject({ format: 'webp', lossless: true })
    expect(body.length).toBeLessThan((await made(source, 'fm=avif&lossless=true')).body.length)
    expect(await sharp(body).raw().toBuffer()).toEqual(await sharp(source).raw().toBuffer())
  })
})

describe('PNG', () => {
  test('of few colours has a palette, colour for colour', async () => {
    const source = await pictures.palette({ width: 300, height: 200 })
    const { body, facts } = await made(source, 'flip=h&fm=png')
    expect(facts.space).toBe('palette')
    expect(body.length).toBeLessThan((await sharp(source).png().toBuffer()).length)
    const flopped = await sharp(source).flop().raw().toBuffer()
    expect(await sharp(body).raw().toBuffer()).toEqual(flopped)
  })

  test('of a gradient has filtered rows, of flat colours has none', async () => {
    const size = async (make: () => Sharp, adaptiveFiltering: boolean) =>
      (await make().flop().png({ compressionLevel: 6, adaptiveFiltering }).toBuffer()).length
    for (const make of [ramp, screen]) {
      const { body } = await made(await make().png().toBuffer(), 'flip=h&fm=png')
      expect(body.length).toBeLessThanOrEqual(Math.min(await size(make, true), await size(make, false)))
    }
  })

  test('with a palette decodes to the pixels it was made of, whatever their number, depth and transparency', async () => {
    const some = fc.record({
      width: fc.integer({ min: 1, max: 19 }),
      height: fc.integer({ min: 1, max: 9 }),
      channels: fc.constantFrom(1, 2, 3, 4) as fc.Arbitrary<Pixels['channels']>,
      colours: fc.array(fc.uint8Array({ minLength: 4, maxLength: 4 }), { minLength: 1, maxLength: 256 }),
      seed: fc.nat(),
    })
    await fc.assert(
      fc.asyncProperty(some, async ({ width, height, channels, colours, seed }) => {
        const data = new Uint8Array(width * height * channels)
        for (let i = 0; i < width * height; i++)
          data.set(colours[(i * 7919 + seed) % colours.length]?.subarray(0, channels) ?? [], i * channels)
        const png = indexedPng({ data, width, height, channels })
        const shown = (image: Sharp) => image.toColourspace('srgb').ensureAlpha().raw().toBuffer()
        const raw = sharp(data, { raw: { width, height, channels } })
        expect(await shown(sharp(png))).toEqual(await shown(raw))
      }),
      { numRuns: 60 },
    )
  })

  test('of more than 256 colours has no palette', async () => {
    expect(indexedPng(await pixelsOf(photograph()))).toBeUndefined()
  })
})

describe('a WebP without loss', () => {
  test('stays one at another size, moving or still', async () => {
    const still = await screen().webp({ lossless: true }).toBuffer()
    const film = await sharp(await pictures.animatedGif(), { animated: true })
      .webp({ lossless: true })
      .toBuffer()
    for (const source of [still, film])
      expect((await made(source, 'w=40')).facts).toMatchObject({ lossless: true })
  })

  test('is told from one with loss by its frames', async () => {
    const film = await pictures.animatedGif()
    const webp = (lossless: boolean) => sharp(film, { animated: true }).webp({ lossless }).toBuffer()
    expect(identify(await webp(true)).lossless).toBe(true)
    expect(identify(await webp(false)).lossless).toBeUndefined()
  })
})

describe("the source's own bytes", () => {
  test('go out where nothing was asked for, and where nothing that was made is smaller', async () => {
    const source = await photograph().jpeg({ quality: 30 }).toBuffer()
    for (const query of ['', 'fm=jpg', 'q=95', 'w=4000&fit=max'])
      expect(Buffer.from((await made(source, query)).body).equals(source), query).toBe(true)
    expect((await made(source, 'q=5')).body.length).toBeLessThan(source.length)
  })

  test('never go out where their pixels cannot be decoded', async () => {
    for (const make of [pictures.jpeg, pictures.png, pictures.webp]) {
      const whole = await make({ width: 400, height: 300 })
      const cut = whole.subarray(0, Math.floor(whole.length * 0.6))
      await expect(made(cut, '')).rejects.toMatchObject({ kind: 'source-broken' })
    }
  })

  test('turned by their EXIF have the size that a viewer sees', async () => {
    const source = await pictures.lying(6)
    const { body } = await made(source, '')
    expect(await sharp(body).autoOrient().raw().toBuffer()).toEqual(
      await sharp(source).autoOrient().raw().toBuffer(),
    )
    expect(identify(body).orientation).toBe(6)
  })
})
