// What the options of size, shape, border, padding and canvas do to pixels.
import sharp from 'sharp'
import { beforeAll, describe, expect, test } from 'vitest'
import * as pictures from '../pictures.ts'
import { flat, made, picture, seen } from './pixel-steps.ts'

let red: Buffer
beforeAll(async () => {
  red = await flat([200, 0, 0], 60, 40)
})

const sizeOf = async (query: string, source = red) => {
  const { width, height } = await seen(source, query)
  return [width, height]
}

describe('padding', () => {
  test.each([
    ['pad=10', [80, 60]],
    ['pad=10&w=60', [60, 47]],
    ['pad=10&w=60&h=60', [60, 47]],
    ['pad=10&w=60&h=60&fit=crop', [60, 60]],
    ['pad=10&w=30&dpr=2', [60, 53]],
    ['pad-left=15&pad-top=5', [75, 45]],
    ['pad=10&rot=90&rot-type=pivot', [60, 80]],
    ['pad=10&w=10&h=10', [21, 21]],
  ])('%s makes a picture of %j', async (query, size) => {
    expect(await sizeOf(query)).toEqual(size)
  })

  test('is transparent, in the colour asked for, or white where the format has no transparency', async () => {
    const plain = await seen(red, 'pad=10')
    expect([plain.at(2, 2)[3], plain.at(12, 12)]).toEqual([0, [200, 0, 0, 255]])
    expect((await seen(red, 'pad=10&bg=navy')).at(2, 2).slice(0, 3)).toEqual([0, 0, 128])
    expect((await seen(red, 'pad=10&fm=jpg&q=100')).at(2, 2)).toEqual([255, 255, 255])
  })

  test('is an error that names it where no picture may be so large', async () => {
    const wide = await flat([0, 0, 0], 5000, 2)
    await expect(async () => made(wide, 'pad=4096')).rejects.toThrow(/8192/)
    expect(await sizeOf('pad=4000&h=8001', wide)).toEqual([8192, 8001])
  })
})

describe('border', () => {
  test('lies inside the edges, each side as wide as it is told to be', async () => {
    const found = await seen(red, 'border=4,0000ff&border-top=10&border-left=0')
    expect([found.width, found.height]).toEqual([60, 40])
    expect(found.at(30, 9).slice(0, 3)).toEqual([0, 0, 255])
    expect(found.at(30, 11).slice(0, 3)).toEqual([200, 0, 0])
    expect(found.at(0, 20).slice(0, 3)).toEqual([200, 0, 0])
    expect(found.at(57, 20).slice(0, 3)).toEqual([0, 0, 255])
    expect(found.at(55, 20).slice(0, 3)).toEqual([200, 0, 0])
  })

  test('rounds the corners of the picture, and those of its own inside', async () => {
    const found = await seen(red, 'border=5,0000ff&border-radius=15&border-radius-inner=10,0,0,0')
    expect(found.at(0, 0)[3]).toBe(0)
    expect(found.at(59, 39)[3]).toBe(0)
    expect(found.at(6, 6).slice(0, 3)).toEqual([0, 0, 255])
    expect(found.at(53, 6).slice(0, 3)).toEqual([200, 0, 0])
  })

  test('keeps its colour on a grey JPEG', async () => {
    const found = await seen(await pictures.gray(), 'border=10,ff0000&fm=jpg&q=100')
    expect(found.at(3, 3)[0]).toBeGreaterThan(240)
    expect(found.at(3, 3)[2]).toBeLessThan(20)
  })
})

