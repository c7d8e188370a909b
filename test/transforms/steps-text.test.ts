// What is drawn of a text, and where.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exact, identify, parse, plan } from '../../transforms/index.ts'
import { render } from '../../transforms/render/apply.ts'
import * as pictures from '../pictures.ts'
import { flat, made, seen } from './pixel-steps.ts'

let white: Buffer
beforeAll(async () => {
  white = await flat([255, 255, 255], 200, 120)
})

interface Ink {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
  readonly width: number
  readonly height: number
  /** Pixels. */
  readonly amount: number
}

const text = (words: string): string => `txt64=${Buffer.from(words).toString('base64url')}`

/** Where pixels are not white. */
async function inkOf(query: string, source = white): Promise<Ink> {
  const found = await seen(source, query)
  let [left, top, right, bottom, amount] = [found.width, found.height, 0, 0, 0]
  for (let y = 0; y < found.height; y++)
    for (let x = 0; x < found.width; x++) {
      if (Math.min(...found.at(x, y).slice(0, 3)) > 200) continue
      amount++
      left = Math.min(left, x)
      top = Math.min(top, y)
      right = Math.max(right, x + 1)
      bottom = Math.max(bottom, y + 1)
    }
  return { left, top, right, bottom, width: right - left, height: bottom - top, amount }
}

