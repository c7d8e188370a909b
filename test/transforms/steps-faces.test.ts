// What is cut and hidden where faces are: as numbers for faces that are told, as pixels for those of real photographs.
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { exact, type Facts, identify, parse, plan } from '../../transforms/index.ts'
import { price } from '../../transforms/price.ts'
import { render } from '../../transforms/render/apply.ts'
import { isHere, read } from '../corpus/pictures.ts'
import * as pictures from '../pictures.ts'
import { seen } from './pixel-steps.ts'

const specOf = (query: string) => exact(parse(query), { formats: 'basic', saveData: false })
const made = async (source: Buffer, query: string) => {
  const facts = identify(source)
  return render(source, plan(specOf(query), facts), { facts })
}

describe('where a cut goes', () => {
  const facts: Facts = {
    ...({ format: 'jpeg', width: 1000, height: 500, orientation: 1, pages: 1, animated: false } as const),
    ...({ alpha: false, progressive: false, icc: false, space: 'rgb', depth: 8, scans: 1 } as const),
    bytes: 100_000,
  }
  const right = { left: 0.8, top: 0.4, width: 0.1, height: 0.2 }
  const beside = { left: 0.6, top: 0.4, width: 0.05, height: 0.1 }
  const far = { left: 0.1, top: 0.1, width: 0.04, height: 0.1 }

  test.each([
    ['one face is in the middle, as far as the picture goes', 'w=100&h=100', [right], { left: 100, top: 0 }],
    ['the next is kept too where there is room', 'w=100&h=100', [beside, right], { left: 100, top: 0 }],
    ['one that is too far away is not', 'w=100&h=100', [beside, far], { left: 75, top: 0 }],
    ['of a number, that one alone', 'w=100&h=100&faceindex=2', [right, far], { left: 0, top: 0 }],
    ['of a number that is too high, all of them', 'w=100&h=100&faceindex=9', [right], { left: 100, top: 0 }],
  ] as const)('%s', (_, query, faces, place) => {
    const { crop } = plan(specOf(`${query}&fit=crop&crop=faces`), { ...facts, faces })
    expect(crop).toEqual({ by: 'box', box: { ...place, width: 100, height: 100 } })
  })

  test.each([
    ['facepad=1', { left: 800, top: 200, width: 100, height: 100 }],
    ['facepad=2', { left: 750, top: 150, width: 200, height: 200 }],
    ['facepad=100', { left: 500, top: 0, width: 500, height: 500 }],
  ])('fit=facearea with %s frames the face, and never passes the picture', (pad, box) => {
    const { extract, resize } = plan(specOf(`fit=facearea&${pad}&w=50&h=50`), { ...facts, faces: [right] })
    expect([extract, resize]).toEqual([box, { width: 50, height: 50 }])
  })

  test.each([
    ['', 'attention'],
    [',entropy', 'entropy'],
    [',top', 'top'],
  ])('without a face, crop=faces%s is what stands beside it', (word, otherwise) => {
    const asked = `w=100&h=100&fit=crop&crop=faces${word}`
    const plain = plan(specOf(`w=100&h=100&fit=crop&crop=${otherwise}`), facts)
    const { spec: _, faces: step, ...before } = plan(specOf(asked), facts)
    expect(step).toEqual({ otherwise })
    expect(before).toEqual(plain)
    expect(plan(specOf(asked), { ...facts, faces: [] })).toEqual(plain)
  })

  test.each(['w=100&h=50&fit=crop&crop=faces', 'w=100&crop=faces'])(
    'nobody looks where nothing is cut: %s',
    (query) => {
      expect(plan(specOf(query), facts).faces).toBeUndefined()
    },
  )

  test('looking has a price', () => {
    const [asked, plain] = ['faces', 'attention'].map((word) =>
      price(plan(specOf(`w=100&h=100&fit=crop&crop=${word}`), facts), facts),
    )
    expect(asked).toBeGreaterThan(plain as number)
  })
})

