import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { asFailure } from '../../errors.ts'
import { identify } from '../../transforms/identify.ts'
import { type Optimised, optimise } from '../../transforms/optimise/index.ts'
import { type Entry, entries, isHere, read } from '../corpus/pictures.ts'
import { isEqual } from './pixels.ts'

const outcomes = new Map<string, Optimised>()

async function outcome(entry: Entry): Promise<Optimised | undefined> {
  try {
    const made = await optimise(read(entry.name), { mode: 'lossless' })
    outcomes.set(entry.name, made)
    return made
  } catch (thrown) {
    const { kind, cause } = asFailure(thrown)
    expect(
      ['source-broken', 'source-unsupported', 'source-too-large', 'too-costly'],
      String(cause),
    ).toContain(kind)
    // TIFF is read by the CDN, and is no format that the optimiser writes.
    expect(entry.expect === 'reject' || entry.lenient || entry.format === 'tiff', entry.name).toBe(true)
    return undefined
  }
}

const share = (names: readonly string[]): number => {
  const made = names.flatMap((name) => outcomes.get(name) ?? [])
  const sum = (of: (each: Optimised) => number) => made.reduce((total, each) => total + of(each), 0)
  return sum(({ report }) => report.bytes) / sum(({ report }) => report.sourceBytes)
}

const geometricShare = (names: readonly string[]): number => {
  const made = names.flatMap((name) => outcomes.get(name) ?? [])
  return Math.exp(
    made.reduce((total, { report }) => total + Math.log(report.bytes / report.sourceBytes), 0) / made.length,
  )
}

const kinds = ['png', 'product', 'screenshot', 'logo']
const drawn = entries.filter(({ format, class: kind }) => format === 'png' && kinds.includes(kind))

const seen = (bytes: Uint8Array) =>
  sharp(bytes, { failOn: 'none' }).autoOrient().toColourspace('srgb').ensureAlpha().raw().toBuffer()

/** What is larger says nothing new, and takes seconds each. */
const mostBytes = 250_000
const small = entries.filter(({ name }) => read(name).length <= mostBytes)

describe.skipIf(!isHere)('the corpus without loss', () => {
  test.each(small.map((entry) => [entry.name, entry] as const))('%s', async (_, entry) => {
    const made = await outcome(entry)
    if (!made) return
    expect(made.body.length).toBeLessThanOrEqual(made.report.sourceBytes)
    // Upright and through the profile, as the pixels reach a screen; 16 bits have tests of their own.
    const isStill = !entry.lenient && ['jpeg', 'png', 'webp'].includes(entry.format ?? '')
    if (isStill && identify(made.body).depth <= 8 && identify(read(entry.name)).depth <= 8)
      expect(isEqual(await seen(made.body), await seen(read(entry.name)))).toBe(true)
    const isSmall = made.report.sourceBytes < 20_000
    if (isSmall) expect(isEqual((await optimise(made.body, { mode: 'lossless' })).body, made.body)).toBe(true)
  })

  test('JPEG comes down to 95.5 % in all', () => {
    const photos = entries.filter(({ format, class: kind }) => format === 'jpeg' && kind === 'photo')
    expect(share(photos.map(({ name }) => name))).toBeLessThan(0.955)
  })

  test('PNG of drawn and cut-out pictures comes down to 79 % in the geometric mean', () => {
    expect(geometricShare(drawn.map(({ name }) => name))).toBeLessThan(0.79)
  })

  test('the same in WebP without loss to 59 %', async () => {
    const shares: number[] = []
    for (const { name } of drawn.filter((entry) => !entry.lenient && read(entry.name).length <= mostBytes)) {
      const source = read(name)
      const made = await optimise(source, { mode: 'lossless', format: 'webp' }).catch(() => undefined)
      // 16 bits, and colours that a WebP cannot tell of, stay PNG.
      if (made) shares.push(Math.log(Math.min(made.body.length, source.length) / source.length))
    }
    expect(shares.length).toBeGreaterThan(10)
    expect(Math.exp(shares.reduce((sum, each) => sum + each, 0) / shares.length)).toBeLessThan(0.59)
  })
})
