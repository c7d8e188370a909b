// Files that were damaged by chance, the same at every run: what a library makes of them is the source's fault, never ours.
import { readFileSync } from 'node:fs'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { asFailure, type Failure } from '../../errors.ts'
import { identify } from '../../transforms/identify.ts'
import { admit, defaultLimits, exact, parse, plan } from '../../transforms/index.ts'
import { orFailure } from '../../transforms/pixels/run.ts'
import { render } from '../../transforms/render/apply.ts'
import { bmps, ico, iconBitmap } from '../bitmaps.ts'
import * as pictures from '../pictures.ts'

const fixture = (name: string): Buffer => readFileSync(new URL(`../fixtures/${name}`, import.meta.url))
const size = { width: 24, height: 16 }
const limits = {
  ...defaultLimits,
  maxSourcePixels: 1e6,
  maxTotalPixels: 1e6,
  maxOutputPixels: 1e6,
  maxPriceMs: 1_000,
}

const sources: Readonly<Record<string, () => Buffer | Promise<Buffer>>> = {
  jpeg: () => pictures.jpeg(size),
  'progressive jpeg': () => pictures.progressive(size),
  'unended jpeg': () => fixture('prog-noeoi.jpg'),
  png: () => pictures.png(size),
  'palette png': () => pictures.palette(size),
  'profiled png': () => pictures.profiled(size),
  gif: () => pictures.animatedGif(size),
  'clearing gif': () => fixture('gif-dispose-background.gif'),
  webp: async () =>
    sharp(await pictures.png(size))
      .webp()
      .toBuffer(),
  'animated webp': () => pictures.animatedWebp(size),
  avif: () => fixture('p3nclx.avif'),
  'avif film': () => fixture('anim.avif'),
  'png film': () => fixture('anim.png'),
  photoshop: () => fixture('two-colours.psd'),
  tiff: () => pictures.tiff(size),
  svg: () => pictures.svg(size),
  'utf-16 svg': () => Buffer.from(pictures.svg(size).toString(), 'utf16le'),
  heic: () => Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic\0\0\0\x08meta', 'latin1'),
  ico: () => ico([{ side: 8, data: iconBitmap(8, [9, 8, 7, 6]) }]),
  ...Object.fromEntries(Object.entries(bmps).map(([name, { file }]) => [`bmp of ${name}`, () => file])),
}

const queries = [
  'w=12&fm=webp',
  'fm=gif',
  'fm=jpg&w=20&h=20&fit=crop&crop=entropy',
  'q=auto',
  'rot=90&fm=png',
  'blur=9',
]

/** Numbers below `n`, the same at every run (a linear congruence, as in the C standard). */
function dice(seed: number): (n: number) => number {
  let state = seed
  return (n) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    return (state >>> 8) % n
  }
}

function damaged(whole: Buffer, roll: (n: number) => number): Buffer {
  const bytes = Buffer.from(whole)
  for (let i = 0; i <= roll(4); i++)
    bytes[roll(roll(2) ? bytes.length : Math.min(120, bytes.length))] =
      [0, 1, 127, 128, 255, roll(256)][roll(6)] ?? 0
  return roll(6) === 0 ? bytes.subarray(0, roll(bytes.length)) : bytes
}

async function failureOf(
  bytes: Buffer,
  query: string,
  { lenient = false, bounds = limits } = {},
): Promise<Failure | undefined> {
  try {
    const facts = identify(bytes)
    const asked = plan(exact(parse(query), { formats: 'basic', saveData: false }), facts)
    admit(facts, asked, bounds)
    await render(bytes, asked, { facts, lenient })
    return undefined
  } catch (thrown) {
    return asFailure(thrown)
  }
}

describe('damage', () => {
  test.each(Object.entries(sources))('of a %s is the source’s own', async (name, make) => {
    const whole = await make()
    const roll = dice(name.length)
    for (let i = 0; i < 25; i++) {
      const failure = await failureOf(damaged(whole, roll), queries[i % queries.length] ?? '', {
        lenient: i % 4 === 0,
      })
      expect(failure?.kind, String(failure?.details.cause)).not.toBe('internal')
    }
  })

  test('of an animated WebP is found although its header is whole', async () => {
    for (const query of ['w=64', 'w=64&frame=1', 'w=64&flip=h'])
      expect(await failureOf(fixture('m0013.webp'), query, { bounds: defaultLimits })).toMatchObject({
        kind: 'source-broken',
      })
  })
})

describe('a failure that is no library’s word on the picture stays ours', () => {
  test.each([
    ['a mistake in the code', new TypeError('x is not a function')],
    ['a file that is gone', Object.assign(new Error('ENOENT'), { code: 'ENOENT', syscall: 'open' })],
  ])('%s', async (_, thrown) => {
    await expect(orFailure(() => Promise.reject(thrown))).rejects.toBe(thrown)
  })

  test('any other refusal is the source’s', async () => {
    const refusal = new Error(
      'Expected integer between 0 and 65535 for loop but received 65536 of type number',
    )
    await expect(orFailure(() => Promise.reject(refusal))).rejects.toMatchObject({ kind: 'source-broken' })
  })
})
