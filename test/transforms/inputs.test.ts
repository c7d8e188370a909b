// Sources that browsers cannot show: what their headers say, and what they become.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { identify, identifySource } from '../../transforms/index.ts'
import { kindOf, kindOfRejection } from '../refusals.ts'
import { colourAt, isInstalled, madeOf, photoshop, resource, sensorFile } from '../sources.ts'

const fixture = (name: string): Buffer => readFileSync(join(import.meta.dirname, '../fixtures', name))
const [red, blue] = [
  [200, 0, 0, 255],
  [0, 0, 200, 255],
]
const isNear = (seen: readonly number[], meant: readonly number[] = [], most = 16): boolean =>
  seen.every((value, i) => Math.abs(value - (meant[i] ?? 0)) <= most)

test.each([
  ['two-colours.jxl', { format: 'jxl', width: 64, height: 32, alpha: false, icc: false, depth: 8 }],
  ['two-colours.jp2', { format: 'jp2', width: 64, height: 32, alpha: false, depth: 8, space: 'rgb' }],
  ['two-pages.pdf', { format: 'pdf', width: 400, height: 267, pages: 2 }],
  ['two-colours.psd', { format: 'psd', width: 16, height: 8, alpha: true }],
  ['red-then-blue.mp4', { format: 'mp4', width: 64, height: 32, seconds: 2 }],
  ['turned.mp4', { format: 'mp4', width: 32, height: 64, seconds: 2 }],
  ['red-then-blue.webm', { format: 'webm', width: 64, height: 32, seconds: 2 }],
  ['anim.png', { format: 'png', width: 120, height: 80, pages: 6, animated: true }],
  ['anim.avif', { format: 'avif', width: 120, height: 80, pages: 6, animated: true }],
])('%s says of itself %j', (name, facts) => {
  expect(identifySource(fixture(name))).toMatchObject(facts)
})

describe.each([
  ['two-colours.jxl', 'djxl', isInstalled('djxl')],
  ['two-colours.jp2', 'opj_decompress', isInstalled('opj_decompress')],
])('%s (needs %s)', (name, _, isHere) => {
  test.skipIf(!isHere)('is the picture that it shows', async () => {
    const { body, type } = await madeOf(fixture(name), 'fm=png')
    expect(type).toBe('image/png')
    expect(isNear(await colourAt(body, 0.2, 0.5), red)).toBe(true)
    expect(isNear(await colourAt(body, 0.8, 0.5), blue)).toBe(true)
  })

  test.skipIf(!isHere)('cut short or overwritten it is a picture or damaged', async () => {
    const whole = fixture(name)
    const half = whole.subarray(0, whole.length >> 1)
    const odd = Buffer.concat([whole.subarray(0, 130), Buffer.alloc(40, 0xa7), whole.subarray(170)])
    for (const bytes of [half, odd])
      expect(['source-broken', 'passes']).toContain(await kindOfRejection(madeOf(bytes, 'w=32')))
  })
})

