// Colour told by code points: AVIF's nclx, PNG's cICP and gAMA, converted to sRGB as a profile would be.
import { readFileSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import type { Coding } from '../../transforms/facts.ts'
import { colourOfAv1 } from '../../transforms/identify/av1.ts'
import { codingOf, isSrgb } from '../../transforms/identify/colour-code.ts'
import { identify } from '../../transforms/identify.ts'
import { exact, parse, plan } from '../../transforms/index.ts'
import { toSpace } from '../../transforms/pixels/to-space.ts'
import { nitsOfPq, pqOf, toneMapped, whiteNits } from '../../transforms/pixels/transfer.ts'
import { render } from '../../transforms/render/apply.ts'

type Rgb = readonly [number, number, number]

const coding = (primaries: number, transfer: number, fullRange = true): Coding => {
  const found = codingOf(primaries, transfer, fullRange)
  if (!found) throw new Error('no such code points')
  return found
}

const one = (rgb: readonly number[], code: Coding): number[] => [
  ...toSpace({ data: Uint8Array.from(rgb), channels: 3, depth: 8 }, code, 'srgb'),
]

const deep = (rgb: readonly number[], code: Coding): number[] => [
  ...toSpace(
    { data: Uint16Array.from(rgb, (v) => Math.round(v * 65_535)), channels: 3, depth: 16 },
    code,
    'srgb',
  ),
]

/** A sample of PQ, 0 to 1, of what sRGB writes as `level` where white has the nits of a page's white. */
const pqSample = (level: number): number => {
  const v = level / 255
  return pqOf(whiteNits * (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
}

const fixture = (name: string): Buffer => readFileSync(new URL(`../fixtures/${name}`, import.meta.url))

describe('a sample becomes', () => {
  // Worked out apart from this code, with the matrices of CSS Color 4 and the curves of H.273.
  test.each<[string, number, number, Rgb, Rgb]>([
    ['Display P3', 12, 13, [200, 30, 30], [218, 0, 6]],
    ['Display P3', 12, 13, [0, 200, 0], [0, 204, 0]],
    ['BT.2020 with the curve of sRGB', 9, 13, [120, 120, 200], [111, 119, 207]],
    ['linear light', 1, 8, [55, 128, 255], [128, 188, 255]],
    ['BT.709', 1, 1, [128, 64, 255], [140, 79, 255]],
    ['BT.470 M, a power of 2.2', 1, 4, [128, 64, 20], [129, 62, 12]],
    ['DCI P3, its white adapted', 11, 17, [255, 255, 255], [255, 255, 255]],
  ])('of %s', (_, primaries, transfer, from, to) => {
    one(from, coding(primaries, transfer)).forEach((value, i) => {
      expect(Math.abs(value - (to[i] ?? 0))).toBeLessThanOrEqual(1)
    })
  })

  test('the same where it was sRGB already', () => {
    expect(isSrgb(coding(1, 13))).toBe(true)
    fc.assert(
      fc.property(fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255)), (rgb) => {
        expect(one(rgb, coding(1, 13))).toEqual(rgb)
      }),
    )
  })

  test('0 to 255 where black was 16 and white 235', () => {
    expect(one([16, 235, 126], coding(1, 13, false))).toEqual([0, 255, 128])
  })

  test('grey where it was grey, whatever the primaries', () => {
    for (const primaries of [1, 4, 5, 6, 8, 9, 11, 12, 22])
      for (const transfer of [1, 4, 8, 13, 16, 18]) {
        const [r = 0, g = 0, b = 0] = one([150, 150, 150], coding(primaries, transfer))
        expect(Math.max(r, g, b) - Math.min(r, g, b)).toBeLessThanOrEqual(1)
      }
  })

  test('nothing where the code points are reserved', () => {
    expect(codingOf(0, 13)).toBeUndefined()
    expect(codingOf(1, 3)).toBeUndefined()
  })

  test('beside the alpha that it had', () => {
    const data = Uint8Array.of(200, 30, 30, 77)
    expect([...toSpace({ data, channels: 4, depth: 8 }, coding(12, 13), 'srgb')][3]).toBe(77)
    const deep = () => Uint16Array.from([1, 2, 3, 4, 5, 6].flatMap((v) => [v * 9_000, 0, 0, v * 256]))
    for (const code of [coding(12, 13), coding(1, 8), coding(9, 16), coding(9, 18)]) {
      const out = toSpace({ data: deep(), channels: 4, depth: 16 }, code, 'srgb')
      expect([...out].filter((_, i) => i % 4 === 3)).toEqual([1, 2, 3, 4, 5, 6])
    }
  })
})

describe('high dynamic range', () => {
  test('PQ leads to nits and back', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 10_000, noNaN: true }), (nits) => {
        expect(nitsOfPq(pqOf(nits))).toBeCloseTo(nits, 3)
      }),
    )
    expect(pqOf(100)).toBeCloseTo(0.508, 3)
  })

  test('a picture that has nothing above white comes out as its twin without high dynamic range', () => {
    for (const level of [0, 16, 64, 128, 200, 255]) {
      const samples = [pqSample(level), pqSample(level), pqSample(255)]
      const [value = 0] = deep(samples, coding(1, 16))
      expect(Math.abs(value - level)).toBeLessThanOrEqual(1)
    }
  })

  test('the brightest is white, middle grey stays near its twin and order is kept', () => {
    const samples = [...Array(1000).keys()].flatMap((i) => Array(3).fill(pqOf((i / 999) * 4000)))
    const out = deep([...samples, ...Array(30).fill(pqSample(128))], coding(9, 16))
    const greys = out.filter((_, i) => i % 3 === 0)
    expect(greys.slice(0, 1000)).toEqual(greys.slice(0, 1000).toSorted((a, b) => a - b))
    expect(greys[999]).toBeGreaterThanOrEqual(254)
    expect(greys.at(-1)).toBeGreaterThan(96)
    expect(greys.at(-1)).toBeLessThanOrEqual(128 + 15)
  })

  test('HLG: black stays black, its peak becomes white and 75 % are bright', () => {
    const out = deep(
      [0, 0.5, 0.75, 1].flatMap((v) => [v, v, v]),
      coding(9, 18),
    ).filter((_, i) => i % 3 === 0)
    expect(out[0]).toBe(0)
    expect(out[1]).toBeGreaterThan(100)
    expect(out[1]).toBeLessThan(145)
    expect(out[2]).toBeGreaterThan(200)
    expect(out[3]).toBe(255)
  })

  test('a tone never becomes darker when it was brighter', () => {
    const light = fc.double({ min: 0, max: 49, noNaN: true })
    fc.assert(
      fc.property(light, light, fc.double({ min: 1, max: 49, noNaN: true }), (a, b, peak) => {
        const [low, high] = [Math.min(a, b, peak), Math.min(Math.max(a, b), peak)]
        expect(toneMapped(low, peak)).toBeLessThanOrEqual(toneMapped(high, peak) + 1e-9)
        expect(toneMapped(high, peak)).toBeLessThanOrEqual(1 + 1e-6)
      }),
    )
  })
})

