// Chains of passes: each is done to what the one before it has made, and nothing else is.
import sharp from 'sharp'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  admit,
  canonical,
  exact,
  type Facts,
  furtherSources,
  identify,
  type Plan,
  parse,
  plan,
  price,
} from '../../transforms/index.ts'
import { render } from '../../transforms/render/apply.ts'
import * as pictures from '../pictures.ts'
import { photo } from './language-arbitraries.ts'

let source: Buffer
let logo: Buffer
let film: Buffer
beforeAll(async () => {
  source = await pictures.png({ width: 120, height: 80 })
  logo = await pictures.png({ width: 20, height: 12 })
  film = await pictures.animatedGif()
})

const specOf = (query: string) => exact(parse(query), { formats: 'basic', saveData: false })
const planOf = (query: string, facts: Facts): Plan =>
  plan(
    specOf(query),
    facts,
    furtherSources(specOf(query)).map(() => identify(logo)),
  )

async function made(bytes: Buffer, query: string): Promise<Buffer> {
  const further = furtherSources(specOf(query)).map(() => logo)
  return Buffer.from((await render(bytes, planOf(query, identify(bytes)), { further })).body)
}

const rawOf = async (bytes: Buffer) => {
  const { data, info } = await sharp(bytes, { animated: true })
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, data }
}

describe('a second pass makes of the first what it would make of its picture', () => {
  test.each([
    ['w=60', 'blur=40'],
    ['blur=40', 'px=20'],
    ['px=20', 'blur=40'],
    ['w=60&h=60&fit=crop', 'rect=10,10,20,20'],
    ['rot=90&rot-type=pivot', 'flip=h'],
    ['pad=10&bg=red', 'w=40&h=40&fit=fill&bg=0000ff'],
    ['mark=/a.png&mark-w=60', 'mark=/a.png&mark-w=50'],
    ['mask=ellipse', 'pad=6'],
    ['mask=ellipse', 'bg=00f&mask=corners&corner-radius=9'],
    ['pad=12&bg=red', 'trim=color'],
    ['sat=-100', 'sepia=80'],
    ['w=0.5', 'w=0.5'],
    ['w=50&h=20&fit=crop&crop=entropy', 'w=10&h=20&fit=crop&crop=attention'],
    ['txt=Hello&txt-size=30', 'txt=World&txt-size=30&txt-color=f00'],
  ])('%s, then %s', async (first, second) => {
    const chain = await made(source, `${first}&then=${second.replaceAll('&', ';')}&fm=png`)
    const apart = await made(await made(source, `${first}&fm=png`), `${second}&fm=png`)
    expect(await rawOf(chain)).toEqual(await rawOf(apart))
    const turnedRound = await made(source, `${second}&then=${first.replaceAll('&', ';')}&fm=png`)
    if (first !== second) expect(await rawOf(chain)).not.toEqual(await rawOf(turnedRound))
  })

  test('and a third of the second', async () => {
    const chain = await made(source, 'w=60&then=pad=4;bg=red;then=rot=90;rot-type=pivot&fm=png')
    const one = await made(source, 'w=60&fm=png')
    const two = await made(one, 'pad=4&bg=red&fm=png')
    expect(await rawOf(chain)).toEqual(await rawOf(await made(two, 'rot=90&rot-type=pivot&fm=png')))
  })

  test('of each frame, at its time', async () => {
    const query = 'px=5&then=flip=v;rect=3,3,16,12;then=blur=9&fm=webp&lossless=1'
    const chain = await made(film, query)
    const one = await made(film, 'px=5&fm=webp&lossless=1')
    const two = await made(one, 'flip=v&rect=3,3,16,12&fm=webp&lossless=1')
    const three = await made(two, 'blur=9&fm=webp&lossless=1')
    expect(await rawOf(chain)).toEqual(await rawOf(three))
    const [{ delay, loop }, before] = await Promise.all([sharp(chain).metadata(), sharp(film).metadata()])
    expect({ delay, loop }).toEqual({ delay: before.delay, loop: before.loop })
  })

  test('upright, whatever the first pass does', async () => {
    const lying = await sharp(source).jpeg().withMetadata({ orientation: 6 }).toBuffer()
    expect(await sharp(await made(lying, 'blur=9&then=blur=20')).metadata()).toMatchObject({
      width: 80,
      height: 120,
    })
    const raw = await sharp(await made(lying, 'or=1&then=blur=20')).metadata()
    expect([raw.width, raw.height]).toEqual([120, 80])
  })

  test('of a drawing, which is drawn for its first pass', async () => {
    const svg = Buffer.from(
      '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><circle r="9" cx="20" cy="10"/></svg>',
    )
    const chain = await made(svg, 'w=200&then=w=100;blur=10&fm=png')
    const apart = await made(await made(svg, 'w=200&fm=png'), 'w=100&blur=10&fm=png')
    expect(await rawOf(chain)).toEqual(await rawOf(apart))
  })
})