describe('mask', () => {
  test('an ellipse touches the four edges', async () => {
    const found = await seen(red, 'mask=ellipse')
    expect([found.at(0, 0)[3], found.at(59, 39)[3], found.at(4, 4)[3]]).toEqual([0, 0, 0])
    expect([found.at(30, 20), found.at(30, 1), found.at(1, 20)].map(([r, , , a]) => [r, a])).toEqual(
      Array(3).fill([200, 255]),
    )
  })

  test('corners are rounded one by one, clockwise from the upper left', async () => {
    const found = await seen(red, 'mask=corners&corner-radius=20,0,10,0')
    const alphas = [found.at(0, 0), found.at(59, 0), found.at(59, 39), found.at(0, 39)].map(([, , , a]) => a)
    expect(alphas).toEqual([0, 255, 0, 255])
    expect(found.at(7, 2)[3]).toBe(0)
    expect(found.at(57, 34)[3]).toBe(255)
  })

  test('a radius that is not given is a fifth of the shorter side', async () => {
    const found = await seen(red, 'mask=corners')
    expect([found.at(0, 0)[3], found.at(3, 3)[3], found.at(8, 0)[3]]).toEqual([0, 255, 255])
  })

  test('shows its background outside, which is white in JPEG', async () => {
    expect((await seen(red, 'mask=ellipse&mask-bg=navy')).at(0, 0).slice(0, 3)).toEqual([0, 0, 128])
    expect((await seen(red, 'mask=ellipse&fm=jpg&q=100')).at(0, 0)).toEqual([255, 255, 255])
    expect((await seen(red, 'mask=ellipse&bg=lime&fm=jpg&q=100')).at(0, 0)[1]).toBeGreaterThan(240)
  })

  test('of a JPEG whose format is chosen becomes one with transparency', async () => {
    const { type } = await made(await pictures.jpeg(), 'mask=ellipse&auto=format')
    expect(type).toBe('image/png')
  })

  test('is done to every frame of an animation', async () => {
    const { body } = await made(await pictures.animatedGif(), 'mask=ellipse&fm=webp&lossless=1')
    const { pages = 1 } = await sharp(body).metadata()
    expect(pages).toBeGreaterThan(1)
    for (let page = 0; page < pages; page++) {
      const { data } = await sharp(body, { page }).raw().toBuffer({ resolveWithObject: true })
      expect(data[3]).toBe(0)
    }
  })
})

describe('canvas', () => {
  const tall = 'w=40&h=80&fit=fill'

  test.each([
    ['fill-color=0000ff', [0, 0, 255]],
    ['fill-color=0000ff&bg=lime', [0, 0, 255]],
    ['bg=lime', [0, 255, 0]],
  ])('is painted by %s', async (query, colour) => {
    const found = await seen(red, `${tall}&${query}`)
    expect(found.at(20, 2).slice(0, 3)).toEqual(colour)
    expect(found.at(20, 40).slice(0, 3)).toEqual([200, 0, 0])
  })

  test('may be transparent beside an opaque picture', async () => {
    const found = await seen(await pictures.jpeg({ width: 60, height: 40 }), `${tall}&fill-color=transparent`)
    expect(found.at(20, 2)[3]).toBe(0)
  })

  test('is the blurred picture itself', async () => {
    const found = await seen(red, `${tall}&fill=blur`)
    for (const y of [1, 40, 78])
      expect(Math.abs((found.at(20, y)[0] ?? 0) - 200) + (found.at(20, y)[2] ?? 0)).toBeLessThan(8)
    const quarters = await seen(await pictures.png(), 'w=100&h=200&fit=fill&fill=blur')
    const [near, far] = [quarters.at(20, 20), quarters.at(80, 180)]
    expect(near.slice(0, 3)).not.toEqual(far.slice(0, 3))
    expect(near.slice(0, 3)).not.toEqual([255, 255, 255])
  })

  test('runs from one colour to another, across picture and canvas, in a direction', async () => {
    const down = await seen(red, `${tall}&fill=gradient&fill-gradient-linear=ff0000,0000ff`)
    expect(down.at(20, 1)[0]).toBeGreaterThan(240)
    expect(down.at(20, 78)[2]).toBeGreaterThan(240)
    const up = await seen(
      red,
      `${tall}&fill=gradient&fill-gradient-linear=ff0000,0000ff&fill-gradient-linear-direction=bottom,top`,
    )
    expect(up.at(20, 1)[2]).toBeGreaterThan(240)
    const across = await seen(
      red,
      `${tall}&fill=gradient&fill-gradient-linear=ff0000,0000ff&fill-gradient-linear-direction=left,right`,
    )
    expect(across.at(1, 2)[0]).toBeGreaterThan(240)
    expect(across.at(38, 2)[2]).toBeGreaterThan(240)
  })

  test('a gradient turns with the picture', async () => {
    const turned = await seen(
      red,
      'w=80&h=80&fit=fill&fill=gradient&fill-gradient-linear=ff0000,0000ff&rot=90',
    )
    // What was on top is on the left once it is turned counter-clockwise.
    expect(turned.at(1, 40)[0]).toBeGreaterThan(240)
    expect(turned.at(78, 40)[2]).toBeGreaterThan(240)
  })

  test('runs round a point', async () => {
    const found = await seen(
      red,
      `${tall}&fill=gradient&fill-gradient-type=radial&fill-gradient-radial=ffffff,000000&fill-gradient-radial-y=0&fill-gradient-radial-radius=0,0.5`,
    )
    expect(found.at(20, 0)[0]).toBeGreaterThan(230)
    expect(found.at(20, 79)[0]).toBeLessThan(10)
  })

  test.each([
    ['srgb', 128],
    ['linear', 188],
    ['oklab', 99],
  ])('black and white are mixed in %s as %i', async (space, middle) => {
    const found = await seen(
      red,
      `w=40&h=161&fit=fill&fill=gradient&fill-gradient-linear=000000,ffffff&fill-gradient-linear-direction=left,right&fill-gradient-cs=${space}`,
    )
    expect(Math.abs(((found.at(19, 2)[0] ?? 0) + (found.at(20, 2)[0] ?? 0)) / 2 - middle)).toBeLessThan(4)
  })
})

