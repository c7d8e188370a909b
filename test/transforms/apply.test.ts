import fc from 'fast-check'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { identify } from '../../transforms/identify.ts'
import { exact, parse, plan } from '../../transforms/index.ts'
import type { Plan } from '../../transforms/plan/plan.ts'
import { render } from '../../transforms/render/apply.ts'
import * as pictures from '../pictures.ts'

/** Renders a source as a query asks for it. */
async function made(source: Uint8Array, query: string) {
  const asked = plan(exact(parse(query), { formats: 'basic', saveData: false }), identify(source))
  return { plan: asked, picture: await render(source, asked) }
}

/** Mean difference of two pictures' channels, 0 to 255, on white; of all frames. */
async function distance(a: Uint8Array, b: Uint8Array): Promise<number> {
  const raw = (bytes: Uint8Array) =>
    sharp(bytes, { animated: true }).flatten({ background: '#fff' }).toColourspace('srgb').raw().toBuffer()
  const [p, q] = await Promise.all([raw(a), raw(b)])
  expect(p.length).toBe(q.length)
  let sum = 0
  for (let i = 0; i < p.length; i++) sum += Math.abs((p[i] ?? 0) - (q[i] ?? 0))
  return sum / p.length
}

async function colourAt(bytes: Uint8Array, x: number, y: number): Promise<number[]> {
  const { data, info } = await sharp(bytes).toColourspace('srgb').raw().toBuffer({ resolveWithObject: true })
  const at = (y * info.width + x) * info.channels
  return [...data.subarray(at, at + info.channels)]
}

const queries = [
  '',
  'w=31',
  'w=200',
  'w=33&h=47&fit=crop',
  'w=40&h=40&fit=crop&crop=entropy',
  'w=40&h=40&fit=crop&crop=attention',
  'w=50&h=50&fit=fill&bg=ff0000',
  'w=50&h=50&fit=clamp',
  'w=50&h=20&fit=scale',
  'rect=7,5,31,22&w=60',
  'rect=7,5,31,22&or=6&w=20',
  'or=5',
  'flip=hv&rot=90',
  'rot=17&w=60',
  'blur=40&sharp=30&w=60',
]
const kinds = ['jpg', 'png', 'webp', 'avif', 'gif']
const sources = Object.entries(pictures).flatMap(([name, make]) =>
  typeof make === 'function' && name !== 'lying' ? [[name, make] as const] : [],
)

describe('every result has exactly the size and format of its plan', () => {
  test.each(sources)('%s', async (_name, make) => {
    const source = await (make as () => Buffer | Promise<Buffer>)()
    for (const [i, query] of queries.entries()) {
      const { plan, picture } = await made(source, `${query}&fm=${kinds[i % kinds.length]}`)
      const {
        width,
        height,
        pageHeight,
        pages = 1,
      } = await sharp(picture.body, { animated: true }).metadata()
      expect({ query, width, height: pageHeight ?? height, pages }).toEqual({
        query,
        width: plan.width,
        height: plan.height,
        pages: plan.pages,
      })
    }
  })
})

describe('orientation', () => {
  test('all eight orientations come out as the same picture, plain, cropped and cut out', async () => {
    for (const query of ['fm=png', 'w=48&h=48&fit=crop&crop=left&fm=png', 'rect=10,6,40,30&w=37&fm=png']) {
      const upright = await made(await pictures.lying(1), query)
      for (let orientation = 2; orientation <= 8; orientation++) {
        const { picture } = await made(await pictures.lying(orientation), query)
        expect(await distance(picture.body, upright.picture.body), `${orientation} ${query}`).toBeLessThan(2)
      }
    }
  })

  test('an AVIF is not turned a second time by what is left of the EXIF', async () => {
    for (const orientation of [3, 6, 7]) {
      const { picture } = await made(await pictures.lying(orientation), 'fm=avif')
      const { picture: upright } = await made(await pictures.lying(1), 'fm=avif')
      expect(await distance(picture.body, upright.body), `${orientation}`).toBeLessThan(3)
    }
  })

  test('turning by `or` agrees with what sharp makes of the EXIF tag', async () => {
    for (let orientation = 1; orientation <= 8; orientation++) {
      const { picture } = await made(await pictures.png(), `or=${orientation}&fm=png`)
      const tagged = await sharp(await pictures.png())
        .withMetadata({ orientation })
        .png()
        .toBuffer()
      const expected = await sharp(tagged).autoOrient().png().toBuffer()
      expect(await distance(picture.body, expected), `${orientation}`).toBeLessThan(0.5)
    }
  })
})

