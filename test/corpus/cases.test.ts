// Small pictures that went wrong once, each as a browser asks a whole server for it, and what is right.
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import sharp, { type Metadata } from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Answered } from '../journeys/cdn.ts'
import { colourDifference, type Rgb } from '../transforms/colour-difference.ts'
import { aHalftone, type Halftone, type Keys } from '../uploadcare/halftone.ts'

const folder = fileURLToPath(new URL('../../../shared/cases', import.meta.url))
const read = (name: string): Buffer => readFileSync(`${folder}/${name}`)

describe.skipIf(!existsSync(folder))('of the small cases', () => {
  let halftone: Halftone
  let keys: Keys

  beforeAll(async () => {
    halftone = await aHalftone({
      // A busy machine is not what is looked at.
      ...{ renderDeadlineMs: '4m', shieldDeadlineMs: '5m', edgeDeadlineMs: '5m' },
      sources: { f: { folder }, replaced: { folder, fallback: '/f/or-upright.png' } },
    })
    keys = await halftone.keys('shop')
  })
  afterAll(() => halftone?.stop())

  const modern = 'image/avif,image/webp,*/*'
  const answered = (address: string): Promise<Answered> => halftone.get(address, { accept: modern })

  async function got(address: string): Promise<Answered & { metadata: Metadata }> {
    const answer = await answered(`/f/${address}`)
    expect(answer.status, `${address} ${answer.status === 200 ? '' : answer.body}`).toBe(200)
    return { ...answer, metadata: await sharp(answer.body, { animated: true }).metadata() }
  }

  /** With alpha, as they are shown. */
  async function pixels(body: Uint8Array) {
    const { data, info } = await sharp(body, { animated: true })
      .toColourspace('srgb')
      .ensureAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true })
    const at = (x: number, y: number): number[] => [...data.subarray((y * info.width + x) * 4).subarray(0, 4)]
    return { data, at, ...info }
  }

  const pixelsOf = async (address: string) => pixels((await got(address)).body)

  function near(found: readonly number[], right: readonly number[], most: number): void {
    for (const [i, value] of right.entries())
      expect(Math.abs((found[i] ?? 0) - value), `${found} is not ${right}`).toBeLessThanOrEqual(most)
  }

  describe('animations', () => {
    test.each(['lp65535.gif', 'lp65534.gif'])('%s repeats as often as its format can say', async (name) => {
      for (const query of ['', '?w=30&auto=format']) {
        const { metadata } = await got(name + query)
        expect([metadata.pages, metadata.loop === 0 || (metadata.loop ?? 0) >= 65_534]).toEqual([4, true])
      }
    })

    test.each(['', '?w=30&fm=webp', '?w=30&fm=gif'])(
      'dl70.gif%s shows a frame for 70 seconds',
      async (query) => {
        expect((await got(`dl70.gif${query}`)).metadata.delay).toEqual([100, 70_000, 100, 100])
      },
    )

    test('a damaged one is a problem of its source, and in its place the fallback is shown', async () => {
      expect((await answered('/f/m0013.webp?w=64')).status).toBe(422)
      const { status, headers, body } = await answered('/replaced/m0013.webp?w=64')
      expect([status, headers['content-type']]).toEqual([422, 'image/png'])
      expect((await sharp(body).metadata()).width).toBe(64)
    })

    test('one without loss goes out as it is', async () => {
      const { body } = await got('dancing_banana2.lossless.webp')
      expect(body.length).toBeLessThanOrEqual(4_764)
      const [made, own] = await Promise.all([pixels(body), pixels(read('dancing_banana2.lossless.webp'))])
      expect(made.data.equals(own.data)).toBe(true)
    })

    test.each(['', '?q=75', '?w=440', '?fm=gif'])('one of 380 frames is made: %s', async (query) => {
      expect((await got(`gif-anim-muybridge-380.gif${query}`)).metadata.pages).toBe(380)
    })

    test('what is disposed of is transparent, where each frame was', async () => {
      const { data } = await pixelsOf('gif-dispose-background.gif')
      const clear = [0, 1, 2, 3, 4].map((n) => {
        const frame = data.subarray(n * 40_000, (n + 1) * 40_000)
        return frame.filter((value, i) => i % 4 === 3 && value === 0).length
      })
      expect(clear).toEqual([0, 0, 1000, 1964, 2939])
    })

    test('what their own bytes keep moving keeps moving, and sized they are one frame', async () => {
      for (const name of ['anim.avif', 'anim.png']) {
        const { status, body } = await answered(`/f/${name}`)
        expect([name, status, body.equals(read(name))]).toEqual([name, 200, true])
        expect((await got(`${name}?w=60`)).metadata).toMatchObject({ width: 60, height: 40 })
      }
    })
  })

  describe('colour', () => {
    test('Display P3 is converted, by code points as by a profile', async () => {
      near((await pixelsOf('p3nclx.avif?w=160&fm=jpg')).at(2, 2), [218, 0, 9], 3)
      near((await pixelsOf('p3icc.avif?w=160&fm=jpg')).at(2, 2), [200, 30, 30], 3)
    })

    test('PQ is mapped to sRGB: far above the white of a page all of it is white', async () => {
      near((await pixelsOf('pqnclx.avif?fm=jpg')).at(310, 190), [255, 255, 255], 3)
    })

    test('PNG by cICP and gAMA', async () => {
      near((await pixelsOf('cicp-p3.png?fm=png')).at(2, 2), [218, 0, 6], 3)
      const [red = 0, green = 0] = (await pixelsOf('gama1.png?fm=png')).at(2, 2)
      // Linear light: (v / 255) by the curve of sRGB.
      near([red, green], [228, 96], 3)
    })

    test('grey of a limited range is all of black to white', async () => {
      const greys = (await pixelsOf('mono-limited.avif?fm=png')).data.filter((_, i) => i % 4 === 0).toSorted()
      expect(greys[0]).toBeLessThanOrEqual(2)
      expect(greys.at(-1)).toBeGreaterThanOrEqual(253)
    })

    const red: Rgb = [220, 0, 0]
    const formats = ['jpg', 'webp', 'avif'].flatMap((format) => [
      [`fm=${format}`, 5] as const,
      [`fm=${format}&q=90`, 3] as const,
    ])
    test.each(formats)('red words as %s are off by a CIEDE2000 of %d at most', async (query, most) => {
      const [{ data: before }, { data: after }] = [
        await pixels(read('text.png')),
        await pixelsOf(`text.png?${query}`),
      ]
      const rgb = (data: Uint8Array, i: number): Rgb => [data[i] ?? 0, data[i + 1] ?? 0, data[i + 2] ?? 0]
      const words = Array.from({ length: before.length / 4 }, (_, i) => i * 4).filter(
        (i) => colourDifference(rgb(before, i), red) < 15,
      )
      const off = words.reduce((sum, i) => sum + colourDifference(rgb(before, i), rgb(after, i)), 0)
      expect(off / words.length).toBeLessThanOrEqual(most)
    })
  })

  describe('bytes', () => {
    test.each(['base', 'prog'])('a JPEG without its end (%s) is the whole one', async (kind) => {
      const [open, whole] = await Promise.all([
        pixelsOf(`${kind}-noeoi.jpg?w=32`),
        pixelsOf(`${kind}-whole.jpg?w=32`),
      ])
      expect(open.data.equals(whole.data)).toBe(true)
    })

    test.each([
      ['png-gamma-chunk.png', 779],
      ['flat.png?auto=format', 5_672],
      ['logo.png?auto=format', 7_721],
    ])('%s is no larger than its source', async (address, most) => {
      expect((await got(address)).body.length).toBeLessThanOrEqual(most)
    })
  })

  describe('geometry', () => {
    test('rot turns counter-clockwise within the frame and covers it', async () => {
      const [before, after] = [await pixels(read('or-upright.png')), await pixelsOf('or-upright.png?rot=90')]
      expect([after.width, after.height]).toEqual([300, 200])
      // What was at the right lies above, what was at the left below.
      near(after.at(10, 10), before.at(290, 10), 3)
      near(after.at(290, 10), before.at(290, 190), 3)
      near(after.at(10, 190), before.at(10, 10), 3)
    })

    test('a half-transparent background is behind the picture', async () => {
      const { at } = await pixelsOf('softdisc.png?bg=80ff8c00')
      near(at(2, 2), [255, 140, 0, 128], 3)
      near(at(200, 200), [255, 0, 0, 255], 3)
    })

    test('sharpening makes no ring', async () => {
      const { data } = await pixelsOf('whitedisc-hiddenblack.png?w=100&fm=png&sharp=50')
      const shown = Array.from({ length: data.length / 4 }, (_, i) => [
        data[i * 4] ?? 0,
        data[i * 4 + 3] ?? 0,
      ])
      const darkest = Math.max(...shown.map(([grey = 0, alpha = 0]) => ((255 - grey) * alpha) / 255))
      expect(darkest).toBeLessThanOrEqual(3)
    })

    test('a region outside the picture is refused by its name', async () => {
      const { status, body } = await answered('/f/or-upright.png?rect=1000,10,10,10')
      expect([status, body.toString().includes('rect')]).toEqual([400, true])
    })

    test.each([
      ['mm.svg?w=300', 300, 150],
      ['mm.svg?w=2000', 2000, 1000],
      ['ns0.svg?w=40&fm=png', 40, 20],
      ['utf16.svg?w=40&fm=png', 40, 20],
      ['favicon.ico?w=50', 50, 50],
      ['bmp_24.bmp?w=50', 50, 50],
    ])('%s is %d by %d', async (address, width, height) => {
      expect((await got(address)).metadata).toMatchObject({ width, height })
    })
  })

  describe('what is uploaded', () => {
    const post = (path: string, type: string, body: Uint8Array, accept = '*/*') =>
      fetch(halftone.url + path, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${keys.publicKey}.${keys.secretKey}`,
          'content-type': type,
          accept,
        },
        body: new Uint8Array(body),
      })

    test('has the type that its bytes say', async () => {
      const answer = await post('/v1/files', 'application/octet-stream', read('plain.heic'))
      expect(await answer.json()).toMatchObject({ type: 'image/heic' })
    })

    test('as a packed drawing is optimised into text', async () => {
      const answer = await post('/v1/optimize', 'image/svg+xml', read('svg-gzipped.svgz'), 'image/*')
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/svg+xml'])
      expect(await answer.text()).toMatch(/^<svg/)
    })

    test('is refused where its JSON is nested too deep', async () => {
      expect((await post('/v1/optimize', 'application/json', read('deep-variants.json'))).status).toBe(400)
    })
  })
})