test('AV1 says its colours in its own header, whether that is a short one or a whole one', () => {
  for (const [name, fullRange] of [
    ['mono-limited.avif', false],
    ['p3icc.avif', true],
    ['anim.avif', true], // a film's: a whole one
  ] as const) {
    const avif = fixture(name)
    const said = colourOfAv1(avif.subarray(avif.indexOf(Buffer.from([0x12, 0x00, 0x0a]))))
    expect(said).toEqual({ primaries: 1, transfer: 13, fullRange })
  }
  expect(colourOfAv1(Buffer.from('0000', 'hex'))).toBeUndefined()
  expect(colourOfAv1(new Uint8Array())).toBeUndefined()
})

/** A chunk right behind IHDR, where all that speak of colour belong. */
function withChunk(png: Buffer, type: string, content: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), content])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(content.length)
  sum.writeUInt32BE(crc32(body))
  return Buffer.concat([png.subarray(0, 33), length, body, sum, png.subarray(33)])
}

const u32s = (...values: number[]): Buffer =>
  Buffer.concat(values.map((value) => Buffer.from([value >>> 24, value >>> 16, value >>> 8, value])))
const cicp = (...values: number[]) => Uint8Array.from(values)
const p3Chrm = u32s(31_270, 32_900, 68_000, 32_000, 26_500, 69_000, 15_000, 6_000)
const srgbChrm = u32s(31_270, 32_900, 64_000, 33_000, 30_000, 60_000, 15_000, 6_000)

