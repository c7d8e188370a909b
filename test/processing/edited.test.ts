// What comes out of an edit: pixels as asked for, metadata as asked for, films that still move.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import sharp from 'sharp'
import { afterAll, describe, expect, test } from 'vitest'
import { processOrder } from '../../processing/process-order.ts'
import { defaultLimits, identify } from '../../transforms/index.ts'
import type { OptimiseRequest } from '../../transforms/optimise/request.ts'
import * as pictures from '../pictures.ts'
import { isInstalled } from '../sources.ts'

const folder = mkdtempSync(join(tmpdir(), 'halftone-edited-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const size = { width: 240, height: 160 }

function made(picture: Uint8Array, edit: string, optimise: OptimiseRequest, limits = defaultLimits) {
  const file = join(folder, 'picture')
  writeFileSync(file, picture)
  return processOrder({ file, edit, optimise }, { limits, budgetMs: 30_000, timeoutMs: 60_000 })
}

/** The colour in the middle of each quarter, as one of the four it was drawn in. */
async function quartersOf(body: Uint8Array): Promise<string[]> {
  const { data, info } = await sharp(body)
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true })
  const near = (x: number, y: number) => {
    const at = (Math.floor(info.height * y) * info.width + Math.floor(info.width * x)) * info.channels
    const off = (hex: string) =>
      [1, 3, 5].reduce(
        (sum, from, i) =>
          sum + Math.abs((data[at + i] ?? 0) - Number.parseInt(hex.slice(from, from + 2), 16)),
        0,
      )
    const [nearest] = Object.entries(pictures.quarters).sort(([, a], [, b]) => off(a) - off(b))
    return nearest?.[0] ?? ''
  }
  return [near(0.25, 0.25), near(0.75, 0.25), near(0.25, 0.75), near(0.75, 0.75)]
}
const upright = ['topLeft', 'topRight', 'bottomLeft', 'bottomRight']

test.each([1, 2, 3, 4, 5, 6, 7, 8])(
  'orientation %i is upright after an edit, and says no more of it',
  async (orientation) => {
    const { body } = await made(await pictures.lying(orientation, size), 'w=120', { mode: 'lossy' })
    expect(identify(body)).toMatchObject({ width: 120, height: 80, orientation: 1 })
    expect(await quartersOf(body)).toEqual(upright)
  },
)

test.each(['jpeg', 'png', 'webp', 'avif', 'gif'] as const)(
  'a JPEG turned on its head may become %s',
  async (format) => {
    const { body, figures } = await made(await pictures.jpeg(size), 'rot=180', { mode: 'lossy', format })
    expect(figures).toMatchObject({ format, ...size })
    expect(identify(body)).toMatchObject({ format, ...size })
    expect(await quartersOf(body)).toEqual(upright.toReversed())
  },
)

test('the best of all formats is found for an edited photograph', async () => {
  const { figures } = await made(await pictures.jpeg(size), 'w=200', { mode: 'lossy', format: 'auto' })
  const names = figures.report.tried.map(({ name }) => name)
  expect(names).toEqual(expect.arrayContaining(['jpeg by score', 'webp by score']))
  expect(figures.report.tried.filter(({ verdict }) => verdict === 'chosen')).toHaveLength(1)
})

test('an edited JPEG without loss is as good as it can be, and the report says so', async () => {
  const { figures } = await made(await pictures.jpeg(size), 'w=200', { mode: 'lossless' })
  expect(figures.report.reason).toContain('lossless mode became the level max')
})

test.each([
  ['', size.width],
  ['w=120', 120],
])('a JPEG that lacks its end marker alone is as good as any, edited by %j', async (edit, width) => {
  const lacking = (await pictures.jpeg(size)).subarray(0, -2)
  const { body, figures } = await made(lacking, edit, { mode: 'lossy' })
  expect(identify(body)).toMatchObject({ format: 'jpeg', width })
  expect(figures.source.bytes).toBe(lacking.length)
  expect(body.length).toBeLessThanOrEqual(lacking.length)
  expect(await quartersOf(body)).toEqual(upright)
})

