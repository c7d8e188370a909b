// What watermarks, blends and masks that are pictures do to pixels.
import sharp from 'sharp'
import { beforeAll, describe, expect, test } from 'vitest'
import type { BlendMode } from '../../transforms/steps/blend.ts'
import * as pictures from '../pictures.ts'
import { flat, made, picture, seen } from './pixel-steps.ts'

let white: Buffer
/** Red, 10 by 6 pixels. */
let logo: Buffer
beforeAll(async () => {
  white = await flat([255, 255, 255], 60, 40)
  logo = await flat([255, 0, 0], 10, 6)
})

/** The box of pixels that are not white, as [left, top, right, bottom]. */
async function boxOf(query: string, further = [logo], source = white) {
  const found = await seen(source, query, further)
  const box = [found.width, found.height, -1, -1] as [number, number, number, number]
  for (let y = 0; y < found.height; y++)
    for (let x = 0; x < found.width; x++)
      if (Math.min(...found.at(x, y).slice(0, 3)) < 128) {
        box[0] = Math.min(box[0], x)
        box[1] = Math.min(box[1], y)
        box[2] = Math.max(box[2], x + 1)
        box[3] = Math.max(box[3], y + 1)
      }
  return box
}

describe('a shade', () => {
  test.each([
    // Above, in the middle, below; and on the left and on the right.
    ['shade=000', [252, 124, 3, 124, 124]],
    ['shade=80000000', [253, 190, 129, 190, 190]],
    ['shade=000&shade-ang=180', [3, 131, 252, 131, 131]],
    ['shade=000&shade-ang=90', [130, 130, 130, 2, 253]],
    ['shade=000&shade-from=0.6', [255, 255, 8, 255, 255]],
    ['shade=000&shade-from=0.25&shade-to=0.25', [255, 0, 0, 0, 0]],
  ] as const)('%s is %j light', async (query, light) => {
    const found = await seen(white, query)
    const at = ([x, y]: readonly [number, number]): number => found.at(x, y)[0] ?? -1
    const places = [
      [30, 0],
      [30, 20],
      [30, 39],
      [0, 20],
      [59, 20],
    ] as const
    for (const [n, place] of places.entries())
      expect([n, Math.abs(at(place) - (light[n] ?? 0)) <= 2]).toEqual([n, true])
  })

  test('has its colour, and leaves alone what is seen through', async () => {
    const found = await seen(white, 'shade=f00&shade-from=0&shade-to=0')
    expect(found.at(30, 30).slice(0, 3)).toEqual([255, 0, 0])
    const clear = await sharp({ create: { width: 8, height: 8, channels: 4, background: '#00000000' } })
      .png()
      .toBuffer()
    expect((await seen(clear, 'shade=f00')).at(4, 7)[3]).toBe(0)
  })
})

describe('a mark', () => {
  test.each([
    ['', [45, 29, 55, 35]],
    ['&mark-align=top,left', [5, 5, 15, 11]],
    ['&mark-align=middle,center', [25, 17, 35, 23]],
    ['&mark-align=bottom', [25, 29, 35, 35]],
    ['&mark-pad=0', [50, 34, 60, 40]],
    ['&mark-x=2', [2, 29, 12, 35]],
    ['&mark-x=2&mark-y=3', [2, 3, 12, 9]],
    ['&mark-x=55&mark-y=38', [55, 38, 60, 40]],
    ['&mark-w=20&mark-align=top,left', [5, 5, 25, 17]],
    ['&mark-w=0.5&mark-align=top,left', [5, 5, 35, 23]],
    ['&mark-scale=50&mark-align=top,left', [5, 5, 35, 23]],
    ['&mark-w=20&mark-h=20&mark-align=top,left', [5, 5, 25, 17]],
    ['&mark-w=20&mark-h=20&mark-fit=scale&mark-align=top,left', [5, 5, 25, 25]],
    ['&mark-w=20&mark-h=20&mark-fit=crop&mark-align=top,left', [5, 5, 25, 25]],
    ['&mark-w=20&mark-h=20&mark-fit=max&mark-align=top,left', [5, 5, 15, 11]],
    ['&mark-w=20&mark-h=20&mark-fit=fill&mark-align=top,left', [5, 9, 25, 21]],
    ['&mark-rot=90&mark-align=top,left', [5, 5, 11, 15]],
    ['&mark-tile=grid', [5, 5, 60, 40]],
    ['&mark-if-min-width=60&mark-align=top,left', [5, 5, 15, 11]],
    ['&mark-if-min-width=61', [60, 40, -1, -1]],
    ['&mark-if-min-height=41', [60, 40, -1, -1]],
  ] as const)('with "%s" fills %j', async (query, box) => {
    expect(await boxOf(`mark=logos:dot.png${query}`)).toEqual(box)
  })

  test('is as opaque as it is told to be', async () => {
    const found = await seen(white, 'mark=logos:dot.png&mark-alpha=50&mark-align=top,left', [logo])
    expect(Math.abs((found.at(8, 8)[1] ?? 0) - 128)).toBeLessThan(3)
  })

  test('keeps its own transparency, and is repeated with gaps', async () => {
    const half = await picture([
      [
        [0, 0, 255, 255],
        [0, 0, 255, 0],
      ],
    ])
    const found = await seen(white, 'mark=logos:dot.png&mark-tile=grid&mark-pad=1', [half])
    const blue = (x: number, y: number) => found.at(x, y)[0] === 0
    expect([blue(1, 1), blue(2, 1), blue(3, 1), blue(4, 1), blue(4, 2), blue(4, 3)]).toEqual([
      ...[true, false, false],
      ...[true, false, true],
    ])
  })

  test('may be of any format, lie on its side, and be larger than the picture', async () => {
    for (const each of [
      pictures.svg(),
      await pictures.avif(),
      await pictures.webp(),
      await pictures.lying(6),
    ]) {
      const [left, top, right, bottom] = await boxOf('mark=a:b&mark-w=30&mark-align=top,left', [each])
      expect([left, top]).toEqual([5, 5])
      expect(right - left).toBeGreaterThan(26)
      expect(bottom - top).toBeGreaterThan(16)
      expect(bottom - top).toBeLessThan(22)
    }
    const [left, , right] = await boxOf('mark=a:b&mark-pad=0', [await flat([255, 0, 0], 600, 40)])
    expect([left, right]).toEqual([0, 60])
  })

  test('is coloured on a grey picture, and lies on every frame of an animation', async () => {
    const found = await seen(await pictures.gray(), 'mark=a:b&mark-align=top,left', [logo])
    expect(found.at(8, 8)).toEqual([255, 0, 0])
    const { body } = await made(
      await pictures.animatedGif(),
      'mark=a:b&mark-align=top,left&fm=webp&lossless=1',
      [logo],
    )
    const { pages = 1 } = await sharp(body).metadata()
    expect(pages).toBeGreaterThan(1)
    for (let page = 0; page < pages; page++) {
      const raw = await sharp(body, { page })
        .extract({ left: 7, top: 7, width: 1, height: 1 })
        .raw()
        .toBuffer()
      expect([...raw.subarray(0, 3)]).toEqual([255, 0, 0])
    }
  })

  test('that is damaged is refused as a damaged source is', async () => {
    const broken = Buffer.from(logo)
    broken.fill(0, 50, 60)
    await expect(made(white, 'mark=a:b', [broken])).rejects.toMatchObject({ kind: 'source-broken' })
  })
})