const flat = (rgb: Rgb) =>
  sharp({ create: { width: 16, height: 16, channels: 3, background: { r: rgb[0], g: rgb[1], b: rgb[2] } } })
const flatPng = (rgb: Rgb): Promise<Buffer> => flat(rgb).png().toBuffer()

async function shown(source: Uint8Array, query = 'fm=png'): Promise<number[]> {
  const facts = identify(source)
  const asked = plan(exact(parse(query), { formats: 'basic', saveData: false }), facts)
  const { body } = await render(source, asked)
  const image = sharp(body)
  expect((await image.metadata()).icc).toBeUndefined()
  return [...(await image.toColourspace('srgb').removeAlpha().raw().toBuffer()).subarray(0, 3)]
}

const near = (rgb: readonly number[], to: Rgb, within = 2): void =>
  rgb.forEach((value, i) => {
    expect(Math.abs(value - (to[i] ?? 0)), `${rgb} is not ${to}`).toBeLessThanOrEqual(within)
  })

describe('a PNG', () => {
  test.each<[string, readonly (readonly [string, Uint8Array])[], Rgb]>([
    ['with cICP of P3', [['cICP', cicp(12, 13, 0, 1)]], [218, 0, 6]],
    ['with cICP of sRGB', [['cICP', cicp(1, 13, 0, 1)]], [200, 30, 30]],
    ['with cICP of a narrow range', [['cICP', cicp(1, 13, 0, 0)]], [214, 16, 16]],
    ['with cICP of reserved code points', [['cICP', cicp(3, 13, 0, 1)]], [200, 30, 30]],
    ['with gAMA of 1', [['gAMA', u32s(100_000)]], [229, 96, 96]],
    ['with the usual gAMA', [['gAMA', u32s(45_455)]], [200, 30, 30]],
    [
      'with the usual gAMA and cHRM',
      [
        ['gAMA', u32s(45_455)],
        ['cHRM', srgbChrm],
      ],
      [200, 30, 30],
    ],
    [
      'with gAMA and the cHRM of P3',
      [
        ['gAMA', u32s(45_455)],
        ['cHRM', p3Chrm],
      ],
      [220, 0, 0],
    ],
    ['with cHRM alone, which browsers do not hear', [['cHRM', p3Chrm]], [200, 30, 30]],
    [
      'whose sRGB counts before its gAMA',
      [
        ['gAMA', u32s(100_000)],
        ['sRGB', cicp(0)],
      ],
      [200, 30, 30],
    ],
    [
      'whose cICP counts before its sRGB',
      [
        ['cICP', cicp(12, 13, 0, 1)],
        ['sRGB', cicp(0)],
      ],
      [218, 0, 6],
    ],
    ['with an absurd gAMA', [['gAMA', u32s(0)]], [200, 30, 30]],
    [
      'with a cHRM of one point',
      [
        ['gAMA', u32s(45_455)],
        ['cHRM', u32s(0, 0, 0, 0, 0, 0, 0, 0)],
      ],
      [200, 30, 30],
    ],
  ])('%s', async (_, chunks, right) => {
    const source = chunks.reduce(
      (png, [type, content]) => withChunk(png, type, content),
      await flatPng([200, 30, 30]),
    )
    near(await shown(source), right)
    near(await shown(source, 'w=8&fm=webp&lossless=true'), right)
  })

  test('whose iCCP counts before its gAMA, and whose cICP counts before its iCCP', async () => {
    const profiled = await flat([200, 30, 30]).withIccProfile('p3').png().toBuffer()
    // Mirrored, so that it is made anew: a source's own bytes keep their profile.
    const anew = (source: Uint8Array) => shown(source, 'flip=h&fm=png')
    const before = await anew(profiled)
    expect(await anew(withChunk(profiled, 'gAMA', u32s(100_000)))).toEqual(before)
    const stored = [...(await sharp(profiled, { ignoreIcc: true }).raw().toBuffer()).subarray(0, 3)]
    near(await anew(withChunk(profiled, 'cICP', cicp(1, 13, 0, 1))), stored as unknown as Rgb, 0)
  })

  test.each([
    ['grey', (rgb: Rgb) => flat(rgb).toColourspace('b-w').png()],
    ['of a palette', (rgb: Rgb) => flat(rgb).png({ palette: true })],
    ['of 16 bits', (rgb: Rgb) => flat(rgb).toColourspace('rgb16').png()],
    ['with alpha', (rgb: Rgb) => flat(rgb).ensureAlpha().png()],
  ])('%s is converted as well', async (_, make) => {
    near(await shown(withChunk(await make([55, 55, 55]).toBuffer(), 'gAMA', u32s(100_000))), [128, 128, 128])
  })
})

