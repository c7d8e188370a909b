// What options of the file do to its bytes: colour, palettes, limits of size, metadata.
import { readFileSync } from 'node:fs'
import sharp from 'sharp'
import { beforeAll, describe, expect, test } from 'vitest'
import { exact, identify, parse, plan, price } from '../../transforms/index.ts'
import { app, buildSegment, insertSegments } from '../../transforms/optimise/jpeg/segments.ts'
import * as pictures from '../pictures.ts'
import { made } from './pixel-steps.ts'

let noise: Buffer
beforeAll(async () => {
  const [width, height] = [160, 120]
  const light = (at: number) => Math.abs(Math.sin(at * 12.9898) * 43758.5453) % 1
  const data = Buffer.from(
    Array.from({ length: width * height * 3 }, (_, at) =>
      Math.round(128 + 60 * Math.sin(at / 500) + 60 * (light(at) - 0.5)),
    ),
  )
  noise = await sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer()
})

describe('chromasub', () => {
  test.each([
    ['chromasub=444&fm=jpg', '4:4:4'],
    ['chromasub=420&fm=jpg', '4:2:0'],
    ['chromasub=420&fm=jpg&q=95', '4:2:0'],
    ['fm=jpg&q=95', '4:4:4'],
    ['fm=jpg', '4:2:0'],
  ])('%s stores colour as %s', async (query, chroma) => {
    const { body } = await made(noise, query)
    expect((await sharp(body).metadata()).chromaSubsampling).toBe(chroma)
  })
})

test('chromasub is kept to in AVIF', async () => {
  const bytes = async (query: string) => Buffer.from((await made(noise, query)).body)
  expect((await bytes('chromasub=444&fm=avif')).equals(await bytes('chromasub=420&fm=avif'))).toBe(false)
  expect((await bytes('chromasub=420&fm=avif&q=95')).equals(await bytes('fm=avif&q=95'))).toBe(false)
})

describe('colorquant and png8', () => {
  const coloursOf = async (query: string) => {
    const { body, type } = await made(noise, query)
    const { data, info } = await sharp(body).ensureAlpha().raw().toBuffer({ resolveWithObject: true })
    const found = new Set<number>()
    for (let at = 0; at < data.length; at += info.channels) found.add(data.readUInt32BE(at))
    return { count: found.size, type, palette: body[25] === 3 }
  }

  test.each([
    ['fm=png8', 256, 'image/png'],
    ['fm=png&colorquant=16', 16, 'image/png'],
    ['fm=png8&colorquant=4', 4, 'image/png'],
    ['fm=gif&colorquant=8', 8, 'image/gif'],
  ])('%s has at most %i colours', async (query, most, type) => {
    const { count, ...rest } = await coloursOf(query)
    expect(count).toBeLessThanOrEqual(most)
    expect(count).toBeGreaterThan(1)
    expect(rest.type).toBe(type)
    if (type === 'image/png') expect(rest.palette).toBe(true)
  })

  test('without them a PNG has all of its colours', async () => {
    expect((await coloursOf('fm=png')).count).toBeGreaterThan(256)
  })
})

describe('max-bytes', () => {
  test.each(['fm=jpg&q=90', 'fm=webp&q=90', 'fm=avif&q=90', 'fm=png'])(
    'of %s is kept to by less quality, and no less than is needed',
    async (query) => {
      const { length } = (await made(noise, query)).body
      const most = Math.round(length * 0.6)
      const { body, width } = await made(noise, `${query}&max-bytes=${most}`)
      expect(body.length).toBeLessThanOrEqual(most)
      expect(body.length).toBeGreaterThan(most * 0.3)
      expect(width).toBe(160)
    },
  )

  test('changes nothing that is small enough, and does what it can where it cannot be kept to', async () => {
    const usual = await made(noise, 'fm=webp')
    expect(
      Buffer.from((await made(noise, 'fm=webp&max-bytes=900000')).body).equals(Buffer.from(usual.body)),
    ).toBe(true)
    const least = await made(noise, 'fm=webp&max-bytes=100')
    expect(least.body.length).toBeLessThan(usual.body.length)
    expect((await sharp(least.body).metadata()).width).toBe(160)
  })

  test("holds for the source's own bytes, for animations, and for what is chosen from several formats", async () => {
    const jpeg = await sharp(noise).jpeg({ quality: 95 }).toBuffer()
    const half = Math.round(jpeg.length / 2)
    expect((await made(jpeg, `max-bytes=${half}`)).body.length).toBeLessThanOrEqual(half)
    expect((await made(jpeg, `max-bytes=${half}&fm=auto`)).body.length).toBeLessThanOrEqual(half)
    const film = await pictures.animatedGif()
    const whole = await made(film, 'fm=webp&w=90')
    const less = await made(film, `fm=webp&w=90&max-bytes=${Math.round(whole.body.length * 0.9)}`)
    expect(less.pages).toBe(whole.pages)
    expect(less.body.length).toBeLessThan(whole.body.length)
  })

  test('costs what its tries may cost', () => {
    const facts = identify(noise)
    const priceOf = (query: string) =>
      price(plan(exact(parse(query), { formats: 'basic', saveData: false }), facts), facts)
    expect(priceOf('fm=webp&max-bytes=1000')).toBeGreaterThan(priceOf('fm=webp') * 2)
  })
})