describe('the order of the steps is that of the plan', () => {
  const base: Plan = {
    frames: 'first',
    background: { r: 255, g: 255, b: 255, alpha: 1 },
    flatten: false,
    encoding: { format: 'png', lossless: true, progressive: false },
    width: 0,
    height: 0,
    pages: 1,
  }

  test('region, turn, size, cut, canvas and mirror match the same steps done one by one', async () => {
    const source = await pictures.png()
    const plan: Plan = {
      ...base,
      orient: { turns: 1, mirror: true },
      extract: { left: 4, top: 10, width: 50, height: 80 },
      resize: { width: 40, height: 60 },
      crop: { by: 'box', box: { left: 3, top: 20, width: 30, height: 40 } },
      extend: { top: 1, right: 2, bottom: 3, left: 4, paint: 'edge' },
      flip: { horizontal: true, vertical: true },
      width: 36,
      height: 44,
    }
    let step = await sharp(source).rotate(90).png().toBuffer()
    step = await sharp(step).flop().png().toBuffer()
    step = await sharp(step).extract({ left: 4, top: 10, width: 50, height: 80 }).png().toBuffer()
    step = await sharp(step).resize(40, 60, { fit: 'fill' }).png().toBuffer()
    step = await sharp(step).extract({ left: 3, top: 20, width: 30, height: 40 }).png().toBuffer()
    step = await sharp(step)
      .extend({ top: 1, right: 2, bottom: 3, left: 4, extendWith: 'copy' })
      .png()
      .toBuffer()
    step = await sharp(step).flip().flop().png().toBuffer()
    expect(await distance((await render(source, plan)).body, step)).toBeLessThan(1)
  })

  /** The plan's steps, each in a pipeline of its own. */
  async function oneByOne(source: Uint8Array, { orient, extract, resize, crop, extend, cut, flip }: Plan) {
    let step = sharp(source)
    const then = async (next: (image: typeof step) => typeof step) => {
      step = next(sharp(await step.png().toBuffer()))
    }
    if (orient?.turns) await then((image) => image.rotate(orient.turns * 90))
    if (orient?.mirror) await then((image) => image.flop())
    if (extract) await then((image) => image.extract(extract))
    if (resize) await then((image) => image.resize({ ...resize, fit: 'fill' }))
    if (crop?.by === 'box') await then((image) => image.extract(crop.box))
    if (extend) await then((image) => image.extend({ ...extend, background: '#fff' }))
    if (cut) await then((image) => image.extract(cut))
    if (flip) await then((image) => image.flop(flip.horizontal).flip(flip.vertical))
    return step.png().toBuffer()
  }

  const share = fc.double({ min: 0, max: 1, noNaN: true })
  const choices = fc.record({
    turns: fc.constantFrom(0, 1, 2, 3),
    mirror: fc.boolean(),
    extract: fc.option(fc.tuple(share, share, share, share)),
    resize: fc.option(fc.tuple(share, share)),
    crop: fc.option(fc.tuple(share, share, share, share)),
    extend: fc.boolean(),
    part: fc.option(fc.tuple(share, share, share, share)),
    flip: fc.option(fc.record({ horizontal: fc.boolean(), vertical: fc.boolean() })),
  })

  const boxIn = (
    { width, height }: pictures.Size,
    [x, y, w, h]: readonly [number, number, number, number],
  ) => {
    const size = { width: Math.ceil((width * (w + 1)) / 2), height: Math.ceil((height * (h + 1)) / 2) }
    return {
      ...size,
      left: Math.floor(x * (width - size.width)),
      top: Math.floor(y * (height - size.height)),
    }
  }

  const plans = choices.map(({ turns, mirror, extract, resize, crop, extend, part, flip }): Plan => {
    let size: pictures.Size = turns % 2 ? { width: 64, height: 96 } : { width: 96, height: 64 }
    const cut = extract && boxIn(size, extract)
    size = cut ?? size
    // Never larger on one side and smaller on the other: libvips 8.18 shifts such a picture by a pixel.
    const shrunk = resize && {
      width: Math.ceil(size.width * (1 - resize[0] * 0.7)),
      height: Math.ceil(size.height * (1 - resize[1] * 0.7)),
    }
    size = shrunk ?? size
    const box = crop && boxIn(size, crop)
    size = box ?? size
    const sides = { top: 3, right: 4, bottom: 5, left: 6, paint: 'background' } as const
    if (extend) size = { width: size.width + 10, height: size.height + 8 }
    const kept = part && boxIn(size, part)
    size = kept ?? size
    return {
      ...base,
      ...((turns || mirror) && { orient: { turns: turns as 0, mirror } }),
      ...(cut && { extract: cut }),
      ...(shrunk && { resize: shrunk }),
      ...(box && { crop: { by: 'box', box } }),
      ...(extend && { extend: sides }),
      ...(kept && { cut: kept }),
      ...(flip && { flip }),
      width: size.width,
      height: size.height,
    }
  })

  test('whatever the steps, they do the same as one by one', async () => {
    // Soft, because libvips does not shrink quite symmetrically: turned before or after, an edge lies elsewhere by a
    // fraction of a pixel.
    const source = await sharp(await pictures.png())
      .blur(8)
      .png()
      .toBuffer()
    await fc.assert(
      fc.asyncProperty(plans, async (plan) => {
        expect(await distance((await render(source, plan)).body, await oneByOne(source, plan))).toBeLessThan(
          2.5,
        )
      }),
      { numRuns: 150 },
    )
  })

  test('a straightened picture shows no corner of the background', async () => {
    const { picture } = await made(await pictures.jpeg(), 'rot=30&bg=000&fm=png')
    for (const [x, y] of [
      [0, 0],
      [picture.width - 1, 0],
      [0, picture.height - 1],
    ] as const)
      expect(Math.max(...(await colourAt(picture.body, x, y)))).toBeGreaterThan(100)
  })
})