/** The samples of `p3nclx.avif` are flat, (200, 30, 30) on its left; other code points mean other colours by them. */
function avifOf(primaries: number, transfer: number): Buffer {
  const avif = fixture('p3nclx.avif')
  const at = avif.indexOf('colrnclx', 'latin1') + 8
  avif.writeUInt16BE(primaries, at)
  avif.writeUInt16BE(transfer, at + 2)
  return avif
}

describe('an AVIF', () => {
  test.each<[string, number, number, Rgb]>([
    ['sRGB', 1, 13, [200, 30, 30]],
    ['nothing known', 2, 2, [200, 30, 30]],
    ['P3', 12, 13, [218, 0, 6]],
    ['linear light', 1, 8, [229, 96, 96]],
    ['BT.709', 1, 1, [206, 46, 46]],
  ])('whose nclx says %s', async (_, primaries, transfer, right) => {
    near(await shown(avifOf(primaries, transfer)), right)
    near(await shown(avifOf(primaries, transfer), 'w=160&fm=jpg&q=95'), right, 3)
  })

  test('of PQ and of HLG is told so', () => {
    expect(identify(avifOf(9, 16)).colour?.transfer).toBe('pq')
    expect(identify(avifOf(9, 18)).colour?.transfer).toBe('hlg')
  })

  test('with a profile is converted by its profile', async () => {
    const source = fixture('p3icc.avif')
    expect(identify(source).colour).toBeUndefined()
    near(await shown(source), [200, 30, 30], 1)
  })

  /** Without its box of colours, as some encoders leave it out. */
  function withoutNclx(name: string): Buffer {
    const avif = fixture(name)
    avif.write('free', avif.indexOf('colrnclx', 'latin1'), 'latin1')
    return avif
  }

  test.each([
    ['its boxes', fixture('mono-limited.avif')],
    ['its sequence header alone', withoutNclx('mono-limited.avif')],
  ])('in grey of a narrow range, told by %s, reaches from black to white', async (_, source) => {
    const facts = identify(source)
    const { body } = await render(
      source,
      plan(exact(parse('fm=png'), { formats: 'basic', saveData: false }), facts),
    )
    const { channels } = await sharp(body).stats()
    expect(channels[0]?.min).toBeLessThanOrEqual(2)
    expect(channels[0]?.max).toBeGreaterThanOrEqual(253)
  })
})
