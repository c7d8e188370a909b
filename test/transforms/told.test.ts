// What is told of a picture instead of the picture: placeholders and palettes.
import { createHash } from 'node:crypto'
import { decode, isBlurhashValid } from 'blurhash'
import sharp from 'sharp'
import { thumbHashToApproximateAspectRatio, thumbHashToAverageRGBA } from 'thumbhash'
import { beforeAll, describe, expect, test } from 'vitest'
import { dependsOn, identify, parse, plan, price } from '../../transforms/index.ts'
import { exact } from '../../transforms/language/exact.ts'
import { app, buildSegment, insertSegments } from '../../transforms/optimise/jpeg/segments.ts'
import * as pictures from '../pictures.ts'
import { flat, made, picture } from './pixel-steps.ts'

let quarters: Buffer
let red: Buffer
beforeAll(async () => {
  quarters = await pictures.png({ width: 300, height: 200 })
  red = await flat([200, 0, 0], 30, 20)
})

const textOf = async (query: string, source = quarters) => {
  const { body, type } = await made(source, query)
  return { text: Buffer.from(body).toString(), type }
}

describe('a placeholder', () => {
  test('is a BlurHash with the colours of the quarters where they are', async () => {
    for (const query of ['placeholder=blurhash', 'fm=blurhash']) {
      const { text, type } = await textOf(query)
      expect([isBlurhashValid(text).result, type]).toEqual([true, 'text/plain; charset=utf-8'])
      const pixels = decode(text, 30, 20)
      const at = (x: number, y: number) => [...pixels.subarray((y * 30 + x) * 4, (y * 30 + x) * 4 + 3)]
      const [r = 0, , b = 0] = at(4, 4)
      const [r2 = 0, , b2 = 0] = at(26, 3)
      expect([r > b, b2 > r2]).toEqual([true, true])
    }
  })

  test('is a ThumbHash of its ratio and its mean', async () => {
    const hash = Buffer.from((await textOf('placeholder=thumbhash', red)).text, 'base64')
    const { r, g, b } = thumbHashToAverageRGBA(hash)
    expect([r, g, b].map((value, i) => Math.abs(value * 255 - ([200, 0, 0][i] ?? 0)) < 16)).toEqual([
      true,
      true,
      true,
    ])
    expect(thumbHashToApproximateAspectRatio(hash)).toBeCloseTo(1.5, 0)
  })

  test('is the address of a tiny picture', async () => {
    const { text } = await textOf('placeholder=lqip')
    expect(text).toMatch(/^data:image\/webp;base64,/)
    const { width = 0, height = 0 } = await sharp(Buffer.from(text.split(',')[1] ?? '', 'base64')).metadata()
    expect([width, height, text.length < 600]).toEqual([24, 16, true])
  })

  test('is the dominant colour, of what is seen', async () => {
    expect((await textOf('placeholder=color', red)).text).toBe('#c80000')
    const mostly = await picture([
      [
        [0, 0, 255, 0],
        [0, 0, 255, 0],
        [9, 200, 9, 255],
      ],
    ])
    expect((await textOf('placeholder=color', mostly)).text).toBe('#09c809')
  })

  test('is that of the picture that is asked for', async () => {
    const { text } = await textOf('placeholder=color&rect=left,top,0.5,0.5')
    expect(text).toBe(pictures.quarters.topLeft)
    expect((await textOf('placeholder=color&invert=true', red)).text).toBe('#37ffff')
  })

  test('is the same for every client, and asks of no more pixels than it needs', () => {
    expect(dependsOn(parse('placeholder=lqip&auto=format&ch=save-data'))).toMatchObject({
      accept: false,
      saveData: false,
    })
    const facts = identify(quarters)
    const of = (query: string) => plan(exact(parse(query), { formats: 'avif,webp', saveData: false }), facts)
    expect(of('placeholder=blurhash')).toMatchObject({ width: 200, height: 133 })
    expect(price(of('placeholder=blurhash'), facts)).toBeGreaterThan(8)
  })
})

