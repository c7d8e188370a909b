// Drawings whose own size is not in whole pixels, or is beyond every limit.
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { identify } from '../../transforms/identify.ts'
import { exact, parse, plan } from '../../transforms/index.ts'
import { render } from '../../transforms/render/apply.ts'

const drawing = (root: string, [width, height] = [100, 50]) =>
  Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" ${root}><rect width="${width}" height="${height}" fill="#0a0"/></svg>`,
  )

async function made(source: Buffer, query: string) {
  const asked = plan(exact(parse(query), { formats: 'basic', saveData: false }), identify(source))
  return sharp((await render(source, asked)).body)
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
}

test.each([
  ['width="50mm" height="25mm" viewBox="0 0 100 50"', 'w=300', '300x150'],
  ['width="50mm" height="25mm" viewBox="0 0 100 50"', 'w=2000', '2000x1000'],
  ['width="50mm" height="25mm" viewBox="0 0 100 50"', '', '189x94'],
  ['width="33.3" height="16.65" viewBox="0 0 100 50"', 'h=333', '666x333'],
  ['viewBox="0 0 100 50"', 'w=301', '301x151'],
  ['width="25mm" viewBox="0 0 100 50"', 'w=1000', '1000x500'],
])('%s at %s is %s, and all of it is drawn', async (root, query, size) => {
  const { data, info } = await made(drawing(root), `${query}&fm=png`)
  expect(`${info.width}x${info.height}`).toBe(size)
  // Along the edges half a pixel may be mixed with what lies beside it.
  const alphas = [...data].filter((_, i) => i % info.channels === 3)
  expect(Math.min(...alphas.slice(0, info.width), ...alphas.slice(-info.width))).toBeGreaterThan(100)
})

test('a drawing of less than a pixel keeps its ratio', async () => {
  const { info, data } = await made(drawing('viewBox="0 0 0.8 0.4"', [0.8, 0.4]), 'w=300&fm=png')
  expect([info.width, info.height]).toEqual([300, 150])
  expect(data.subarray((75 * 300 + 150) * 4, (75 * 300 + 150) * 4 + 4)).toEqual(Buffer.from([0, 170, 0, 255]))
})

test.each(['', '&crop=left', '&crop=entropy'])(
  'a drawing of 20000 pixels that may not be enlarged is cut within the limits%s',
  async (crop) => {
    const { info } = await made(
      drawing('width="20000" height="100"', [20_000, 100]),
      `w=300&h=200&fit=crop&enlarge=no&fm=png${crop}`,
    )
    expect([info.width, info.height]).toEqual([300, 100])
  },
)
