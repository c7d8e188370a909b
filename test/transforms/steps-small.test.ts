// What the smaller options of pixels do: hidden regions, chequerboards, kernels.
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import * as pictures from '../pictures.ts'
import { flat, made, picture, seen } from './pixel-steps.ts'

describe('hide', () => {
  const stripes = () =>
    picture(
      Array.from({ length: 40 }, () => Array.from({ length: 40 }, (_, x) => Array(3).fill(x % 2 ? 255 : 0))),
    )

  test.each(['pixelate', 'blur'])('by %s: a region, and nothing beside it', async (how) => {
    const found = await seen(await stripes(), `hide=10,10,20,20&hide-by=${how}`)
    for (const [x, y] of [
      [9, 20],
      [30, 20],
      [20, 9],
      [20, 30],
    ] as const)
      expect(found.at(x, y)[0]).toBe(x % 2 ? 255 : 0)
    for (const x of [14, 15, 16, 24, 25]) expect(Math.abs((found.at(x, 20)[0] ?? 0) - 128)).toBeLessThan(64)
  })

  test('by a colour: as opaque as it is, and nothing beside it', async () => {
    const whole = await seen(await stripes(), 'hide=10,10,20,20&hide-color=f00')
    expect([whole.at(20, 20).slice(0, 3), whole.at(9, 20)[0], whole.at(30, 30)[0]]).toEqual([
      [255, 0, 0],
      255,
      0,
    ])
    const half = await seen(await flat([255, 255, 255], 20, 20), 'hide=0,0,10,20&hide-color=80000000')
    expect([half.at(5, 5)[0], half.at(15, 5)[0]]).toEqual([127, 255])
  })

  test('begins inside the picture, or is an error that names it', async () => {
    const source = await stripes()
    expect(() => made(source, 'hide=50,0,5,5')).toThrow(/begins inside/)
  })

  test('is done to every frame of an animation', async () => {
    const film = await pictures.animatedGif()
    const { pages, body } = await made(film, 'hide=0,0,0.5,0.5&fm=webp')
    expect((await sharp(body).metadata()).pages).toBe(pages)
  })
})

describe('transparency=grid', () => {
  test('shows squares where the picture is transparent, and nothing where it is not', async () => {
    const half = await picture(
      Array.from({ length: 12 }, () =>
        Array.from({ length: 12 }, (_, x) => (x < 8 ? [9, 9, 9, 0] : [200, 0, 0, 255])),
      ),
    )
    const found = await seen(half, 'transparency=grid&grid-size=4&grid-colors=ff0000,0000ff')
    expect(
      [found.at(0, 0), found.at(4, 0), found.at(0, 4), found.at(4, 4), found.at(10, 1)].map((c) =>
        c.slice(0, 3),
      ),
    ).toEqual([
      [255, 0, 0],
      [0, 0, 255],
      [0, 0, 255],
      [255, 0, 0],
      [200, 0, 0],
    ])
    const opaque = await seen(await flat([1, 2, 3]), 'transparency=grid')
    expect(opaque.at(0, 0).slice(0, 3)).toEqual([1, 2, 3])
  })
})

describe('kernel', () => {
  test('nearest makes no new colours, the usual one does', async () => {
    const two = await picture([
      [
        [0, 0, 0],
        [255, 255, 255],
      ],
      [
        [255, 255, 255],
        [0, 0, 0],
      ],
    ])
    const coloursOf = async (query: string) => {
      const { body } = await made(two, `w=64&fm=png&${query}`)
      return new Set(await sharp(body).removeAlpha().raw().toBuffer()).size
    }
    expect(await coloursOf('kernel=nearest')).toBe(2)
    expect(await coloursOf('')).toBeGreaterThan(10)
    expect(await coloursOf('kernel=linear')).toBeGreaterThan(2)
  })
})