describe('colour', () => {
  test('a picture of 16 bits keeps its colours, with a profile and without', async () => {
    // Mirrored, so that it is made anew: its own bytes would keep the profile.
    const plain = await made(await pictures.png(), 'flip=h&fm=png')
    for (const make of [pictures.sixteenBit, pictures.profiled])
      expect(
        await distance((await made(await make(), 'flip=h&fm=png')).picture.body, plain.picture.body),
      ).toBeLessThan(1.5)
  })

  test('CMYK becomes RGB, gray stays one channel in a JPEG', async () => {
    const cmyk = await made(await pictures.cmyk(), 'w=48')
    expect(await sharp(cmyk.picture.body).metadata()).toMatchObject({ space: 'srgb', channels: 3 })
    const gray = await made(await pictures.gray(), 'w=48')
    expect(await sharp(gray.picture.body).metadata()).toMatchObject({ space: 'b-w', channels: 1 })
  })

  test('transparency lies on white in a JPEG, on the asked colour where one is asked, and stays in WebP', async () => {
    const source = await pictures.alpha()
    const right = 95
    const jpeg = await made(source, 'fm=jpg')
    expect(Math.min(...(await colourAt(jpeg.picture.body, right, 3)))).toBeGreaterThan(235)
    const green = await made(source, 'fm=png&bg=0f0')
    expect((await colourAt(green.picture.body, right, 3))[1]).toBeGreaterThan(240)
    const webp = await made(source, 'fm=webp')
    expect((await colourAt(webp.picture.body, right, 3))[3]).toBeLessThan(20)
  })

  test('nothing but the pixels is passed on', async () => {
    const source = await sharp(await pictures.jpeg())
      .withMetadata({ orientation: 6, exif: { IFD0: { Copyright: 'somebody' } } })
      .withIccProfile('p3')
      .jpeg()
      .toBuffer()
    const { exif, icc, orientation } = await sharp((await made(source, 'w=50')).picture.body).metadata()
    expect({ exif, icc, orientation }).toEqual({ exif: undefined, icc: undefined, orientation: undefined })
  })
})