describe('a picture without a face', () => {
  test.each([
    ['crop=faces', 'crop=attention', 'attention'],
    ['crop=faces,top', 'crop=top', 'top'],
  ])('%s gives the pixels of %s, and says so', async (faces, otherwise, by) => {
    const source = await pictures.jpeg({ width: 120, height: 80 })
    const size = 'w=40&h=40&fit=crop&fm=png'
    const [asked, plain] = [
      await made(source, `${size}&${faces}`),
      await made(source, `${size}&${otherwise}`),
    ]
    expect(asked.faces).toEqual({ found: 0, by })
    expect(plain.faces).toBeUndefined()
    expect(Buffer.from(asked.body).equals(Buffer.from(plain.body))).toBe(true)
  })

  test('nothing of it is hidden', async () => {
    const source = await pictures.png({ width: 60, height: 40 })
    const raw = async (query: string) =>
      sharp((await made(source, query)).body)
        .raw()
        .toBuffer()
    expect(await raw('face-blur=100&fm=png')).toEqual(await raw('fm=png'))
  })

  test.each([
    [1, 1],
    [1, 700],
    [700, 1],
  ])('of %i x %i pixels it is looked at without harm', async (width, height) => {
    const source = await pictures.png({ width, height })
    const { faces } = JSON.parse(Buffer.from((await made(source, 'fm=json&faces=1')).body).toString())
    expect(faces).toEqual([])
    await expect(made(source, 'face-pixel=100&fm=png')).resolves.toMatchObject({ width, height })
  })
})

/** Where it is in the photograph, as a person sees it. */
const portrait = { name: 'gray-portrait.jpg', x: [310, 500], y: [60, 310] } as const

describe.skipIf(!isHere)('photographs (skipped where the corpus is not there)', () => {
  const facesOf = async (name: string, source = read(name)) =>
    JSON.parse(Buffer.from((await made(source, 'fm=json&faces=1')).body).toString()).faces

  test('the face of a portrait is told in pixels of the upright source', async () => {
    const [face, ...others] = await facesOf(portrait.name)
    expect(others).toEqual([])
    expect(face.x).toBeGreaterThan(portrait.x[0])
    expect(face.x + face.width).toBeLessThan(portrait.x[1])
    expect(face.y).toBeGreaterThan(portrait.y[0])
    expect(face.y + face.height).toBeLessThan(portrait.y[1])
  })

  test('it is found as well where the picture lies on its side and EXIF turns it', async () => {
    const lying = await sharp(read(portrait.name))
      .rotate(90)
      .withMetadata({ orientation: 8 })
      .jpeg()
      .toBuffer()
    const [[face], [turned]] = [await facesOf(portrait.name), await facesOf('', lying)]
    for (const side of ['x', 'y', 'width', 'height'])
      expect(Math.abs(face[side] - turned[side])).toBeLessThan(12)
  })

  test.each([
    ['photo-3mp-portrait.jpg', 1, 1],
    ['photo-3mp-night-crowd.jpg', 30, 100],
    ['photo-3mp-red-crowd-444.jpg', 10, 40],
    ['photo-3mp-cat.jpg', 0, 0],
    ['kodak-05-motocross.png', 0, 0],
    ['kodak-23-parrots.png', 0, 0],
    ['photo-2mp-stonehenge.jpg', 0, 0],
  ])('%s has %i to %i faces', async (name, least, most) => {
    const { length } = await facesOf(name)
    expect(length).toBeGreaterThanOrEqual(least)
    expect(length).toBeLessThanOrEqual(most)
  })

  test('crop=faces keeps the face whole, where the centre would cut it', async () => {
    const source = await sharp(read(portrait.name))
      .extract({ left: 250, top: 0, width: 550, height: 533 })
      .jpeg()
      .toBuffer()
    const { body, faces } = await made(source, 'w=200&h=533&fit=crop&crop=faces&fm=jpg')
    expect(faces).toEqual({ found: 1, by: 'faces' })
    const [face] = await facesOf('', Buffer.from(body))
    expect(Math.abs(face.x + face.width / 2 - 100)).toBeLessThan(25)
    expect(
      await facesOf('', Buffer.from((await made(source, 'w=200&h=533&fit=crop&fm=jpg')).body)),
    ).not.toEqual([face])
  })

  test.each(['face-blur=100', 'face-pixel=100'])('%s changes the face and nothing else', async (query) => {
    const source = read(portrait.name)
    const [plain, hidden] = [await seen(source, 'fm=png'), await seen(source, query)]
    let inside = 0
    for (let y = 0; y < plain.height; y++)
      for (let x = 0; x < plain.width; x++) {
        const off = Math.abs((plain.at(x, y)[0] as number) - (hidden.at(x, y)[0] as number))
        const isInside =
          x > portrait.x[0] - 20 && x < portrait.x[1] + 20 && y > portrait.y[0] - 20 && y < portrait.y[1] + 20
        if (isInside) inside = Math.max(inside, off)
        else if (off > 0) throw new Error(`the pixel at ${x}, ${y} was changed`)
      }
    expect(inside).toBeGreaterThan(60)
    const { body } = await made(source, `${query}&fm=png`)
    expect(await facesOf('', Buffer.from(body))).toEqual([])
  })
})
