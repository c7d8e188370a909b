import { expect, test } from 'vitest'
import { qualityFor, sharpWebpQuality } from '../../transforms/quality.ts'

const scale = Array.from({ length: 101 }, (_, q) => q)

test('a higher quality is never a lower number of the encoder, and always one it takes', () => {
  for (const format of ['jpeg', 'webp', 'avif'] as const) {
    const numbers = scale.map((q) => qualityFor(format, q, false) ?? 0)
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b))
    expect(numbers[0]).toBeGreaterThanOrEqual(1)
    expect(numbers.at(-1)).toBeLessThanOrEqual(100)
  }
})

test('without a quality the default applies, and a lower one for clients that save data', () => {
  for (const format of ['jpeg', 'webp', 'avif'] as const) {
    expect(qualityFor(format, undefined, false)).toBe(qualityFor(format, 75, false))
    expect(qualityFor(format, undefined, true)).toBeLessThan(qualityFor(format, undefined, false) ?? 0)
  }
})

test('formats without loss have no quality', () => {
  expect(qualityFor('png', 80, false)).toBeUndefined()
  expect(qualityFor('gif', 80, false)).toBeUndefined()
})

test("sharp's WebP encoder needs a higher number for the same look, and never a lower one for more", () => {
  const numbers = scale.map(sharpWebpQuality)
  expect(numbers).toEqual([...numbers].sort((a, b) => a - b))
  expect(numbers.every((number, ours) => number >= ours && number <= 100)).toBe(true)
})
