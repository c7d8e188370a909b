// What the options of colour do to pixels of known colours.
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import * as pictures from '../pictures.ts'
import { flat, made, picture, seen } from './pixel-steps.ts'

const colourOf = async (colour: readonly [number, number, number], query: string) =>
  (await seen(await flat(colour), query)).at(3, 3).slice(0, 3)

test.each([
  ['bri=20', [100, 50, 230], [151, 101, 255]],
  ['bri=-20', [100, 50, 230], [49, 0, 179]],
  ['gain=1.5', [100, 50, 230], [150, 75, 255]],
  ['con=50', [128, 28, 228], [128, 0, 255]],
  ['con=-100', [0, 255, 90], [128, 128, 128]],
  ['gam=50', [64, 64, 64], [128, 128, 128]],
  ['gam=-50', [128, 128, 128], [64, 64, 64]],
  // Half the light of white is 188 in sRGB.
  ['exp=-50', [255, 255, 255], [188, 188, 188]],
  ['exp=50', [188, 188, 188], [255, 255, 255]],
  ['shad=100', [0, 0, 0], [0, 0, 0]],
  ['high=-100', [255, 255, 255], [178, 178, 178]],
  ['sat=-100', [255, 0, 0], [54, 54, 54]],
  ['sat=100', [120, 100, 100], [136, 96, 96]],
  ['vib=100', [255, 0, 0], [255, 0, 0]],
  ['hue=120', [128, 128, 128], [128, 128, 128]],
  ['invert=true', [10, 20, 30], [245, 235, 225]],
  ['monochrome=ff0000', [255, 255, 255], [255, 0, 0]],
  ['monochrome=ff0000', [0, 0, 0], [0, 0, 0]],
  ['monochrome=80ff0000', [255, 255, 255], [255, 127, 127]],
  ['sepia=100', [100, 100, 100], [135, 120, 94]],
  ['sepia=50', [100, 100, 100], [117, 110, 97]],
  ['duotone=000080,ffd700', [0, 0, 0], [0, 0, 128]],
  ['duotone=000080,ffd700', [255, 255, 255], [255, 215, 0]],
  ['duotone=000000,ffffff&duotone-alpha=50', [255, 0, 0], [154, 27, 27]],
  ['balance=10,0,-20', [100, 50, 230], [126, 50, 179]],
  ['threshold=50', [120, 130, 140], [255, 255, 255]],
  ['threshold=51', [120, 130, 140], [0, 0, 0]],
  ['threshold=100', [255, 255, 255], [255, 255, 255]],
  ['usm=100', [120, 130, 140], [120, 130, 140]],
] as const)('%s makes %j of %j', async (query, colour, expected) => {
  const found = await colourOf(colour, query)
  for (const [c, value] of expected.entries())
    expect(Math.abs((found[c] ?? 0) - value)).toBeLessThanOrEqual(1)
})

test('hue turns red by a third of the wheel to green', async () => {
  const [red = 0, green = 0, blue = 0] = await colourOf([255, 0, 0], 'hue=120')
  expect(green).toBeGreaterThan(red)
  expect(green).toBeGreaterThan(blue)
})

test('shadows lighten what is dark, highlights darken what is light, and vibrance strengthens what is pale', async () => {
  expect((await colourOf([40, 40, 40], 'shad=80'))[0]).toBeGreaterThan(50)
  expect((await colourOf([230, 230, 230], 'shad=80'))[0]).toBeLessThan(234)
  expect((await colourOf([230, 230, 230], 'high=-80'))[0]).toBeLessThan(190)
  expect((await colourOf([40, 40, 40], 'high=-80'))[0]).toBeGreaterThan(37)
  const spread = async (query: string) => {
    const found = await colourOf([140, 120, 120], query)
    return Math.max(...found) - Math.min(...found)
  }
  expect(await spread('vib=100')).toBeGreaterThan(30)
})

describe('transparency', () => {
  test.each([
    'bri=30',
    'sat=50',
    'vib=50',
    'invert=1',
    'mono=red',
    'sepia=80',
    'duotone=red,blue',
    'balance=10,0,0',
    'threshold=40',
    'htn=4',
    'usm=50',
    'auto=enhance',
  ])('%s leaves it as it is', async (query) => {
    const source = await picture([
      [
        [200, 10, 10, 0],
        [200, 10, 10, 90],
        [200, 10, 10, 255],
      ],
    ])
    const found = await seen(source, query)
    expect([0, 1, 2].map((x) => found.at(x, 0)[3])).toEqual([0, 90, 255])
  })
})

