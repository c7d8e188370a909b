// What a request may require of the file beside its look: chroma subsampling, the order of scans, and a number of bytes.
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { identifyInDetail } from '../../transforms/optimise/identification.ts'
import { optimise } from '../../transforms/optimise/index.ts'
import type { OptimiseRequest } from '../../transforms/optimise/request.ts'
import * as pictures from '../pictures.ts'

const size = { width: 240, height: 161 }

/** Coloured noise on a slope: something to lose in every channel. */
const noise = () => {
  const data = new Uint8Array(size.width * size.height * 3)
  for (let i = 0; i < data.length; i++)
    data[i] = ((Math.imul(i + 1, 0x9e3779b1) >>> 15) % 90) + (i % 3) * 30 + Math.floor(i / 1500)
  return sharp(data, { raw: { ...size, channels: 3 } })
}
const jpeg = (options: Parameters<ReturnType<typeof noise>['jpeg']>[0] = {}) =>
  noise()
    .jpeg({ quality: 95, ...options })
    .toBuffer()

const made = async (source: Uint8Array, request: OptimiseRequest) => {
  const { body, report, format } = await optimise(source, { budgetMs: 30_000, ...request })
  return { body, report, format, is: identifyInDetail(body) }
}
const refused = (source: Uint8Array, request: OptimiseRequest) =>
  optimise(source, { budgetMs: 30_000, ...request }).catch((thrown) => thrown)

describe('chroma of a JPEG', () => {
  test.each(['4:2:0', '4:2:2', '4:4:4'] as const)(
    '%s is what comes out, by score and by quality',
    async (chroma) => {
      for (const request of [
        { mode: 'lossy', level: 'eco' },
        { mode: 'quality', quality: 70 },
      ] as const) {
        const { is, report } = await made(await jpeg(), { ...request, chroma })
        expect(is).toMatchObject({ format: 'jpeg', sampling: chroma, ...size })
        expect(report.chroma).toBe(chroma)
      }
    },
  )

  test('4:2:2 looks like its source, in odd widths and in baseline too', async () => {
    const source = await pictures.jpeg({ width: 121, height: 83 })
    for (const progressive of [true, false]) {
      const { body, is } = await made(source, { mode: 'quality', quality: 90, chroma: '4:2:2', progressive })
      expect(is).toMatchObject({ sampling: '4:2:2', progressive, width: 121, height: 83 })
      const [before, after] = await Promise.all(
        [source, body].map((bytes) => sharp(bytes).resize(2, 2, { fit: 'fill' }).raw().toBuffer()),
      )
      const off = [...(before ?? [])].map((value, i) => Math.abs(value - (after?.[i] ?? 0)))
      expect(Math.max(...off)).toBeLessThan(4)
    }
  })

  test('of a PNG on its way to JPEG, 4:2:2 may be asked for as well', async () => {
    const { is } = await made(await noise().png().toBuffer(), {
      mode: 'quality',
      quality: 80,
      format: 'jpeg',
      chroma: '4:2:2',
    })
    expect(is.sampling).toBe('4:2:2')
  })

  test('without loss it stays what it is, and anything else is refused', async () => {
    const source = await jpeg({ chromaSubsampling: '4:4:4' })
    expect((await made(source, { mode: 'lossless', chroma: '4:4:4' })).is.sampling).toBe('4:4:4')
    expect(await refused(source, { mode: 'lossless', chroma: '4:2:0' })).toMatchObject({
      kind: 'bad-option',
      details: { option: 'chroma' },
    })
  })

  test('a grey JPEG has none to change', async () => {
    const { is } = await made(await pictures.gray(size), { mode: 'lossless', chroma: '4:2:2' })
    expect(is).toMatchObject({ space: 'gray', sampling: null })
  })
})

describe('the order of a JPEG', () => {
  test.each(['lossless', 'lossy', 'quality'] as const)('is progressive in %s mode', async (mode) => {
    expect((await made(await jpeg(), { mode })).is.progressive).toBe(true)
  })

  test.each(['lossless', 'lossy', 'quality'] as const)('is baseline in %s mode when asked', async (mode) => {
    expect((await made(await jpeg(), { mode, progressive: false })).is.progressive).toBe(false)
  })

  test('a progressive source becomes baseline with loss only', async () => {
    const source = await jpeg({ progressive: true })
    expect((await made(source, { mode: 'lossy', progressive: false })).is.progressive).toBe(false)
    expect(await refused(source, { mode: 'lossless', progressive: false })).toMatchObject({
      kind: 'bad-option',
      details: { option: 'progressive' },
    })
  })
})

describe('a number of bytes', () => {
  const gif = async () => {
    const frames = await Promise.all(
      [0, 90].map((hue) => noise().modulate({ hue }).resize(120).png().toBuffer()),
    )
    return sharp(frames, { join: { animated: true } })
      .gif()
      .toBuffer()
  }
  test.each([
    ['jpeg', () => jpeg()],
    ['png', () => noise().png().toBuffer()],
    ['webp', () => noise().webp({ quality: 90 }).toBuffer()],
    ['gif', gif],
  ] as const)('%s is brought below it', async (format, source) => {
    const before = await source()
    const maxBytes = Math.round(before.length / 3)
    const { body, is, report } = await made(before, { mode: 'lossy', maxBytes })
    expect(body.length).toBeLessThanOrEqual(maxBytes)
    expect(is.format).toBe(format)
    expect(report.chosen).not.toBe('original')
  })

  test.each([
    ['jpeg', () => jpeg()],
    ['png', () => noise().png().toBuffer()],
    ['gif', gif],
    ['svg', async () => pictures.svg(size)],
  ] as const)('that %s cannot come down to is refused by name', async (_, source) => {
    expect(await refused(await source(), { mode: 'lossy', maxBytes: 60 })).toMatchObject({
      kind: 'bad-option',
      details: { option: 'maxBytes', received: '60' },
    })
  })

  test('that nothing came down to in time is not said to be too few', async () => {
    const source = await noise().png().toBuffer()
    const maxBytes = Math.round(source.length / 3)
    expect(await refused(source, { mode: 'lossy', maxBytes, budgetMs: 0 })).toMatchObject({ kind: 'late' })
  })

  test('is nothing that can be promised without loss', async () => {
    const source = await noise().png().toBuffer()
    expect(await refused(source, { mode: 'lossless', maxBytes: 1_000 })).toMatchObject({
      kind: 'bad-option',
      details: { option: 'maxBytes' },
    })
    expect((await made(source, { mode: 'lossless', maxBytes: source.length })).format).toBe('png')
  })

  test.each(['lossy', 'quality'] as const)(
    'that its own result meets changes nothing again, in %s mode',
    async (mode) => {
      const source = await jpeg()
      const request = { mode, maxBytes: Math.round(source.length / 3) }
      const { body } = await made(source, request)
      expect((await made(body, request)).report.saved).toBe(0)
    },
  )

  test('that is met without loss costs no colour', async () => {
    const { report } = await made(await pictures.png(), { mode: 'lossy', maxBytes: 50_000 })
    expect(report.tried.map(({ name }) => name)).not.toContain('png of fewer colours')
  })
})

test('a format that was named is made even when no time is left', async () => {
  const { format } = await made(await jpeg(), { mode: 'lossy', format: 'webp', budgetMs: 0 })
  expect(format).toBe('webp')
})