describe('a palette', () => {
  test('has the dominant colours, as JSON', async () => {
    const { text, type } = await textOf('palette=json&colors=4')
    const { colors, average_luminance: light } = JSON.parse(text)
    expect(type).toBe('application/json')
    expect(colors).toHaveLength(4)
    for (const quarter of Object.values(pictures.quarters)) {
      const [r = 0, g = 0, b = 0] = [1, 3, 5].map(
        (at) => Number.parseInt(quarter.slice(at, at + 2), 16) / 255,
      )
      const off = (each: { red: number; green: number; blue: number }) =>
        Math.max(Math.abs(each.red - r), Math.abs(each.green - g), Math.abs(each.blue - b))
      expect(Math.min(...colors.map(off))).toBeLessThan(0.03)
    }
    expect(colors[0].share).toBeCloseTo(0.25, 1)
    expect(light > 0 && light < 1).toBe(true)
  })

  test('has as many as are asked for, as classes of CSS', async () => {
    const { text, type } = await textOf('palette=css&colors=2&prefix=cat')
    expect(type).toBe('text/css; charset=utf-8')
    expect(text.match(/^\.cat-(?:fg|bg)-[12] \{ (?:background-)?color: #[0-9a-f]{6}; \}$/gm)).toHaveLength(4)
  })

  test('of nothing that is seen has no colours', async () => {
    const nothing = await picture([[[0, 0, 255, 0]]])
    expect(JSON.parse((await textOf('palette=json', nothing)).text).colors).toEqual([])
  })
})

describe('fm=json&details=true', () => {
  const tellingOf = async (source: Buffer) => {
    const { text, type } = await textOf('fm=json&details=true', source)
    expect(type).toBe('application/json')
    return { text, facts: JSON.parse(text) }
  }

  test('tells what the file says, without the place', async () => {
    const photo = await sharp(quarters)
      .jpeg({ chromaSubsampling: '4:2:0' })
      .withIccProfile('p3')
      .withExif({
        IFD0: { Make: 'Acme', Artist: 'Ada', Copyright: 'Ada 2026' },
        IFD2: { DateTimeOriginal: '2026:01:02 03:04:05', FNumber: '28/10' },
        IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 0/1' },
      })
      .toBuffer()
    const { text, facts } = await tellingOf(photo)
    expect(facts).toMatchObject({
      ...{
        format: 'jpeg',
        type: 'image/jpeg',
        width: 300,
        height: 200,
        pages: 1,
        chroma: '4:2:0',
        iptc: null,
        xmp: false,
      },
      exif: {
        make: 'Acme',
        artist: 'Ada',
        copyright: 'Ada 2026',
        taken: '2026:01:02 03:04:05',
        aperture: 2.8,
      },
      icc: { class: 'wide' },
      sha256: createHash('sha256').update(photo).digest('hex'),
    })
    expect(facts.icc.name).toMatch(/P3/)
    expect(text).not.toMatch(/gps|latitude/i)
  })

  test('tells what its pixels look like', async () => {
    const { facts } = await tellingOf(quarters)
    expect([facts.colors.length, isBlurhashValid(facts.blurhash).result, facts.exif]).toEqual([6, true, null])
  })

  test('reads the IPTC data of a JPEG', async () => {
    const dataset = (number: number, value: string) =>
      Buffer.concat([Buffer.from([0x1c, 2, number, 0, value.length]), Buffer.from(value)])
    const block = Buffer.concat([
      dataset(80, 'Ada'),
      dataset(25, 'sea'),
      dataset(25, 'sky'),
      dataset(120, 'A day'),
    ])
    const head = Buffer.from([0x38, 0x42, 0x49, 0x4d, 4, 4, 0, 0, 0, 0, 0, block.length])
    const iptc = Buffer.concat([Buffer.from('Photoshop 3.0\0', 'latin1'), head, block])
    const jpeg = Buffer.from(
      insertSegments(await sharp(red).jpeg().toBuffer(), [buildSegment(app(13), iptc)]),
    )
    expect((await tellingOf(jpeg)).facts.iptc).toEqual({
      byline: 'Ada',
      keywords: ['sea', 'sky'],
      caption: 'A day',
    })
  })

  test.each([
    ['an SVG', pictures.svg],
    ['a WebP', pictures.webp],
    ['an AVIF', pictures.avif],
    ['a grey JPEG', pictures.gray],
    ['a TIFF', pictures.tiff],
  ])('is had of %s', async (_, make) => {
    const { facts } = await tellingOf(Buffer.from(await make()))
    expect([facts.width, facts.height]).toEqual([96, 64])
  })
})