describe('a blend', () => {
  /** Of Compositing and Blending 1, computed by hand for backdrop (200, 100, 50) and source (100, 150, 250), in 255ths. */
  const expected: Readonly<Record<BlendMode, readonly number[]>> = {
    normal: [100, 150, 250],
    multiply: [78, 59, 49],
    screen: [222, 191, 251],
    overlay: [188, 118, 98],
    darken: [100, 100, 50],
    lighten: [200, 150, 250],
    dodge: [255, 243, 255],
    burn: [115, 0, 46],
    hardlight: [157, 127, 247],
    softlight: [191, 111, 109],
    difference: [100, 50, 200],
    exclusion: [143, 132, 202],
    hue: [79, 129, 229],
    saturation: [200, 100, 50],
    color: [79, 129, 229],
    luminosity: [222, 122, 72],
  }

  test.each(Object.entries(expected))('in the mode %s', async (mode, colour) => {
    const found = await seen(await flat([200, 100, 50]), `blend=6496fa&blend-mode=${mode}`)
    for (const [c, value] of colour.entries())
      expect(Math.abs((found.at(3, 3)[c] ?? 0) - value)).toBeLessThan(3)
  })

  test('counts as far as the colour, and the blend, are opaque', async () => {
    const half = await seen(white, 'blend=80ff0000&blend-mode=normal')
    expect(Math.abs((half.at(3, 3)[1] ?? 0) - 127)).toBeLessThan(2)
    const quarter = await seen(white, 'blend=80ff0000&blend-mode=normal&blend-alpha=50')
    expect(Math.abs((quarter.at(3, 3)[1] ?? 0) - 191)).toBeLessThan(2)
  })

  test.each([
    ['', [0, 0, 10, 6]],
    ['&blend-size=inherit', [0, 0, 60, 40]],
    ['&blend-w=20', [0, 0, 20, 12]],
    ['&blend-align=bottom,right&blend-pad=4', [46, 30, 56, 36]],
    ['&blend-x=3&blend-y=7', [3, 7, 13, 13]],
  ] as const)('with a picture and "%s" fills %j', async (query, box) => {
    expect(await boxOf(`blend=a:b&blend-mode=normal${query}`)).toEqual(box)
  })

  test('uses a picture as a stencil for a colour', async () => {
    const found = await seen(white, 'blend=a:b&blend-mode=normal&blend-color=0000ff', [logo])
    expect([found.at(3, 3).slice(0, 3), found.at(30, 30).slice(0, 3)]).toEqual([
      [0, 0, 255],
      [255, 255, 255],
    ])
  })

  test('two pictures that steps need are told apart', async () => {
    const blue = await flat([0, 0, 255], 10, 6)
    const found = await seen(white, 'blend=a:one&blend-mode=normal&mark=a:two', [blue, logo])
    expect([found.at(3, 3).slice(0, 3), found.at(50, 32).slice(0, 3)]).toEqual([
      [0, 0, 255],
      [255, 0, 0],
    ])
  })
})

test('a mask shows what is light and opaque of its picture', async () => {
  const half = await picture([
    [
      [255, 255, 255, 255],
      [128, 128, 128, 255],
      [255, 255, 255, 0],
      [0, 0, 0, 255],
    ],
  ])
  const found = await seen(await flat([200, 0, 0], 4, 1), 'mask=a:b', [half])
  expect([0, 1, 2, 3].map((x) => found.at(x, 0)[3])).toEqual([255, 128, 0, 0])
})
