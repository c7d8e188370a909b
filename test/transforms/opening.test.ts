// What decoders refuse, or read otherwise than browsers do, and is read all the same.
import { readFileSync } from 'node:fs'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { identify } from '../../transforms/identify.ts'
import { exact, parse, plan } from '../../transforms/index.ts'
import { render } from '../../transforms/render/apply.ts'
import { bmps, ico, iconBitmap, palette, pixelAt, type Rgba } from '../bitmaps.ts'
import * as pictures from '../pictures.ts'

const fixture = (name: string): Buffer => readFileSync(new URL(`../fixtures/${name}`, import.meta.url))

async function made(source: Uint8Array, query: string, lenient = false) {
  const facts = identify(source)
  const asked = plan(exact(parse(query), { formats: 'basic', saveData: false }), facts)
  return { facts, ...(await render(source, asked, { facts, lenient })) }
}

/** RGBA of every pixel of every frame. */
async function pixelsOf(source: Uint8Array, query = 'fm=png', lenient = false): Promise<Buffer> {
  const { body } = await made(source, query, lenient)
  return sharp(body, { animated: true }).toColourspace('srgb').ensureAlpha().raw().toBuffer()
}

const at = (data: Buffer, index: number): number[] => [...data.subarray(index * 4, index * 4 + 4)]

describe('a BMP', () => {
  test.each(Object.entries(bmps))('of %s', async (_, { file, colours, alpha }) => {
    const facts = identify(file)
    expect(facts).toMatchObject({ format: 'bmp', width: 8, height: 6, alpha: alpha ?? false })
    const data = await pixelsOf(file)
    for (let y = 0; y < 6; y++)
      for (let x = 0; x < 8; x++) {
        const [r, g, b] = colours ? (palette[(x + y) % colours] ?? [0, 0, 0]) : pixelAt(x, y)
        const right = [r, g, b, alpha ? pixelAt(x, y)[3] : 255]
        // Five bits of a channel are all that 16 bits have.
        at(data, y * 8 + x).forEach((value, i) => {
          expect(Math.abs(value - (right[i] ?? 0))).toBeLessThanOrEqual(8)
        })
      }
  })

  test('becomes a PNG, or what was asked for', async () => {
    const { file } = bmps['24 bits'] ?? { file: Buffer.alloc(0) }
    expect(await made(file, 'w=4')).toMatchObject({ type: 'image/png', width: 4, height: 3 })
    expect(await made(file, 'w=4&fm=webp&rot=90')).toMatchObject({ type: 'image/webp' })
    expect(await made(file, 'rect=2,2,3,3&fm=jpg')).toMatchObject({ width: 3, height: 3 })
  })

  test('that is cut short is refused before any memory is taken for it, and shown leniently', async () => {
    const { file } = bmps['24 bits'] ?? { file: Buffer.alloc(0) }
    const cut = file.subarray(0, file.length - 24)
    await expect(made(cut, 'w=4')).rejects.toMatchObject({ kind: 'source-broken' })
    expect(at(await pixelsOf(cut, 'fm=png', true), 5 * 8 + 1)).toEqual([...pixelAt(1, 5).slice(0, 3), 255])
  })
})

describe('an icon', () => {
  const red: Rgba = [200, 20, 20, 255]
  const bitmap = { side: 16, data: iconBitmap(16, red) }
  const flat = (side: number, background: string) =>
    sharp({ create: { width: side, height: side, channels: 4, background } })
      .png()
      .toBuffer()

  test('of one bitmap', async () => {
    const source = ico([bitmap])
    expect(identify(source)).toMatchObject({ format: 'ico', width: 16, height: 16, alpha: true })
    expect(at(await pixelsOf(source), 20)).toEqual([...red])
  })

  test('whose alpha is empty is opaque, as one of before there was alpha', async () => {
    const source = ico([{ side: 16, data: iconBitmap(16, [200, 20, 20, 0]) }])
    expect(at(await pixelsOf(source), 20)).toEqual([...red])
  })

  test('counts as its largest picture, whichever stands first', async () => {
    const png = { side: 64, data: await flat(64, '#2040c8') }
    for (const source of [ico([bitmap, png]), ico([png, bitmap])]) {
      expect(identify(source)).toMatchObject({ width: 64, height: 64 })
      expect(at(await pixelsOf(source, 'w=32&fm=png'), 20)).toEqual([0x20, 0x40, 0xc8, 255])
    }
    expect(identify(ico([{ side: 8, data: await flat(8, '#000') }, bitmap]))).toMatchObject({ width: 16 })
  })

  test('whose picture is larger than its list can say', async () => {
    expect(identify(ico([{ side: 512, data: await flat(512, '#000') }]))).toMatchObject({ width: 512 })
  })

  test('passes over entries that lead nowhere, and is refused when all do', () => {
    const source = ico([{ side: 32, data: Buffer.alloc(0) }, bitmap])
    expect(identify(source)).toMatchObject({ width: 16 })
    expect(() => identify(ico([{ side: 32, data: Buffer.alloc(0) }]))).toThrow('no picture')
  })
})