test('a drawing becomes pixels where a format is named', async () => {
  const { body, figures } = await made(pictures.svg(), 'w=300', { mode: 'lossless', format: 'png' })
  expect(figures).toMatchObject({ format: 'png', width: 300, height: 200, source: { format: 'svg' } })
  expect(await quartersOf(body)).toEqual(upright)
})

describe('what browsers cannot show becomes what they can', () => {
  const fixture = (name: string) => readFileSync(join(import.meta.dirname, '../fixtures', name))
  const [jxl, heic] = [isInstalled('djxl'), isInstalled('heif-convert', 'heif-dec')]
  const [pdf, film] = [isInstalled('pdftocairo', 'mutool', 'gs'), isInstalled('ffmpeg')]

  const cases = [
    ['two-colours.psd', 'psd', '', { mode: 'lossless', format: 'png' }, 16, true],
    ['two-colours.psd, edited', 'psd', 'w=8', { mode: 'lossy', format: 'webp' }, 8, true],
    ['two-colours.jxl (needs djxl)', 'jxl', '', { mode: 'lossy', format: 'jpeg' }, 64, jxl],
    ['two-colours.heic (needs heif-convert)', 'heic', 'w=32', { mode: 'lossy', format: 'webp' }, 32, heic],
    ['two-pages.pdf (needs a program for it)', 'pdf', 'w=50', { mode: 'lossy', format: 'jpeg' }, 50, pdf],
    ['red-then-blue.mp4 (needs ffmpeg)', 'mp4', 'w=32', { mode: 'lossy', format: 'jpeg' }, 32, film],
    ['red-then-blue.webm (needs ffmpeg)', 'webm', '', { mode: 'lossless', format: 'png' }, 64, film],
  ] as const
  for (const [name, format, edit, request, width, isHere] of cases)
    test.skipIf(!isHere)(name, async () => {
      const { body, figures } = await made(fixture(name.split(/[ ,]/)[0] ?? ''), edit, request)
      expect(figures).toMatchObject({ width, format: request.format, source: { format } })
      expect(identify(body)).toMatchObject({ format: request.format, width })
    })

  test.each(['two-pages.pdf', 'red-then-blue.mp4'])('%s stays none: a format is asked for', async (name) => {
    await expect(made(fixture(name), '', { mode: 'lossy' })).rejects.toMatchObject({
      kind: 'source-unsupported',
      message: expect.stringMatching(/can be made a picture: name a format for it/),
    })
  })

  test.skipIf(!film)('of a film the picture is that of the moment which is asked for', async () => {
    const asPng = { mode: 'lossless', format: 'png' } as const
    const { body } = await made(fixture('red-then-blue.mp4'), 'time=1.5', asPng)
    const { data } = await sharp(body).raw().toBuffer({ resolveWithObject: true })
    expect(data[2]).toBeGreaterThan(150)
  })

  test('an animated PNG goes on moving as a WebP', async () => {
    const { body } = await made(fixture('anim.png'), 'w=60', { mode: 'lossless', format: 'webp' })
    expect(await sharp(body, { animated: true }).metadata()).toMatchObject({ width: 60, pages: 6 })
  })
})

test('a film still moves after an edit, in its pace', async () => {
  const film = await pictures.animatedGif()
  const before = await sharp(film, { animated: true }).metadata()
  for (const format of ['same', 'webp'] as const) {
    const { body } = await made(film, 'w=40', { mode: 'lossy', format })
    const after = await sharp(body, { animated: true }).metadata()
    expect([after.width, after.pages, after.delay]).toEqual([40, before.pages, before.delay])
  }
})

