// What `trim` cuts off, by the pixels of the source.
import sharp from 'sharp'
import { beforeAll, describe, expect, test } from 'vitest'
import { exact, identify, parse, plan } from '../../transforms/index.ts'
import { render } from '../../transforms/render/apply.ts'
import * as pictures from '../pictures.ts'
import { flat, made, seen } from './pixel-steps.ts'

const bordered = (
  background: string,
  options: { left: number; top: number; right: number; bottom: number },
) =>
  sharp({ create: { width: 30, height: 20, channels: 3, background: '#c80000' } })
    .extend({ ...options, background })
    .png()
    .toBuffer()

let white: Buffer
let clear: Buffer
beforeAll(async () => {
  white = await bordered('#ffffff', { left: 7, top: 5, right: 3, bottom: 9 })
  clear = await sharp({ create: { width: 30, height: 20, channels: 4, background: '#c80000' } })
    .extend({ left: 7, top: 5, right: 3, bottom: 9, background: '#00000000' })
    .png()
    .toBuffer()
})

const sizeOf = async (query: string, source: Buffer) => {
  const { width, height } = await seen(source, query)
  return [width, height]
}

describe('trim', () => {
  test.each([
    ['trim=auto', [30, 20]],
    ['trim=color', [30, 20]],
    ['trim=color&trim-color=ffffff', [30, 20]],
    ['trim=color&trim-color=000000', [40, 34]],
    ['trim=color&trim-color=f8f8f8', [40, 34]],
    ['trim=color&trim-color=f8f8f8&trim-tol=8', [30, 20]],
    ['trim=auto&trim-pad=2', [34, 24]],
    ['trim=auto&trim-pad=4', [37, 28]],
    ['trim=auto&trim-pad=-5', [20, 10]],
    ['trim=alpha', [40, 34]],
    ['trim=auto&w=60', [60, 40]],
    ['trim=auto&w=60&h=60&fit=crop', [60, 60]],
    ['trim=auto&or=90', [20, 30]],
    ['trim=auto&pad=1', [32, 22]],
    ['trim=auto&rect=0,0,20,34', [13, 20]],
    ['trim=auto&w=0.5', [15, 10]],
  ])('%s of a red picture with a white border is %j', async (query, size) => {
    expect(await sizeOf(query, white)).toEqual(size)
  })

  test.each([
    ['trim=alpha', [30, 20]],
    ['trim=colorunlessalpha', [30, 20]],
    ['trim=alpha&trim-pad=1', [32, 22]],
  ])('%s of one with a transparent border is %j', async (query, size) => {
    expect(await sizeOf(query, clear)).toEqual(size)
  })

  test('cuts a drawing in whatever size it is drawn', async () => {
    const drawing = Buffer.from(
      '<svg xmlns="http://www.w3.org/2000/svg" width="80" height="60"><rect x="20" y="10" width="40" height="40" fill="#c80000"/></svg>',
    )
    for (const [query, size] of [
      ['trim=alpha', [40, 40]],
      ['trim=alpha&w=200', [200, 200]],
      ['trim=alpha&w=10', [10, 10]],
    ] as const)
      expect([query, await sizeOf(`${query}&fm=png`, drawing)]).toEqual([query, size])
  })

  test('shows the content and nothing else', async () => {
    const found = await seen(white, 'trim=auto')
    expect([found.at(0, 0), found.at(29, 19)].map((c) => c.slice(0, 3))).toEqual([
      [200, 0, 0],
      [200, 0, 0],
    ])
  })

  test('takes a little noise for border, and leaves a picture that is all border as it is', async () => {
    const { data, info } = await sharp(white).raw().toBuffer({ resolveWithObject: true })
    const noisy = await sharp(
      data.map((value, at) => (value === 255 ? 255 - ((at * 7) % 9) : value)),
      {
        raw: { width: info.width, height: info.height, channels: 3 },
      },
    )
      .png()
      .toBuffer()
    expect(await sizeOf('trim=auto', noisy)).toEqual([30, 20])
    expect(await sizeOf('trim=auto&trim-md=1', noisy)).toEqual([40, 34])
    expect(await sizeOf('trim=auto', await flat([9, 9, 9], 12, 8))).toEqual([12, 8])
  })

  test('follows the EXIF orientation, and cuts all frames of an animation alike', async () => {
    const lying = await sharp(white)
      .jpeg({ quality: 100 })
      .withExif({ IFD0: { Orientation: '6' } })
      .toBuffer()
    const { orientation } = identify(lying)
    const [width = 0, height = 0] = await sizeOf('trim=color&trim-color=white&trim-tol=40', lying)
    expect([width, height]).toEqual(orientation === 6 ? [20, 30] : [30, 20])
    const film = await pictures.animatedGif()
    const { pages, body } = await made(film, 'trim=auto&trim-pad=-4&fm=webp')
    expect((await sharp(body).metadata()).pages).toBe(pages)
  })

  test('that makes the picture larger than anybody may ask for is refused in the worker', async () => {
    const black = { create: { width: 16, height: 16, channels: 3 as const, background: '#000000' } }
    const wide = await sharp({ create: { width: 2000, height: 16, channels: 3, background: '#ffffff' } })
      .composite([{ input: black, left: 0, top: 0 }])
      .jpeg({ quality: 100 })
      .toBuffer()
    const query = 'trim=color&trim-color=white&trim-tol=60&w=8192&fm=gif'
    const asked = plan(exact(parse(query), { formats: 'basic', saveData: false }), identify(wide))
    await expect(render(wide, asked)).rejects.toMatchObject({ kind: 'too-costly' })
  })
})
