// hdr=keep: what is beyond usual screens stays where the file can carry it, in the size of the picture.
import sharp from 'sharp'
import { beforeAll, describe, expect, test } from 'vitest'
import { identify } from '../../transforms/identify.ts'
import { exact, parse, plan } from '../../transforms/index.ts'
import { app, buildSegment, insertSegments, readSegments } from '../../transforms/optimise/jpeg/segments.ts'
import { render } from '../../transforms/render/apply.ts'
import { findGainMap } from '../../transforms/render/hdr/gain-map.ts'
import { chart, made } from './colour-charts.ts'

const xap = 'http://ns.adobe.com/xap/1.0/\0'
const xmp = (attributes: string, content = '') =>
  buildSegment(
    app(1),
    Buffer.from(
      `${xap}<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" ${attributes}>${content}</rdf:Description></rdf:RDF></x:xmpmeta>`,
    ),
  )
const iso = Buffer.from('urn:iso:std:iso:ts:21496:-1\0parameters', 'latin1')
const parameters =
  'hdrgm:Version="1.0" hdrgm:GainMapMax="2.3" hdrgm:HDRCapacityMax="2.3" hdrgm:Gamma="1.2" dc:creator="Ada"'

const half = (width: number, height: number, left: number, right: number) =>
  sharp(
    Buffer.from(Array.from({ length: width * height }, (_, i) => (i % width < width / 2 ? left : right))),
    { raw: { width, height, channels: 1 } },
  )
    .toColourspace('b-w')
    .jpeg({ quality: 95 })
    .toBuffer()

/** 400 by 200, dark on its left; a map of half its size, which brightens its right. */
let ultra: Buffer
beforeAll(async () => {
  const base = await sharp(await half(400, 200, 40, 200))
    .toColourspace('srgb')
    .jpeg({ quality: 95 })
    .toBuffer()
  const map = insertSegments(await half(200, 100, 10, 240), [
    xmp(
      parameters,
      '<hdrgm:GainMapMin><rdf:Seq><rdf:li>0</rdf:li><rdf:li>0.1</rdf:li><rdf:li>0.2</rdf:li></rdf:Seq></hdrgm:GainMapMin>',
    ),
    buildSegment(app(2), iso),
  ])
  ultra = Buffer.concat([insertSegments(base, [xmp('hdrgm:Version="1.0"')]), map])
})

const rendered = async (source: Uint8Array, query: string): Promise<Buffer> => {
  const asked = plan(exact(parse(query), { formats: 'basic', saveData: false }), identify(source))
  return Buffer.from((await render(source, asked)).body)
}

const mapOf = async (query: string) => {
  const body = await rendered(ultra, query)
  const found = findGainMap(body)
  if (!found) return undefined
  const { data, info } = await sharp(found.jpeg)
    .toColourspace('b-w')
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { body, found, data, info }
}