describe('a PDF', () => {
  const isHere = isInstalled('pdftocairo')

  test.skipIf(!isHere)('is drawn page by page, at the size that is wanted (needs pdftocairo)', async () => {
    const first = await madeOf(fixture('two-pages.pdf'), 'w=800&fm=png')
    expect([first.width, first.height]).toEqual([800, 534])
    expect(await colourAt(first.body, 0.1, 0.5)).toEqual([255, 0, 0, 255])
    expect(await colourAt(first.body, 0.9, 0.5)).toEqual([255, 255, 255, 255])
    for (const query of ['page=2&fm=png', 'page=9&fm=png']) {
      const second = await madeOf(fixture('two-pages.pdf'), query)
      expect([second.width, second.height]).toEqual([267, 533])
      expect(await colourAt(second.body, 0.5, 0.5)).toEqual([0, 0, 255, 255])
    }
  })

  test.skipIf(!isHere)('is as small as it is wanted, where a side is not in whole pixels', async () => {
    for (const width of [37, 40, 41]) {
      const made = await madeOf(fixture('two-pages.pdf'), `w=${width}&fm=png`)
      expect([made.width, made.height]).toEqual([width, Math.round((width * 267) / 400)])
    }
  })

  test('with its pages turned, cut and in no tree is measured all the same', () => {
    const page = '1 0 obj<</Type/Page/MediaBox[0 0 300 600]/CropBox[0 0 150 300]/Rotate 90>>endobj'
    expect(identifySource(Buffer.from(`%PDF-1.4\n${page}\n%%EOF`))).toMatchObject({ width: 400, height: 200 })
  })

  test.each([
    [
      'that is locked',
      '%PDF-1.4\n1 0 obj<</Type/Page>>endobj\ntrailer<</Encrypt 5 0 R>>',
      'source-unsupported',
    ],
    ['without a page', '%PDF-1.4\n%%EOF', 'source-broken'],
    [
      'whose pages are each other’s parents',
      '%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Kids[3 0 R]>>endobj 3 0 obj<</Kids[2 0 R]>>endobj',
      'source-broken',
    ],
  ])('%s is refused', (_, text, kind) => {
    expect(kindOf(() => identifySource(Buffer.from(text)))).toBe(kind)
  })

  test.skipIf(!isHere)('asks nothing of anybody while it is drawn (needs pdftocairo)', async () => {
    let asked = 0
    const server = createServer((_, response) => {
      asked++
      response.end()
    })
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/x`
    const text = [
      '%PDF-1.4',
      `1 0 obj<</Type/Catalog/Pages 2 0 R/OpenAction<</S/URI/URI(${address})>>>>endobj`,
      '2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj',
      '3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 30 30]/Resources<</XObject<</I 4 0 R>>>>/Contents 5 0 R>>endobj',
      `4 0 obj<</Type/XObject/Subtype/Image/Width 1/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray/F<</FS/URL/F(${address})>>/Length 0>>stream\n\nendstream endobj`,
      '5 0 obj<</Length 6>>stream\n/I Do \nendstream endobj',
      'trailer<</Root 1 0 R>>',
    ].join('\n')
    await kindOfRejection(madeOf(Buffer.from(text), 'w=30'))
    expect(asked).toBe(0)
    server.close()
  })
})

describe('a Photoshop document', () => {
  const one = { width: 2, height: 1 }
  const plane = (...values: number[]) => Uint8Array.from(values)

  test('that another program wrote shows its merged picture, without the white behind it', async () => {
    const { body } = await madeOf(fixture('two-colours.psd'), 'fm=png')
    expect(await colourAt(body, 0.2, 0.5)).toEqual([200, 0, 0, 255])
    expect(isNear(await colourAt(body, 0.8, 0.5), [0, 0, 200, 128], 2)).toBe(true)
  })

  test.each([
    ['in RGB', { planes: [plane(200, 0), plane(0, 0), plane(0, 200)] }, red, blue],
    [
      'in RGB of 16 bits',
      { depth: 16, planes: [plane(200, 0, 0, 0), plane(0, 0, 0, 0), plane(0, 0, 200, 0)] },
      red,
      blue,
    ],
    ['in grey', { mode: 1, planes: [plane(40, 200)] }, [40, 40, 40, 255], [200, 200, 200, 255]],
    ['of bits', { mode: 0, depth: 1, planes: [plane(0b10000000)] }, [0, 0, 0, 255], [255, 255, 255, 255]],
    [
      'with a palette',
      {
        mode: 2,
        planes: [plane(0, 1)],
        table: Uint8Array.from({ length: 768 }, (_, i) => (i === 0 || i === 513 ? 200 : 0)),
      },
      red,
      blue,
    ],
    [
      'in inks, of which it stores what they let through',
      { mode: 4, planes: [plane(255, 0), plane(255, 255), plane(255, 255), plane(255, 255)] },
      [255, 255, 255, 255],
      [0, 160, 230, 255],
    ],
  ])('%s', async (_, parts, left, right) => {
    const { body } = await madeOf(photoshop({ ...one, ...parts }), 'fm=png')
    expect(isNear(await colourAt(body, 0, 0), left, 40)).toBe(true)
    expect(isNear(await colourAt(body, 0.9, 0), right, 40)).toBe(true)
  })

  test.each([
    ['cut short', photoshop({ ...one, planes: [plane(1), plane(2), plane(3)] }), 'source-broken'],
    [
      'packed wrongly',
      photoshop({ ...one, packing: 1, planes: [plane(9, 9), plane(9, 9), plane(9, 9)] }),
      'source-broken',
    ],
    [
      'packed in another way',
      photoshop({ ...one, packing: 3, planes: [plane(9, 9), plane(), plane()] }),
      'source-unsupported',
    ],
    ['in Lab', photoshop({ ...one, mode: 9, planes: [plane(1, 1)] }), 'source-unsupported'],
    [
      'without its merged picture',
      photoshop({ ...one, planes: [plane(1, 1)], mode: 1, resources: resource(1057, plane(0, 0, 0, 1, 0)) }),
      'source-unsupported',
    ],
    ['beyond all size', photoshop({ width: 40_000, height: 1, planes: [] }), 'source-broken'],
  ])('that is %s is refused', async (_, bytes, kind) => {
    expect(await kindOfRejection(madeOf(bytes, 'w=1'))).toBe(kind)
  })
})

describe('the data of a camera’s sensor', async () => {
  const [large, small] = await Promise.all(
    [64, 16].map((width) =>
      sharp({ create: { width, height: 32, channels: 3, background: '#c80000' } })
        .jpeg()
        .toBuffer(),
    ),
  )
  const jpegs = Buffer.concat([small ?? Buffer.alloc(0), large ?? Buffer.alloc(0)])
  const [smallBytes, largeBytes] = [small?.length ?? 0, large?.length ?? 0]
  // The second directory stands behind the first one of five fields, and has the data of the sensor beside a JPEG.
  const raw = sensorFile(
    (at) => [
      [
        [274, 3, 6],
        [330, 4, 8 + 2 + 5 * 12 + 4],
        [513, 4, at],
        [514, 4, smallBytes],
        [50_706, 1, 4],
      ],
      [
        [262, 3, 32_803],
        [513, 4, at + smallBytes],
        [514, 4, largeBytes],
      ],
    ],
    jpegs,
  )

  test('is the largest JPEG beside them, turned as the camera was', async () => {
    expect(identify(raw)).toMatchObject({ format: 'raw', width: 64, height: 32, orientation: 6 })
    const { body, ...made } = await madeOf(raw, 'w=16')
    expect(made).toMatchObject({ type: 'image/jpeg', width: 16, height: 32 })
    expect(isNear(await colourAt(body, 0.5, 0.5), red)).toBe(true)
  })

  test('in Fuji’s own file too', () => {
    const head = Buffer.alloc(92)
    head.write('FUJIFILMCCD-RAW ', 'latin1')
    head.writeUInt32BE(92, 84)
    head.writeUInt32BE(smallBytes, 88)
    expect(identify(Buffer.concat([head, jpegs]))).toMatchObject({ format: 'raw', width: 16, height: 32 })
  })

  test('without such a JPEG is refused', () => {
    const bare = sensorFile(() => [[[262, 3, 32_803]]], new Uint8Array(8))
    expect(kindOf(() => identify(bare))).toBe('source-unsupported')
  })
})

describe('an animation', () => {
  test('in PNG keeps its frames and their times', async () => {
    const { body, ...made } = await madeOf(fixture('anim.png'), 'w=60&fm=webp')
    expect(made).toMatchObject({ type: 'image/webp', width: 60, height: 40, pages: 6 })
    const { pages, delay } = await sharp(body).metadata()
    expect([pages, new Set(delay).size]).toEqual([6, 1])
  })

  test('in PNG is the same frame by frame as in a GIF of it', async () => {
    const gif = await madeOf(fixture('anim.png'), 'fm=gif')
    for (const frame of [1, 4, 6]) {
      const own = await madeOf(fixture('anim.png'), `frame=${frame}&fm=png`)
      const other = await madeOf(gif.body, `frame=${frame}&fm=png`)
      expect(isNear(await colourAt(own.body, 0.5, 0.5), await colourAt(other.body, 0.5, 0.5), 8)).toBe(true)
    }
  })

  test('in PNG with a frame outside the picture, or too few of them, is damaged', async () => {
    const odd = Buffer.from(fixture('anim.png'))
    odd.writeUInt32BE(500, odd.lastIndexOf('fcTL') + 4 + 12)
    const short = fixture('anim.png').subarray(0, fixture('anim.png').lastIndexOf('fcTL') - 4)
    for (const bytes of [odd, short])
      expect(await kindOfRejection(madeOf(bytes, 'fm=webp'))).toBe('source-broken')
  })

  test.skipIf(!isInstalled('ffmpeg'))(
    'in AVIF keeps its frames and what shows through (needs ffmpeg)',
    async () => {
      const { body, pages } = await madeOf(fixture('anim-alpha.avif'), 'fm=webp')
      expect([pages, (await sharp(body).metadata()).delay]).toEqual([3, [200, 200, 200]])
      const second = await madeOf(fixture('anim-alpha.avif'), 'frame=2&fm=png')
      expect(isNear(await colourAt(second.body, 0.2, 0.5), [200, 0, 0, 128])).toBe(true)
      expect(isNear(await colourAt(second.body, 0.8, 0.5), blue)).toBe(true)
    },
  )
})

describe.skipIf(!isInstalled('ffmpeg'))('a film (needs ffmpeg)', () => {
  test.each(['red-then-blue.mp4', 'red-then-blue.webm', 'turned.mp4'])(
    '%s is its first picture, or that of a time',
    async (name) => {
      const film = fixture(name)
      for (const [query, colour] of [
        ['fm=png', red],
        ['time=0.7&fm=png', red],
        ['time=1.2&fm=png', blue],
        ['time=1000&fm=png', blue],
      ] as const)
        expect([
          query,
          isNear(await colourAt((await madeOf(film, query)).body, 0.5, 0.5), colour, 24),
        ]).toEqual([query, true])
    },
  )

  test('overwritten, cut or with its pixels elsewhere is a picture or damaged, and never more', async () => {
    const whole = fixture('red-then-blue.mp4')
    const elsewhere = Buffer.from(whole)
    elsewhere.writeUInt32BE(0, elsewhere.indexOf('url ') + 4)
    const noise = Buffer.from(whole)
    noise.fill(0xa7, 60, 200)
    const endless = Buffer.from(whole)
    endless.writeUInt32BE(0xffff_fff0, endless.indexOf('stts') + 8)
    for (const bytes of [whole.subarray(0, whole.length - 300), elsewhere, noise, endless])
      expect(['source-broken', 'too-costly', 'late', 'passes']).toContain(
        await kindOfRejection(madeOf(bytes, 'w=32')),
      )
  })
})

test.each([
  ['a playlist', '#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n'],
  ['a list to be joined', 'ffconcat version 1.0\nfile /etc/passwd\n'],
  ['a session', 'v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nm=video 9 RTP/AVP 96\n'],
  ['a playlist under the mark of a film', '\0\0\0\x10ftypisom\0\0\0\0#EXTM3U\nhttp://127.0.0.1:9/a.ts\n'],
])('%s is no film', (_, text) => {
  expect(['source-unsupported', 'source-broken']).toContain(
    kindOf(() => identifySource(Buffer.from(text, 'latin1'))),
  )
})