describe('bounds of sides', () => {
  test.each([
    ['fit=crop&w=30&max-h=10', [30, 10]],
    ['fit=crop&w=30&max-h=50', [30, 20]],
    ['fit=crop&h=40&max-w=25', [25, 40]],
    ['fit=crop&h=40&min-w=80', [80, 40]],
    ['fit=crop&max-w=50&max-h=50', [50, 40]],
    ['fit=crop&w=30&max-h=10&dpr=2', [60, 20]],
    ['fit=clip&w=30&max-h=10', [30, 20]],
  ])('%s makes a picture of %j', async (query, size) => {
    expect(await sizeOf(query)).toEqual(size)
  })
})

test('fp-z enlarges what is round the focal point', async () => {
  const source = await picture(
    Array.from({ length: 40 }, (_, y) =>
      Array.from({ length: 40 }, (_, x) => (x >= 25 && y >= 25 ? [0, 0, 255] : [255, 0, 0])),
    ),
  )
  const blueShare = async (query: string) => {
    const { body } = await made(source, `w=40&h=40&fit=crop&crop=focalpoint&fp-x=0.9&fp-y=0.9&fm=png${query}`)
    return ((await sharp(body).stats()).channels[2]?.mean ?? 0) / 255
  }
  expect(await blueShare('')).toBeLessThan(0.2)
  expect(await blueShare('&fp-z=2')).toBeGreaterThan(0.5)
  expect(await blueShare('&fp-z=4')).toBeGreaterThan(0.95)
})

describe('opacity', () => {
  test('lets the background through, or nothing where there is none', async () => {
    expect((await seen(red, 'opacity=50')).at(9, 9)).toEqual([200, 0, 0, 128])
    expect((await seen(red, 'opacity=50&fm=jpg&q=100')).at(9, 9)[1]).toBeGreaterThan(120)
    const [r = 0, , b = 0] = (await seen(red, 'opacity=50&bg=0000ff')).at(9, 9)
    expect([Math.abs(r - 100) < 3, Math.abs(b - 127) < 3]).toEqual([true, true])
  })
})

describe('the shapes of a mask', () => {
  /** Seen or not at the left and right edge, in the middle, and near the upper and lower edge of the middle. */
  const look = async (shape: string) => {
    const { at } = await seen(red, `mask=${shape}`)
    const isSeen = ([x, y]: readonly [number, number]) => (at(x, y)[3] ?? 0) > 200
    const points = [
      [2, 20],
      [57, 20],
      [30, 20],
      [12, 3],
      [47, 3],
      [12, 36],
      [47, 36],
    ] as const
    return points.map((point) => (isSeen(point) ? 'x' : '.')).join('')
  }

  test.each([
    ['ellipse', 'xxx....'],
    ['circle', '..x....'],
    ['square', '..xxxxx'],
    ['triangle', '..x..xx'],
    ['triangle-180', '..xxx..'],
    ['pentagon', '..x....'],
    ['hexagon', '..x....'],
    ['star', '..x....'],
    ['heart', '..xxx..'],
  ])('%s leaves %s', async (shape, expected) => {
    expect(await look(shape)).toBe(expected)
  })

  test('no two are the same', async () => {
    const shapes = 'circle square triangle triangle-180 pentagon pentagon-180 hexagon star heart'.split(' ')
    const found = await Promise.all(
      shapes.map(async (shape) => (await made(red, `mask=${shape}&fm=png`)).body),
    )
    expect(new Set(found.map((body) => Buffer.from(body).toString('base64'))).size).toBe(shapes.length)
  })
})

test('a picture turned with its frame has corners in the background, or none', async () => {
  const turned = await seen(red, 'rot=45&rot-type=pivot')
  expect([turned.width, turned.height, turned.at(2, 2)[3], turned.at(35, 35)]).toEqual([
    70,
    70,
    0,
    [200, 0, 0, 255],
  ])
  expect((await seen(red, 'rot=45&rot-type=pivot&bg=navy')).at(2, 2).slice(0, 3)).toEqual([0, 0, 128])
  expect((await seen(red, 'rot=45&rot-type=pivot&fm=jpg&q=100')).at(2, 2)).toEqual([255, 255, 255])
})