describe('what a chain answers with', () => {
  test("is the source's own bytes where no pass does anything", () => {
    const facts = photo({ width: 300, height: 200 })
    expect(planOf('w=400&fit=max&then=fit=max;w=500', facts).source).toBe('instead')
    expect(planOf('w=400&fit=max&then=fit=max;w=200', facts)).toMatchObject({ width: 200, height: 133 })
    expect(planOf('w=400&fit=max&then=fit=max;w=200', facts).before).toBeUndefined()
    expect(planOf('w=200&then=w=300', facts).source).toBeUndefined()
  })

  test('has a searched quality, a bound of bytes, or is told', async () => {
    const bytes = await pictures.jpeg({ width: 96, height: 65 })
    const facts = identify(bytes)
    const searched = await render(bytes, planOf('w=60&then=flip=h&q=auto', facts))
    expect(searched.found?.score).toBeGreaterThan(70)
    const bounded = await render(bytes, planOf('w=90&then=flip=h&fm=jpg&max-bytes=700', facts))
    expect(bounded.body.length).toBeLessThanOrEqual(700)
    const told = await render(bytes, planOf('w=60&then=pad=9;bg=red&placeholder=color', facts))
    expect(Buffer.from(told.body).toString()).toMatch(/^#[0-9a-f]{6}$/)
  })

  test('is white where it is transparent in the end, and what no pass has painted before', async () => {
    const jpeg = await made(source, 'mask=ellipse&then=pad=10&fm=jpg')
    const { data } = await rawOf(jpeg)
    expect([...data.subarray(0, 3)]).toEqual([255, 255, 255])
    const red = await rawOf(await made(source, 'mask=ellipse&bg=f00&then=pad=10&fm=png'))
    const corner = (10 * red.width + 10) * 4
    expect([...red.data.subarray(corner, corner + 4)]).toEqual([255, 0, 0, 255])
    expect(red.data[3]).toBe(0)
  })
})

describe('the price of a chain', () => {
  const facts = photo()
  const priceOf = (query: string) => price(planOf(query, facts), facts)

  test('is the sum of its passes, each at its own size', () => {
    const blurLarge = priceOf('w=3000&then=blur=40;then=w=30')
    const blurSmall = priceOf('w=3000&then=w=30;then=blur=40')
    expect(blurLarge).toBeGreaterThan(blurSmall + 30)
    expect(priceOf('w=30')).toBeLessThan(priceOf('w=30&then=blur=40'))
    expect(priceOf('w=30&then=blur=40')).toBeLessThan(priceOf('w=30&then=blur=40;then=blur=40'))
  })

  test('counts the decoding once, as small as the first pass lets it be', () => {
    expect(priceOf('w=300&then=blur=1')).toBeLessThan(priceOf('w=300') + 10)
  })

  test.each([
    'w=8192&h=8192&fit=scale&then=w=10',
    'w=20&h=20&fit=scale&then=w=8192;h=8192;fit=scale;then=w=10',
  ])('%s has a pass beyond the limit, and is refused', (query) => {
    const limits = { ...limitsOf, maxOutputPixels: 60e6 }
    expect(() => admit(facts, planOf(query, facts), limits)).toThrow(/60 megapixels/)
  })
})

const limitsOf = {
  ...{ maxSourceBytes: 1e9, maxSourcePixels: 1e9, maxFrames: 100, maxTotalPixels: 1e9 },
  ...{ maxOutputPixels: 1e9, maxScans: 100, maxPriceMs: 1e9 },
}

test('eight passes are the most, and each option of the whole is refused in them by name', () => {
  const seven = Array(7).fill('blur=20').join(';then=')
  expect(canonical(specOf(`w=9&then=${seven}`))).toContain(seven)
  expect(() => parse(`w=9&then=${seven};then=blur=20`)).toThrow('Expected at most 7 further passes')
  for (const pair of ['fm=jpg', 'q=50', 'auto=format', 'ch=width', 'frame=2', 'then64=YQ', 'meta=all', 's=a'])
    expect(() => parse(`then=${pair}`)).toThrow(`for then, received ${pair.split('=')[0]}`)
  expect(() => parse('then=w=0')).toThrow('for w, received 0')
  expect(() => parse('then=cs=adobergb1998')).toThrow('cs')
})