describe('meta', () => {
  let photo: Buffer
  beforeAll(async () => {
    photo = await sharp(noise)
      .jpeg()
      .withExif({
        IFD0: { Artist: 'Ada', Copyright: 'Ada 2026', ImageDescription: 'a field' },
        IFD2: { FNumber: '28/10' },
        IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 0/1' },
      })
      .toBuffer()
  })
  const said = async (query: string, source = photo) => {
    const { exif } = await sharp((await made(source, query)).body).metadata()
    const text = exif?.toString('latin1') ?? ''
    const block =
      exif && identify(insertSegments(await sharp(noise).jpeg().toBuffer(), [buildSegment(app(1), exif)]))
    return {
      copyright: text.includes('Ada 2026'),
      words: text.includes('a field'),
      place:
        (exif?.includes(Buffer.from([0x25, 0x88])) || exif?.includes(Buffer.from([0x88, 0x25]))) ?? false,
      orientation: block?.orientation ?? 1,
    }
  }

  test.each([
    ['', { copyright: false, words: false, place: false }],
    ['meta=none', { copyright: false, words: false, place: false }],
    ['meta=copyright', { copyright: true, words: false, place: false }],
    ['meta=nolocation', { copyright: true, words: true, place: false }],
    ['meta=all', { copyright: true, words: true, place: true }],
  ])('"%s" keeps %j, in JPEG, WebP and PNG, resized or not', async (query, expected) => {
    for (const rest of ['', 'w=80', 'fm=webp', 'fm=png', 'w=80&fm=png'])
      expect(await said(`${rest}&${query}`)).toMatchObject({ ...expected, orientation: 1 })
  })

  test('the orientation goes with the pixels', async () => {
    const lying = await sharp(photo).keepExif().withMetadata({ orientation: 6 }).toBuffer()
    const { body, width, height } = await made(lying, 'meta=all')
    expect([width, height]).toEqual([120, 160])
    expect((await sharp(body).metadata()).orientation ?? 1).toBe(1)
    expect(await said('meta=all', lying)).toMatchObject({ words: true, orientation: 1 })
  })

  test('iptc=allow keeps the IPTC data of a JPEG in a JPEG', async () => {
    const iptc = Buffer.concat([
      Buffer.from('Photoshop 3.0\0', 'latin1'),
      Buffer.from('8BIM\x04\x04\0\0\0\0\0\x08\x1c\x02\x50\0\x03Ada', 'latin1'),
    ])
    const source = Buffer.from(insertSegments(photo, [buildSegment(app(13), iptc)]))
    const holds = async (query: string) => Buffer.from((await made(source, query)).body).includes('8BIM')
    expect([await holds('w=80'), await holds('w=80&iptc=allow'), await holds('iptc=allow&fm=webp')]).toEqual([
      false,
      true,
      false,
    ])
  })
})

test('fm=auto is what auto=format picks', async () => {
  const source = readFileSync(new URL('../../samples/pictures/badge.png', import.meta.url))
  const asking = { formats: 'avif,webp', saveData: false } as const
  expect(exact(parse('fm=auto&w=9'), asking)).toEqual(exact(parse('auto=format&w=9'), asking))
  expect((await made(source, 'fm=auto&w=64')).type).toBe('image/png')
})