describe('a text', () => {
  test('lies in the lower right corner, ten pixels from the edges, in black letters of twelve pixels', async () => {
    const ink = await inkOf('txt=Hxg')
    expect([ink.right, ink.bottom].map((edge, i) => ([200, 120][i] ?? 0) - edge)).toEqual([10, 10])
    expect(ink.height).toBeGreaterThan(9)
    expect(ink.height).toBeLessThan(15)
  })

  test.each([
    ['txt-align=top,left', 'left', 'top'],
    ['txt-align=top,center', undefined, 'top'],
    ['txt-align=left', 'left', undefined],
  ] as const)('follows %s', async (align, x, y) => {
    const ink = await inkOf(`txt=Hxg&${align}`)
    if (x === 'left') expect(ink.left).toBeLessThanOrEqual(12)
    else expect(Math.abs((ink.left + ink.right) / 2 - 100)).toBeLessThan(2)
    if (y === 'top') expect(ink.top).toBeLessThanOrEqual(12)
    else expect(Math.abs((ink.top + ink.bottom) / 2 - 60)).toBeLessThan(2)
  })

  test('lies at a place that is told', async () => {
    const { left, top } = await inkOf('txt=H&txt-x=31&txt-y=47&txt-size=40')
    expect([Math.abs(left - 31) < 6, Math.abs(top - 47) < 4]).toEqual([true, true])
  })

  test('is as large as it is told to be, at every density', async () => {
    const small = await inkOf('txt=HHH&txt-size=10')
    const large = await inkOf('txt=HHH&txt-size=30')
    const dense = await inkOf('txt=HHH&txt-size=10&w=200&dpr=3')
    expect(large.width / small.width).toBeCloseTo(3, 0)
    expect(Math.abs(dense.width - large.width)).toBeLessThanOrEqual(2)
  })

  test('may be bold, italic, of another family, with more room between letters and lines', async () => {
    const usual = await inkOf('txt=ill&txt-size=40')
    expect((await inkOf('txt=ill&txt-size=40&txt-font=bold')).amount).toBeGreaterThan(usual.amount * 1.2)
    expect((await inkOf('txt=ill&txt-size=40&txt-font=monospace')).width).toBeGreaterThan(usual.width * 1.5)
    expect((await inkOf('txt=ill&txt-size=40&txt-font=serif')).amount).not.toBe(usual.amount)
    expect((await inkOf('txt=ill&txt-size=40&txt-font=italic')).width).toBeGreaterThan(usual.width)
    expect((await inkOf('txt=ill&txt-size=40&txt-track=10')).width).toBeGreaterThan(usual.width + 15)
    const lines = await inkOf(`${text('H\nH')}&txt-size=20`)
    expect((await inkOf(`${text('H\nH')}&txt-size=20&txt-lead=20`)).height).toBe(lines.height + 20)
  })

  test('is wrapped where a line is too long, and fits the picture where it is told to', async () => {
    const one = await inkOf('txt=one+two+three&txt-size=12')
    const many = await inkOf('txt=one+two+three&txt-size=12&txt-width=45')
    expect(many.width).toBeLessThanOrEqual(45)
    expect(many.height).toBeGreaterThan(one.height * 2)
    const most = await inkOf('txt=Hxg&txt-fit=max')
    expect(Math.max(most.width / 180, most.height / 100)).toBeGreaterThan(0.9)
    expect(most.width <= 180 && most.height <= 100).toBe(true)
  })

  test('has a colour, an outline, a shadow and a box behind it', async () => {
    const colours = async (query: string) => {
      const { body } = await made(white, `txt=H&txt-size=60&fm=png&${query}`)
      const { data, info } = await sharp(body).removeAlpha().raw().toBuffer({ resolveWithObject: true })
      const found = new Set<string>()
      for (let at = 0; at < data.length; at += info.channels)
        found.add(data.subarray(at, at + 3).toString('hex'))
      return found
    }
    expect(await colours('txt-color=ff0000')).toContain('ff0000')
    const outlined = await colours('txt-color=ff0000&txt-line=3&txt-line-color=0000ff')
    expect(outlined.has('ff0000') && outlined.has('0000ff')).toBe(true)
    expect(await colours('txt-bg=00ff00')).toContain('00ff00')
    const plain = await inkOf('txt=H&txt-size=60')
    const wide = await inkOf('txt=H&txt-size=60&txt-line=4&txt-line-color=black')
    expect([wide.left, wide.right, wide.top]).toEqual([plain.left - 4, plain.right + 4, plain.top - 4])
    expect((await inkOf('txt=H&txt-size=60&txt-shad=6')).amount).toBeGreaterThan(plain.amount * 1.05)
  })

  test('is text and no markup, whatever it holds', async () => {
    const marked = await inkOf(`${text('<b>a</b>')}&txt-size=14`)
    expect(marked.width).toBeGreaterThan((await inkOf('txt=a&txt-size=14')).width * 4)
    for (const words of ['&amp;', '&', '<', '</span>', '"\'>', '&#0;', '\u202e abc', 'e\u0301\u0301\u0301'])
      expect((await inkOf(`${text(words)}&txt-size=14`)).amount).toBeGreaterThan(3)
  })

  test('is drawn from right to left, and joined, where its script is', async () => {
    // A full stop ends the line: on the right of Latin letters, on the left of Hebrew ones.
    const dotSide = async (words: string) => {
      const { left, right, bottom } = await inkOf(`${text(words)}&txt-size=60&txt-align=middle,center`)
      const found = await seen(white, `${text(words)}&txt-size=60&txt-align=middle,center`)
      const dark = (x: number) => (found.at(x, bottom - 2)[0] ?? 255) < 128
      const edge = (from: number, step: number) => [1, 2, 3, 4].filter((n) => dark(from + n * step)).length
      return edge(left, 1) >= edge(right - 1, -1) ? 'left' : 'right'
    }
    expect(await dotSide('ח.')).toBe('left')
    const joined = await inkOf(`${text('ببب')}&txt-size=30`)
    const alone = await inkOf(`${text('ب ب ب')}&txt-size=30`)
    expect(joined.width).toBeLessThan(alone.width * 0.75)
  })

  test('that would fill too many pixels is refused by name', async () => {
    const long = 'W'.repeat(1900)
    const planOf = () =>
      plan(exact(parse(`txt=${long}&txt-size=2000`), { formats: 'basic', saveData: false }), identify(white))
    expect(planOf).toThrow(
      expect.objectContaining({
        kind: 'bad-option',
        details: expect.objectContaining({ option: 'txt-size' }),
      }),
    )
  })

  test('lies on grey pictures in its colour, on transparent ones, and on every frame of an animation', async () => {
    const found = await seen(
      await pictures.gray(),
      'txt=%E2%96%88%E2%96%88&txt-size=40&txt-color=red&txt-x=0&txt-y=0',
    )
    expect(found.at(20, 20)).toEqual([255, 0, 0])
    const { body } = await made(
      await pictures.animatedGif(),
      'txt=%E2%96%88%E2%96%88&txt-size=40&txt-color=lime&txt-x=0&txt-y=0&fm=webp&lossless=1',
    )
    const { pages = 1 } = await sharp(body).metadata()
    expect(pages).toBeGreaterThan(1)
    for (let page = 0; page < pages; page++) {
      const raw = await sharp(body, { page })
        .extract({ left: 8, top: 8, width: 1, height: 1 })
        .raw()
        .toBuffer()
      expect([...raw.subarray(0, 3)]).toEqual([0, 255, 0])
    }
  })
})

describe('a folder of fonts', () => {
  const folder = mkdtempSync(join(tmpdir(), 'halftone-fonts-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  test('has its families known by their names', async () => {
    const ttf = createRequire(import.meta.url).resolve('dejavu-fonts-ttf/ttf/DejaVuSansMono-Bold.ttf')
    // The same font under a name that no machine has.
    const named = Buffer.from(
      readFileSync(ttf)
        .toString('latin1')
        .replaceAll('DejaVu', 'Zebrus')
        .replaceAll('\0D\0e\0j\0a\0V\0u', '\0Z\0e\0b\0r\0u\0s'),
      'latin1',
    )
    writeFileSync(join(folder, 'zebrus.ttf'), named)
    writeFileSync(join(folder, 'broken.ttf'), 'no font at all')
    const spec = exact(parse('txt=iii&txt-size=30&txt-font=zebrus+sans+mono,bold&fm=png'), {
      formats: 'basic',
      saveData: false,
    })
    const draw = async (fonts?: string) => (await render(white, plan(spec, identify(white)), { fonts })).body
    const without = await draw()
    expect(Buffer.from(await draw(folder)).equals(Buffer.from(without))).toBe(false)
  })
})
