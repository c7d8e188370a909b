// Transparent pixels: what is put behind them, and what happens along their edges.
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { identify } from '../../transforms/identify.ts'
import { exact, parse, plan } from '../../transforms/index.ts'
import { render } from '../../transforms/render/apply.ts'
import * as pictures from '../pictures.ts'

async function made(source: Uint8Array, query: string): Promise<Buffer> {
  const asked = plan(exact(parse(query), { formats: 'basic', saveData: false }), identify(source))
  return Buffer.from((await render(source, asked)).body)
}

async function pixelsOf(bytes: Uint8Array) {
  const { data, info } = await sharp(bytes, { animated: true })
    .toColourspace('srgb')
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  const at = (x: number, y: number): number[] => [...data.subarray((y * info.width + x) * 4).subarray(0, 4)]
  return { data, at, width: info.width }
}

/** A disc of one colour on transparent pixels, whose hidden colour is another. */
async function disc(colour: string, hidden: string, size = 200): Promise<Buffer> {
  const mask = Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}"><rect width="${size}" height="${size}" fill="#000"/><circle cx="${size / 2}" cy="${size / 2}" r="${size * 0.35}" fill="#fff"/></svg>`,
  )
  const alpha = await sharp(mask).toColourspace('b-w').extractChannel(0).raw().toBuffer()
  const raw = { width: size, height: size, channels: 3 } as const
  const [shown, unseen] = await Promise.all(
    [colour, hidden].map((background) =>
      sharp({ create: { ...raw, background } })
        .raw()
        .toBuffer(),
    ),
  )
  const data = Buffer.alloc(size * size * 4)
  for (let i = 0; i < size * size; i++) {
    const from = (alpha[i] === 0 ? unseen : shown) ?? Buffer.alloc(0)
    from.copy(data, i * 4, i * 3, i * 3 + 3)
    data[i * 4 + 3] = alpha[i] ?? 0
  }
  return sharp(data, { raw: { ...raw, channels: 4 } })
    .png()
    .toBuffer()
}

/** How far a colour that is seen lies from the disc's own, at most; what is nearly transparent counts as far as it shows. */
async function ring(bytes: Uint8Array, own: readonly number[]): Promise<number> {
  const { data } = await pixelsOf(bytes)
  let most = 0
  for (let i = 0; i < data.length; i += 4)
    for (const channel of [0, 1, 2])
      most = Math.max(
        most,
        (Math.abs((data[i + channel] ?? 0) - (own[channel] ?? 0)) * (data[i + 3] ?? 0)) / 255,
      )
  return most
}

describe('a half-transparent background', () => {
  const orange = [255, 140, 0, 128]

  test.each(['png', 'webp&lossless=true', 'avif&q=100'])(
    'is behind a transparent picture in %s',
    async (format) => {
      const { at } = await pixelsOf(await made(await disc('#fff', '#000'), `bg=80ff8c00&w=100&fm=${format}`))
      for (const [channel, value] of orange.entries())
        expect(Math.abs((at(2, 2)[channel] ?? 0) - value), `${at(2, 2)}`).toBeLessThanOrEqual(4)
      expect(Math.min(...at(50, 50))).toBeGreaterThan(250)
    },
  )

  test('is as dark behind the picture as on the canvas round it', async () => {
    const { at } = await pixelsOf(
      await made(await disc('#fff', '#000'), 'bg=80ff8c00&w=200&h=100&fit=fill&fm=png'),
    )
    expect([at(2, 50), at(52, 2), at(100, 50)]).toEqual([orange, orange, [255, 255, 255, 255]])
  })

  test('is behind every frame of an animation, turned or not', async () => {
    const stills = ['#fff', '#0f0', '#00f'].map(async (colour) =>
      sharp(await disc(colour, '#000', 40))
        .webp({ lossless: true })
        .toBuffer(),
    )
    const joined = sharp(await Promise.all(stills), { join: { animated: true } })
    const film = await joined.webp({ lossless: true }).toBuffer()
    for (const query of ['', '&or=90', '&blur=5', '&w=60&h=40&fit=fill']) {
      const { at } = await pixelsOf(await made(film, `bg=80ff8c00&fm=webp&lossless=true${query}`))
      for (const y of [1, 41, 81]) expect(at(1, y), `${query} ${y}`).toEqual(orange)
    }
  })

  test('is behind a grey picture as well', async () => {
    const grey = await sharp(await disc('#fff', '#000'))
      .toColourspace('b-w')
      .png()
      .toBuffer()
    for (const [bg, expected] of [
      ['80808080', [128, 128, 128, 128]],
      ['80ff8c00', orange],
    ] as const) {
      const { at } = await pixelsOf(await made(grey, `bg=${bg}&fm=png`))
      expect(at(2, 2)).toEqual(expected)
    }
  })

  test('is on the canvas of an opaque picture, and nowhere else', async () => {
    const { at } = await pixelsOf(await made(await pictures.jpeg(), 'bg=80ff8c00&w=96&h=96&fit=fill&fm=png'))
    expect(at(2, 2)).toEqual(orange)
    expect(at(2, 40)[3]).toBe(255)
  })
})

describe('the edge of a transparent picture has no ring', () => {
  test.each([
    ['#fff', '#000', [255, 255, 255]],
    ['#000', '#fff', [0, 0, 0]],
    ['#808080', '#000', [128, 128, 128]],
    ['#c02040', '#00ff00', [192, 32, 64]],
  ] as const)('%s with %s hidden', async (colour, hidden, own) => {
    const source = await disc(colour, hidden)
    // Resizing by itself leaves a faint light ring on colours that are neither black nor white.
    const isPlain = own.every((value) => value % 255 === 0)
    const sharp = [
      'sharp=50',
      'sharp=100',
      'sharp=50&w=100',
      'sharp=100&w=61',
      'sharp=50&w=300',
      'blur=20&sharp=50',
    ]
    for (const query of [...sharp, 'blur=50', ...(isPlain ? ['w=61', 'blur=50&w=100', 'rot=17&w=100'] : [])])
      expect(await ring(await made(source, `${query}&fm=png`), own), query).toBeLessThanOrEqual(
        isPlain ? 3 : 5,
      )
  })

  test('nor in a grey picture, or in the frames of an animation', async () => {
    const grey = await sharp(await disc('#808080', '#000'))
      .toColourspace('b-w')
      .png()
      .toBuffer()
    expect(await ring(await made(grey, 'sharp=50&fm=png'), [128, 128, 128])).toBeLessThanOrEqual(3)
    const still = await sharp(await disc('#808080', '#000'))
      .webp({ lossless: true })
      .toBuffer()
    const film = await sharp([still, still], { join: { animated: true } })
      .webp({ lossless: true })
      .toBuffer()
    const query = 'sharp=50&fm=webp&lossless=true'
    expect(await ring(await made(film, query), [128, 128, 128])).toBeLessThanOrEqual(3)
  })
})

test('an opaque picture with an alpha channel is sharpened as one without', async () => {
  const plain = await pictures.png()
  const same = await sharp(plain).ensureAlpha().png().toBuffer()
  const [one, other] = await Promise.all([plain, same].map((source) => made(source, 'sharp=50&w=60&fm=png')))
  expect((await pixelsOf(one ?? plain)).data).toEqual((await pixelsOf(other ?? plain)).data)
})