describe('a gain map', () => {
  test('is dropped by default, and in what cannot carry it', async () => {
    for (const query of [
      'w=200&fm=jpg',
      'w=200&fm=webp&hdr=keep',
      'w=200&fm=png&hdr=keep',
      'w=200&fm=jpg&hdr=keep&bri=10',
    ]) {
      const body = await rendered(ultra, query)
      expect(findGainMap(body), query).toBeUndefined()
      expect(body.includes('hdrgm'), query).toBe(false)
    }
  })

  test.each([
    ['fm=jpg', 200, 100],
    ['w=200&fm=jpg', 200, 100],
    ['w=100&fm=jpg', 100, 50],
    ['w=100&fm=jpg&cs=p3', 100, 50],
    ['w=100&h=100&fit=crop&fm=jpg', 100, 100],
    ['rect=200,0,200,200&fm=jpg', 100, 100],
    ['w=100&fm=jpg&q=auto', 100, 50],
  ])('is kept in the size that fits: %s', async (query, width, height) => {
    const map = await mapOf(`${query}&hdr=keep`)
    expect(map?.info).toMatchObject({ width, height, channels: 1 })
    expect(map?.found.xmp).toMatchObject({
      GainMapMax: ['2.3'],
      Gamma: ['1.2'],
      GainMapMin: ['0', '0.1', '0.2'],
    })
    expect(Buffer.from(map?.found.iso ?? []).equals(iso)).toBe(true)
    expect(map?.body.includes('Ada')).toBe(false)
  })

  test('shows what the picture shows: the same region, turned as it is', async () => {
    const right = await mapOf('rect=210,0,180,200&fm=jpg&hdr=keep')
    expect(Math.min(...(right?.data ?? []))).toBeGreaterThan(220)
    const turned = await mapOf('or=180&fm=jpg&hdr=keep')
    expect(turned?.data[0]).toBeGreaterThan(220)
  })

  test('is found by the index of pictures, whose lengths and places are those of the file', async () => {
    const body = await rendered(ultra, 'w=200&fm=jpg&hdr=keep&meta=all')
    const index = readSegments(body).find(
      ({ content }) => Buffer.from(content.subarray(0, 4)).toString('latin1') === 'MPF\0',
    )
    const content = Buffer.from(index?.content ?? [])
    const [first, length, place] = [
      content.readUInt32BE(4 + 54),
      content.readUInt32BE(4 + 70),
      content.readUInt32BE(4 + 74),
    ]
    const header = body.indexOf('MPF\0') + 4
    expect(header + place).toBe(first)
    expect(body.readUInt16BE(first)).toBe(0xffd8)
    expect(first + length).toBe(body.length)
    expect(body.toString('latin1')).toContain(`Item:Length="${length}"`)
    // The picture in front is whole by itself.
    expect((await sharp(body.subarray(0, first)).stats()).channels).toHaveLength(3)
  })

  test('goes where it would be more bytes than are allowed', async () => {
    const plain = await rendered(ultra, 'w=200&fm=jpg')
    const body = await rendered(ultra, `w=200&fm=jpg&hdr=keep&max-bytes=${plain.length + 20}`)
    expect(findGainMap(body)).toBeUndefined()
  })

  test('that is damaged is dropped, and the picture stays', async () => {
    const cut = ultra.subarray(0, ultra.length - 300)
    const body = await rendered(cut, 'w=200&fm=jpg&hdr=keep')
    expect((await sharp(body).metadata()).width).toBe(200)
  })
})

describe.each([
  ['pq-10.avif', 16],
  ['hlg-10.avif', 18],
  ['cicp-pq-16.png', 16],
])('%s', (name, transfer) => {
  test('keeps its samples in an AVIF of 10 bits that says what they are', async () => {
    const body = await made(name, 'w=64&fm=avif&q=95&hdr=keep')
    expect(identify(body)).toMatchObject({
      width: 64,
      depth: 10,
      colour: { transfer: transfer === 16 ? 'pq' : 'hlg' },
    })
    const at = body.indexOf('colrnclx', 'latin1') + 8
    expect([body.readUInt16BE(at), body.readUInt16BE(at + 2)]).toEqual([9, transfer])
    // The same tones as of the source itself.
    const [kept, source] = await Promise.all([rendered(body, 'fm=png'), rendered(chart(name), 'w=64&fm=png')])
    const levelsOf = (picture: Buffer) => sharp(picture).toColourspace('srgb').raw().toBuffer()
    const [a, b] = [await levelsOf(kept), await levelsOf(source)]
    let off = 0
    for (const [i, value] of a.entries()) off += Math.abs(value - (b[i] ?? 0))
    // Lossy as it is; samples taken for others would be off by dozens.
    expect(off / a.length).toBeLessThan(6)
  })

  test('has the tones of a usual screen in any other', async () => {
    for (const query of ['w=64&fm=avif', 'w=64&fm=jpg&hdr=keep', 'w=64&fm=avif&hdr=keep&bri=5'])
      expect(identify(await made(name, query)).colour, query).toBeUndefined()
  })
})