describe('metadata', () => {
  const marked = async (format: 'jpeg' | 'png' | 'webp') =>
    sharp(await pictures.png(size))
      .withMetadata({ orientation: 6 })
      .toFormat(format)
      .withExifMerge({
        IFD0: { Copyright: 'Somebody', Artist: 'Her', Software: 'A camera' },
        IFD3: { GPSLatitudeRef: 'N', GPSMapDatum: 'At home' },
      })
      .toBuffer()
  const exifIn = async (body: Uint8Array) => (await sharp(body).metadata()).exif?.toString('latin1') ?? ''
  const kinds = ['jpeg', 'png', 'webp'] as const
  const pairs = kinds.flatMap((from) => kinds.map((to) => [from, to] as const))

  test.each(pairs)('of a %s that was to be kept outlives an edit to %s, the rest goes', async (from, to) => {
    const source = await marked(from)
    const { body, figures } = await made(source, 'w=100', { mode: 'lossy', format: to, keep: ['copyright'] })
    expect(figures).toMatchObject({ format: to, width: 100, height: 150 })
    expect(await exifIn(body)).toContain('Somebody')
    expect(await exifIn(body)).not.toMatch(/A camera|At home/)
    expect(identify(body)).toMatchObject({ width: 100, height: 150, orientation: 1 })
    const bare = await made(source, 'w=100', { mode: 'lossy', format: to })
    expect(bare.figures.result.exif).toBe(false)
  })

  test.each(kinds)('the place a %s was taken at outlives an edit only where it is named', async (format) => {
    const source = await marked(format)
    const kept = async (keep: OptimiseRequest['keep']) =>
      exifIn((await made(source, 'w=100', { mode: 'lossy', ...(keep && { keep }) })).body)
    expect(await kept(['geotag'])).toContain('At home')
    expect(await kept(['date', 'copyright', 'orientation', 'profile'])).not.toContain('At home')
    expect(await kept(undefined)).not.toContain('At home')
  })

  test('of a film of WebP is there after an edit, and it still moves', async () => {
    const film = await sharp(await pictures.animatedWebp(), { animated: true })
      .withExif({ IFD0: { Copyright: 'Somebody' } })
      .webp({ lossless: true })
      .toBuffer()
    const { body } = await made(film, 'w=40', { mode: 'lossy', keep: ['copyright'] })
    expect(await exifIn(body)).toContain('Somebody')
    expect((await sharp(body, { animated: true }).metadata()).pages).toBe(
      (await sharp(film, { animated: true }).metadata()).pages,
    )
  })
})

describe('limits', () => {
  test('a result of too many pixels is too costly', async () => {
    const limits = { ...defaultLimits, maxOutputPixels: 1e6 }
    const enlarged = made(await pictures.jpeg(size), 'w=4000&h=4000&fit=scale', { mode: 'lossy' }, limits)
    await expect(enlarged).rejects.toMatchObject({ kind: 'too-costly' })
  })

  test('a picture that is only converted is never shrunk unasked', async () => {
    const wide = await pictures.png({ width: 9000, height: 10 })
    await expect(made(wide, '', { mode: 'lossy', format: 'gif' })).rejects.toMatchObject({
      kind: 'too-costly',
    })
  })

  test('a file of too many bytes is not even read', async () => {
    const limits = { ...defaultLimits, maxSourceBytes: 500 }
    await expect(made(await pictures.jpeg(size), '', { mode: 'lossy' }, limits)).rejects.toMatchObject({
      kind: 'source-too-large',
    })
  })
})

test('a drawing that came gzipped comes back as text, and all figures are those of the text', async () => {
  const text = `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><!-- ${'long '.repeat(50)} --><path d="M0 0h9v9z"/></svg>`
  const { body, figures } = await made(gzipSync(text), '', { mode: 'lossless' })
  expect(Buffer.from(body).toString()).toMatch(/^<svg/)
  expect(figures.type).toBe('image/svg+xml')
  expect(figures.report).toMatchObject({ sourceBytes: text.length, bytes: body.length })
  const drawn = await made(gzipSync(text), 'w=5', { mode: 'lossless', format: 'png' })
  expect(drawn.figures).toMatchObject({ type: 'image/png', width: 5, report: { sourceBytes: text.length } })
})

test('a drawing that is gzipped without end is refused', async () => {
  const bomb = gzipSync(
    `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">${' '.repeat(5e6)}</svg>`,
  )
  await expect(made(bomb, '', { mode: 'lossless' })).rejects.toMatchObject({ kind: 'too-costly' })
})