describe('an SVG', () => {
  const document = `<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10"><rect width="20" height="10" fill="#c81e1e"/><text>\u00e4\u4e2d</text></svg>`
  const prefixed =
    '<s:svg xmlns:s="http://www.w3.org/2000/svg" width="20" height="10"><s:rect width="20" height="10" fill="#c81e1e"/></s:svg>'
  const declared = (encoding: string) => `<?xml version="1.0" encoding="${encoding}"?>${document}`
  const big = (text: string) => Buffer.from(text, 'utf16le').swap16()

  test.each<[string, Buffer]>([
    ['whose root has a prefix', Buffer.from(prefixed)],
    [
      'whose root has a prefix, behind a declaration and a comment',
      Buffer.from(`<?xml version="1.0"?><!--${'x'.repeat(2000)}-->${prefixed}`),
    ],
    ['in UTF-16 with a mark, little end first', Buffer.from(`\ufeff${declared('UTF-16')}`, 'utf16le')],
    ['in UTF-16 with a mark, big end first', big(`\ufeff${declared('UTF-16')}`)],
    ['in UTF-16 without a mark', Buffer.from(declared('utf-16le'), 'utf16le')],
    ['in UTF-16 without a declaration', big(`\ufeff${document}`)],
    ['in UTF-16 with a prefix', Buffer.from(`\ufeff${prefixed}`, 'utf16le')],
  ])('%s', async (_, source) => {
    expect(identify(source)).toMatchObject({ format: 'svg', width: 20, height: 10 })
    const { width, height } = await made(source, 'w=40&fm=png')
    expect({ width, height }).toEqual({ width: 40, height: 20 })
    expect(at(await pixelsOf(source, 'w=40&fm=png'), 600)).toEqual([200, 30, 30, 255])
  })

  test('in UTF-16 is looked at as closely as any other', () => {
    const hidden = `<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>${document}`
    expect(() => identify(Buffer.from(`\ufeff${hidden}`, 'utf16le'))).toThrow('entities')
  })
})

describe('a GIF', () => {
  test('whose frames restore to the background is transparent there, as in browsers', async () => {
    const source = fixture('gif-dispose-background.gif')
    const { facts, pages } = await made(source, 'w=100&fm=gif')
    expect({ alpha: facts.alpha, pages }).toEqual({ alpha: true, pages: 5 })
    for (const query of ['w=100&fm=gif', 'w=100&fm=webp&lossless=true', 'w=100&flip=h&fm=gif']) {
      const data = await pixelsOf(source, query)
      const clear = [0, 1, 2, 3, 4].map(
        (frame) => [...Array(10_000).keys()].filter((i) => data[(frame * 10_000 + i) * 4 + 3] === 0).length,
      )
      expect(clear).toEqual([0, 0, 1000, 1964, 2939])
    }
  })

  test('is transparent around a first frame that is smaller than its canvas', async () => {
    const source = (await pictures.animatedGif({ width: 24, height: 16 })).subarray()
    source.writeUInt16LE(30, 6)
    expect(identify(source)).toMatchObject({ width: 30, alpha: true })
    const data = await pixelsOf(source, 'fm=png')
    expect(at(data, 29)[3]).toBe(0)
    expect(at(data, 0)[3]).toBe(255)
  })
})

describe('a JPEG', () => {
  const end = Buffer.from([0xff, 0xd9])
  const thumbnail = async () =>
    sharp(await pictures.lying(1, { width: 48, height: 32 }))
      .withExif({ IFD0: { Artist: 'x' } })
      .jpeg()
      .toBuffer()

  test.each(['base', 'prog'])('without its end (%s) is the same picture', async (kind) => {
    const lacking = fixture(`${kind}-noeoi.jpg`)
    const whole = await pixelsOf(fixture(`${kind}-whole.jpg`), 'w=32&fm=png')
    for (const behind of [
      [],
      [0xff],
      [0xff, 0xff, 0xff],
      Array(100).fill(0),
      [...end, ...end],
      [...end, 1, 2, 3],
    ])
      expect(await pixelsOf(Buffer.concat([lacking, Buffer.from(behind)]), 'w=32&fm=png')).toEqual(whole)
  })

  test('with restart markers, or with EXIF in front, needs its end no more', async () => {
    const source = await thumbnail()
    expect(source.subarray(-2)).toEqual(end)
    expect(await pixelsOf(source.subarray(0, -2))).toEqual(await pixelsOf(source))
  })

  test('with junk in front of a marker is the same picture to a lenient source', async () => {
    const source = await pictures.progressive()
    const junk = Buffer.concat([source.subarray(0, 2), Buffer.from('junk'), source.subarray(2)])
    expect(await pixelsOf(junk, 'fm=png', true)).toEqual(await pixelsOf(source))
  })

  test('that is cut inside its pixels is refused, and shown as far as it goes where its source is lenient', async () => {
    for (const make of [pictures.jpeg, pictures.progressive]) {
      const source = await make({ width: 128, height: 96 })
      const cut = source.subarray(0, Math.floor(source.length * 0.7))
      await expect(made(cut, 'w=64')).rejects.toMatchObject({ kind: 'source-broken' })
      expect(await made(cut, 'w=64', true)).toMatchObject({ width: 64, height: 48 })
    }
  })
})
