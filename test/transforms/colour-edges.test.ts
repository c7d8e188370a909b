// Coloured words and lines keep their colour, in every format; photographs pay nothing for it.
import { existsSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { exact, identify, parse, plan } from '../../transforms/index.ts'
import { render } from '../../transforms/render/apply.ts'
import { hasColourEdges } from '../../transforms/render/colour-edges.ts'
import { entries, isHere, read } from '../corpus/pictures.ts'
import { colourDifference, type Rgb } from './colour-difference.ts'

/** Strokes as thick as those of words of 16 pixels, without a font: not every machine has one. */
function strokes(colour: string, ground: string): string {
  const word = (x: number, y: number) =>
    `M${x} ${y}v11m4 -11l4 11l4 -11m4 0v11h6m3 -5.5a4 5.5 0 1 0 8 0a4 5.5 0 1 0 -8 0m13 -5.5l-5 11`
  const words = Array.from({ length: 40 }, (_, i) => word(12 + (i % 5) * 56, 12 + Math.floor(i / 5) * 22))
  return `<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200"><rect width="300" height="200" fill="${ground}"/>
    <path d="${words.join('')}" fill="none" stroke="${colour}" stroke-width="2"/></svg>`
}

const drawn = (colour: string, ground: string): Promise<Buffer> =>
  sharp(Buffer.from(strokes(colour, ground)))
    .removeAlpha()
    .png()
    .toBuffer()

async function made(source: Uint8Array, query: string) {
  const facts = identify(source)
  const asked = exact(parse(query), { formats: 'basic', saveData: false })
  const { body } = await render(source, plan(asked, facts), { facts })
  const { data, info } = await sharp(body)
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { body, data, ...info }
}

/** AV1 says in its configuration whether both axes are halved (AV1-ISOBMFF 2.3.3). */
async function samplingOf(body: Buffer): Promise<string | undefined> {
  const configuration = body.indexOf('av1C')
  if (configuration < 0) return (await sharp(body).metadata()).chromaSubsampling
  return ((body[configuration + 6] ?? 0) & 0b1100) === 0b1100 ? '4:2:0' : '4:4:4'
}

const at = (data: Uint8Array, i: number): Rgb => [data[i] ?? 0, data[i + 1] ?? 0, data[i + 2] ?? 0]

/** The mean CIEDE2000 of the pixels of `before` that are nearest to `colour`. */
function lost(before: Uint8Array, after: Uint8Array, colour: Rgb): number {
  const near = Array.from({ length: before.length / 3 }, (_, i) => i * 3).filter(
    (i) => colourDifference(at(before, i), colour) < 15,
  )
  expect(near.length).toBeGreaterThan(100)
  return near.reduce((sum, i) => sum + colourDifference(at(before, i), at(after, i)), 0) / near.length
}

const hex = (colour: string): Rgb => {
  const value = Number.parseInt(colour.slice(1), 16)
  return [value >> 16, (value >> 8) & 255, value & 255]
}

describe('coloured words keep their colour', () => {
  const inks = [
    ['#dc0000', '#ffffff'],
    ['#0000ee', '#ffffff'],
    ['#008000', '#ffffff'],
    ['#ff00ff', '#ffffff'],
    ['#ff3c3c', '#14141e'],
    ['#33aaff', '#14141e'],
    ['#0000ff', '#c80000'],
  ] as const
  const asked = ['jpg', 'webp', 'avif'].flatMap((format) =>
    (
      [
        ['', 5],
        ['&q=75', 5],
        ['&q=90', 3],
      ] as const
    ).map(([quality, most]) => [`fm=${format}${quality}`, most] as const),
  )
  const cases = inks.flatMap(([ink, ground]) =>
    asked.map(([query, most]) => [ink, ground, query, most] as const),
  )

  test.each(cases)('%s on %s as %s is off by a CIEDE2000 of %d at most', async (ink, ground, query, most) => {
    const source = await drawn(ink, ground)
    const [before, after] = [await made(source, 'fm=png'), await made(source, query)]
    expect(lost(before.data, after.data, hex(ink))).toBeLessThanOrEqual(most)
  })

  test('also where the picture is made smaller', async () => {
    const source = await drawn('#dc0000', '#ffffff')
    const before = await made(source, 'w=220&fm=png')
    for (const format of ['jpg', 'webp', 'avif']) {
      const after = await made(source, `w=220&fm=${format}`)
      expect(lost(before.data, after.data, hex('#dc0000')), format).toBeLessThanOrEqual(5)
    }
  })

  test('and in an animation WebP averages colour in light that eyes see', async () => {
    const frame = await drawn('#dc0000', '#ffffff')
    const other = await drawn('#0000ee', '#ffffff')
    const gif = await sharp([frame, other], { join: { animated: true } })
      .gif()
      .toBuffer()
    const before = await made(frame, 'fm=png')
    const after = await made(gif, 'fm=webp')
    expect(lost(before.data, after.data.subarray(0, before.data.length), hex('#dc0000'))).toBeLessThan(7)
  })

  const file = new URL('../../../shared/cases/text.png', import.meta.url)
  test.skipIf(!existsSync(file)).each(asked)('the red words of a real page as %s', async (query, most) => {
    const source = readFileSync(file)
    const [before, after] = [await made(source, 'fm=png'), await made(source, query)]
    expect(lost(before.data, after.data, [220, 0, 0])).toBeLessThanOrEqual(most)
  })
})

describe('a picture without such edges', () => {
  /** As a photograph is: nothing changes from one pixel to the next, and no ground is plain. */
  const soft = () => {
    const noise = Buffer.from(
      fc.sample(fc.uint8Array({ minLength: 2700, maxLength: 2700 }), { numRuns: 1, seed: 4 })[0] ?? [],
    )
    return sharp(noise, { raw: { width: 30, height: 30, channels: 3 } })
      .resize(300, 300)
      .png()
      .toBuffer()
  }

  test('has half its colour, until q=90 asks for all', async () => {
    const source = await soft()
    const sampled = async (query: string) => samplingOf(Buffer.from((await made(source, query)).body))
    expect(await sampled('fm=jpg')).toBe('4:2:0')
    expect(await sampled('fm=avif')).toBe('4:2:0')
    expect(await sampled('fm=jpg&q=89')).toBe('4:2:0')
    expect(await sampled('fm=jpg&q=90')).toBe('4:4:4')
    expect(await sampled('fm=avif&q=89')).toBe('4:2:0')
    expect(await sampled('fm=avif&q=90')).toBe('4:4:4')
  })

  test.skipIf(!isHere)('is nearly every photograph, at the widths of pages', async () => {
    const photographs = entries.filter(({ name, format }) => /^(kodak|photo-[0-4])/.test(name) && format)
    const found: string[] = []
    for (const { name } of photographs) {
      const image = sharp(read(name)).autoOrient().resize(800).removeAlpha().raw()
      const { data, info } = await image.toBuffer({ resolveWithObject: true })
      if (hasColourEdges({ data: new Uint8Array(data), ...info, channels: 3 })) found.push(name)
    }
    // A painted van with letters, a hut of painted boards.
    expect(found).toEqual(['photo-3mp-beach-hut.jpg', 'photo-3mp-food-truck.jpg'])
  })

  test('is every grey one', () => {
    const grey = fc
      .tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }))
      .chain(([width, height]) =>
        fc.uint8Array({ minLength: width * height, maxLength: width * height }).map((light) => ({
          data: Uint8Array.from({ length: light.length * 3 }, (_, i) => light[Math.floor(i / 3)] ?? 0),
          width,
          height,
          channels: 3 as const,
        })),
      )
    fc.assert(fc.property(grey, (pixels) => !hasColourEdges(pixels)))
  })
})
