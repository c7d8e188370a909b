import { describe, expect, test } from 'vitest'
import type { Facts } from '../../transforms/facts.ts'
import type { Plan } from '../../transforms/plan/plan.ts'
import { admit, defaultLimits, price } from '../../transforms/price.ts'
import { photo } from './language-arbitraries.ts'

const facts = photo({ bytes: 3_000_000 })
const plan: Plan = {
  frames: 'first',
  resize: { width: 640, height: 480 },
  background: { r: 255, g: 255, b: 255, alpha: 1 },
  flatten: false,
  encoding: { format: 'webp', quality: 80, lossless: false, progressive: false },
  width: 640,
  height: 480,
  pages: 1,
}
const gif: Facts = { ...facts, format: 'gif', width: 2000, height: 2000, pages: 5000, animated: true }

describe('the price', () => {
  test('of a 12 megapixel photograph at 640 pixels is some dozens of milliseconds', () => {
    expect(price(plan, facts)).toBeGreaterThan(20)
    expect(price(plan, facts)).toBeLessThan(200)
  })

  test('grows with pixels, frames, scans, profile, lossless output and effects', () => {
    const base = price(plan, facts)
    expect(price(plan, { ...facts, width: 8000 })).toBeGreaterThan(base)
    expect(price(plan, { ...facts, scans: 50 })).toBeGreaterThan(base)
    expect(price(plan, { ...facts, icc: true })).toBeGreaterThan(base)
    expect(price({ ...plan, encoding: { ...plan.encoding, lossless: true } }, facts)).toBeGreaterThan(base)
    expect(price({ ...plan, blur: 50 }, facts)).toBeGreaterThan(base)
    expect(price({ ...plan, frames: 'all', pages: 5000 }, gif)).toBeGreaterThan(1000 * price(plan, gif))
  })

  test('of an SVG follows its drawing, not its nominal size', () => {
    const svg: Facts = { ...facts, format: 'svg', width: 100_000, height: 100_000 }
    expect(price({ ...plan, density: 0.01 }, svg)).toBeLessThan(500)
  })
})

describe('admission', () => {
  const refused = [
    ['too many bytes', { ...facts, bytes: 1e9 }, plan, 'source-too-large'],
    ['too many pixels', { ...facts, width: 65_500, height: 65_500 }, undefined, 'source-too-large'],
    ['too many scans', { ...facts, scans: 3001 }, undefined, 'too-costly'],
    ['too many frames', gif, { ...plan, frames: 'all', pages: 5000 }, 'too-costly'],
    [
      'frames too large together',
      { ...gif, pages: 500 },
      { ...plan, frames: 'all', pages: 500 },
      'too-costly',
    ],
    ['a result too large', facts, { ...plan, width: 12_000, height: 12_000 }, 'too-costly'],
    ['an SVG full of filters', { ...facts, format: 'svg', scans: 9000 }, plan, 'too-costly'],
  ] as const
  test.each(refused)('refuses %s', (_name, facts, plan, kind) => {
    expect(() => admit(facts, plan)).toThrow(expect.objectContaining({ kind }))
  })

  test('lets usual work in, and the first frame of a long animation', () => {
    admit(facts, plan)
    admit(facts, undefined, defaultLimits)
    admit(gif, plan)
    admit({ ...gif, width: 400, height: 300, pages: 200 }, { ...plan, frames: 'all', pages: 200 })
  })
})