describe('animations', () => {
  const moving = [
    ['w=48&fm=webp', 'native'],
    ['w=40&h=40&fit=crop&fm=webp', 'cut'],
    ['w=60&h=60&fit=fill&bg=ff0&fm=gif', 'canvas'],
    ['rot=90&w=40&fm=webp', 'turned'],
    ['flip=v&fm=webp', 'mirrored'],
    ['w=40&h=40&fit=crop&crop=attention&fm=webp', 'attention'],
    ['blur=100&fm=webp', 'blurred'],
  ] as const

  test.each(moving)('%s keeps frames, delays and loops', async (query) => {
    for (const source of [await pictures.animatedGif(), await pictures.animatedWebp()]) {
      const { picture } = await made(source, query)
      const { pages, delay, loop } = await sharp(picture.body, { animated: true }).metadata()
      expect({ pages, delay, loop }).toEqual({ pages: 3, delay: pictures.delays, loop: pictures.loops })
    }
  })

  test('frames stay in order when they are mirrored top to bottom: each is darker than the one before', async () => {
    const { picture } = await made(await pictures.animatedWebp(), 'flip=v&fm=webp&lossless=1')
    const brightness = async (page: number) => {
      const { channels } = await sharp(picture.body, { page }).stats()
      return channels[0]?.mean ?? 0
    }
    expect(await brightness(0)).toBeGreaterThan(await brightness(1))
    expect(await brightness(1)).toBeGreaterThan(await brightness(2))
  })

  test('frames without a delay get the one that browsers play them at, so that none is dropped', async () => {
    const hasty = await sharp(await pictures.animatedGif(), { animated: true })
      .gif({ delay: [0, 10, 20] })
      .toBuffer()
    const { picture } = await made(hasty, 'fm=webp')
    expect((await sharp(picture.body, { animated: true }).metadata()).delay).toEqual([100, 100, 20])
  })

  test('the first frame alone is served where the format cannot move', async () => {
    const { picture } = await made(await pictures.animatedGif(), 'fm=jpg')
    expect(picture).toMatchObject({ type: 'image/jpeg', width: 96, height: 64, pages: 1 })
  })
})

describe('damage', () => {
  test('a picture cut short fails as broken, and so does one that is smaller than planned for', async () => {
    const whole = await pictures.jpeg({ width: 400, height: 300 })
    await expect(made(whole.subarray(0, whole.length / 2), 'w=90')).rejects.toMatchObject({
      kind: 'source-broken',
    })
    const other = plan(
      { region: undefined } as never,
      identify(await pictures.png({ width: 90, height: 90 })),
    )
    await expect(render(await pictures.png(), other)).rejects.toMatchObject({ kind: 'source-broken' })
  })

  test('an SVG is drawn at the size asked for, not enlarged', async () => {
    const { picture } = await made(pictures.svg({ width: 10, height: 10 }), 'w=400&fm=png')
    const [left, right] = [await colourAt(picture.body, 198, 20), await colourAt(picture.body, 201, 20)]
    expect(left[0]).toBeGreaterThan(195)
    expect(right[0]).toBeLessThan(37)
  })
})
