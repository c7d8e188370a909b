// Two options that are said to be free of order make the same picture in one pass and in two; the others do not.
import sharp from 'sharp'
import { beforeAll, describe, expect, test } from 'vitest'
import { exact, furtherSources, identify, isInOrder, parse, plan } from '../../transforms/index.ts'
import { render } from '../../transforms/render/apply.ts'

let source: Buffer
let logo: Buffer
beforeAll(async () => {
  // Colours that neither black nor white cuts off, and nothing symmetrical about them.
  const data = Buffer.from(
    Array.from({ length: 96 * 64 * 3 }, (_, at) => {
      const [x, y, channel] = [Math.floor(at / 3) % 96, Math.floor(at / 288), at % 3]
      return 90 + (channel === 0 ? x / 2 : channel === 1 ? y : ((x * y) / 96) % 50) + (x > 30 ? 15 : 0)
    }),
  )
  source = await sharp(data, { raw: { width: 96, height: 64, channels: 3 } })
    .png()
    .toBuffer()
  logo = await sharp({ create: { width: 20, height: 12, channels: 3, background: '#2040c0' } })
    .png()
    .toBuffer()
})

async function pixelsOf(query: string): Promise<Buffer> {
  const facts = identify(source)
  const spec = exact(parse(`${query}&fm=png`), { formats: 'basic', saveData: false })
  const further = furtherSources(spec).map(() => logo)
  const made = plan(spec, facts, further.map(identify))
  const { body } = await render(source, made, { facts, further })
  return sharp(body).removeAlpha().raw().toBuffer()
}

/** Levels, of the pixel that differs the most. */
async function difference(first: string, second: string): Promise<number> {
  const [one, two] = [
    await pixelsOf(`${first}&${second}`.replaceAll(';', '&')),
    await pixelsOf(`${first.replaceAll(';', '&')}&then=${second}`),
  ]
  if (one.length !== two.length) return 255
  return one.reduce((most, level, at) => Math.max(most, Math.abs(level - (two[at] ?? 0))), 0)
}

const keysOf = (query: string): string[] => query.split(/[&;]/).map((pair) => pair.split('=')[0] ?? '')

describe('free of order', () => {
  test.each([
    ['sat=-100', 'blur=20'],
    ['blur=20', 'sat=-100'],
    ['sharp=20', 'sat=-50'],
    ['px=8', 'sat=-100'],
    ['blur=20', 'invert=true'],
    ['invert=true', 'sat=-60'],
    ['sat=-100', 'bri=10;con=20'],
    ['bri=10', 'cut=10,10,50,30'],
    ['duotone=navy,gold', 'flip=h'],
    ['blur=20', 'flip=v'],
    ['bri=10', 'con=20'],
    ['mark=/a.png', 'txt=A;txt-size=20'],
  ])('%s, then %s', async (first, second) => {
    expect(isInOrder(keysOf(first), keysOf(second))).toBe(true)
    expect(await difference(first, second)).toBeLessThanOrEqual(3)
  })
})

describe('done in the order that is asked for', () => {
  test.each([
    ['con=60', 'bri=20'],
    ['gam=50', 'bri=20'],
    ['invert=true', 'bri=20'],
    ['sepia=80', 'sat=-100'],
    ['mark=/a.png', 'sat=-100'],
    ['mark=/a.png', 'blur=40'],
    ['txt=A;txt-size=40', 'mark=/a.png'],
    ['mark=/a.png;mark-x=1;mark-y=1', 'flip=h'],
    ['pad=9;bg=red', 'blur=40'],
    ['mask=ellipse;mask-bg=red', 'invert=true'],
    ['px=20', 'blur=40'],
    ['px=20', 'cut=10,10,50,30'],
    ['blur=20', 'blur=20'],
  ])('%s, then %s', async (first, second) => {
    expect(isInOrder(keysOf(first), keysOf(second))).toBe(false)
    if (keysOf(first)[0] === keysOf(second)[0]) return
    expect(await difference(first, second)).toBeGreaterThan(5)
  })
})