test.each(['sepia=80', 'mono=red', 'balance=20,0,0', 'duotone=navy,gold', 'bri=20&sepia=40'])(
  'a grey JPEG is coloured by %s, in JPEG too',
  async (query) => {
    const { body } = await made(await pictures.gray(), query)
    const { format, channels } = await sharp(body).metadata()
    expect([format, channels]).toEqual(['jpeg', 3])
    const [red, , blue] = (await sharp(body).stats()).channels.map(({ mean }) => mean)
    expect(Math.abs((red ?? 0) - (blue ?? 0))).toBeGreaterThan(10)
  },
)

test.each(['bri=20', 'threshold=50', 'sat=50', 'mono=888888', 'invert=1', 'htn=5'])(
  'a grey JPEG stays grey with %s',
  async (query) => {
    const { body } = await made(await pictures.gray(), query)
    expect((await sharp(body).metadata()).channels).toBe(1)
  },
)

describe('auto=enhance', () => {
  const rangeOf = async (bytes: Uint8Array) => {
    const { channels } = await sharp(bytes).stats()
    return Math.max(...channels.map(({ max }) => max)) - Math.min(...channels.map(({ min }) => min))
  }
  const ramp = (from: number, to: number) =>
    picture([
      Array.from({ length: 256 }, (_, x) => Array(3).fill(Math.round(from + ((to - from) * x) / 255))),
    ])

  test('stretches a dull picture, but only so far', async () => {
    const dull = await ramp(40, 215)
    expect(await rangeOf((await made(dull, 'auto=enhance&fm=png')).body)).toBeGreaterThan(245)
    const fog = await ramp(110, 150)
    expect(await rangeOf((await made(fog, 'auto=enhance&fm=png')).body)).toBeLessThan(90)
  })

  test('leaves a picture of one colour, and nearly one that has the whole range', async () => {
    expect(await colourOf([120, 120, 120], 'auto=enhance')).toEqual([120, 120, 120])
    const whole = await seen(await ramp(0, 255), 'auto=enhance')
    for (const x of [0, 64, 128, 192, 255])
      expect(Math.abs((whole.at(x, 0)[0] ?? 0) - x)).toBeLessThanOrEqual(4)
  })
})

describe('htn', () => {
  test('keeps how light a place is, in dots of ink on white', async () => {
    for (const grey of [60, 128, 200]) {
      const source = await sharp({
        create: { width: 64, height: 64, channels: 3, background: { r: grey, g: grey, b: grey } },
      })
        .toColourspace('b-w')
        .png()
        .toBuffer()
      const { body } = await made(source, 'htn=8&fm=png')
      const [stats] = (await sharp(body).toColourspace('b-w').stats()).channels
      expect(Math.abs((stats?.mean ?? 0) - grey)).toBeLessThan(20)
      expect(stats?.max).toBe(255)
      expect(stats?.min).toBeLessThan(40)
    }
  })

  test('leaves white paper white, and makes red of magenta and yellow', async () => {
    expect(await colourOf([255, 255, 255], 'htn=6')).toEqual([255, 255, 255])
    const { body } = await made(await flat([255, 0, 0], 32, 32), 'htn=6&fm=png')
    const [red = 0, green = 0, blue = 0] = (await sharp(body).stats()).channels.map(({ mean }) => mean)
    expect(red).toBeGreaterThan(green + 150)
    expect(red).toBeGreaterThan(blue + 120)
  })
})

test('usm makes an edge steeper, and less steep where it is negative', async () => {
  const edge = await picture(
    Array.from({ length: 9 }, () => Array.from({ length: 40 }, (_, x) => Array(3).fill(x < 20 ? 100 : 150))),
  )
  const across = async (query: string) => {
    const found = await seen(edge, query)
    return (found.at(20, 4)[0] ?? 0) - (found.at(19, 4)[0] ?? 0)
  }
  expect(await across('usm=60')).toBeGreaterThan(60)
  expect(await across('usm=-60')).toBeLessThan(40)
})
