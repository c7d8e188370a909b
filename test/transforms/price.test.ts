import { existsSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Facts } from '../../transforms/facts.ts'
import { exact, identify, parse } from '../../transforms/index.ts'
import { type Plan, plan as planOf } from '../../transforms/plan/plan.ts'
import { admit, defaultLimits, price } from '../../transforms/price.ts'
import { workOf } from '../../transforms/work.ts'
import { facts as anyFacts, client, pairs, photo, write } from './language-arbitraries.ts'
import { planned } from './planned.ts'

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

  test('grows with pixels, frames, scans, profile, code points, lossless output and effects', () => {
    const base = price(plan, facts)
    expect(price(plan, { ...facts, width: 8000 })).toBeGreaterThan(base)
    expect(price(plan, { ...facts, scans: 50 })).toBeGreaterThan(base)
    expect(price(plan, { ...facts, icc: true })).toBeGreaterThan(base)
    const primaries = [0.708, 0.292, 0.17, 0.797, 0.131, 0.046, 0.3127, 0.329] as const
    const told = (transfer: 'srgb' | 'pq' | 'hlg') =>
      price(plan, { ...facts, colour: { primaries, transfer, fullRange: true } })
    expect(base < told('srgb') && told('srgb') < told('pq') && told('pq') < told('hlg')).toBe(true)
    expect(price({ ...plan, encoding: { ...plan.encoding, lossless: true } }, facts)).toBeGreaterThan(base)
    expect(price({ ...plan, blur: 50 }, facts)).toBeGreaterThan(base)
    expect(price({ ...plan, frames: 'all', pages: 5000 }, gif)).toBeGreaterThan(1000 * price(plan, gif))
  })

  const film: Facts = {
    ...facts,
    format: 'gif',
    space: 'palette',
    width: 472,
    height: 298,
    pages: 380,
    animated: true,
    bytes: 360_000,
  }
  const filmPlan = (format: 'gif' | 'webp', size = { width: 472, height: 298 }): Plan => ({
    ...plan,
    frames: 'all',
    resize: size,
    encoding: { format, lossless: format === 'gif', progressive: false },
    ...size,
    pages: 380,
  })

  test('of a film of few colours is a twentieth of what one of noise costs, and both are some seconds', () => {
    const quiet = price(filmPlan('gif'), film)
    expect(quiet).toBeLessThan(4_000)
    expect(price(filmPlan('gif'), { ...film, bytes: 60e6 })).toBeGreaterThan(4 * quiet)
    expect(price(filmPlan('gif', { width: 440, height: 278 }), film)).toBeLessThan(4_000)
  })

  test('of frames that are worked on one by one counts each, however small it is', () => {
    const tiny = { ...film, width: 1, height: 1, pages: 1_000 }
    const turned = {
      ...filmPlan('gif', { width: 1, height: 1 }),
      orient: { turns: 1, mirror: false },
    } as const
    expect(price(turned, tiny)).toBeGreaterThan(1_000)
  })

  test('of a JPEG that is made much smaller is that of its bytes, not of its pixels', () => {
    const small = { ...plan, resize: { width: 200, height: 150 }, width: 200, height: 150 }
    const cut = { ...small, extract: { left: 0, top: 0, width: 3999, height: 2999 } }
    expect(price(cut, facts)).toBeGreaterThan(1.5 * price(small, facts))
    expect(price(small, { ...facts, bytes: 12_000_000 })).toBeGreaterThan(2 * price(small, facts))
  })

  test('is a sum of what there is to do: no step is below nothing, whatever is asked of whatever picture', () => {
    fc.assert(
      fc.property(pairs, client, anyFacts, (pairs, client, facts) => {
        const asked = planned(exact(parse(write(pairs)), client), facts)
        if (!asked) return
        const work = [...workOf(asked, facts)]
        expect(work.every(([, amount]) => amount >= 0 && Number.isFinite(amount))).toBe(true)
        expect(price(asked, facts)).toBeGreaterThan(0)
      }),
    )
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
    [
      'a film of photographs as GIF',
      { ...gif, format: 'webp', width: 640, height: 360, pages: 250, bytes: 9e6 },
      {
        ...plan,
        resize: { width: 640, height: 360 },
        frames: 'all',
        encoding: { format: 'gif', lossless: true, progressive: false },
        width: 640,
        height: 360,
        pages: 250,
      },
      'too-costly',
    ],
    ['an SVG full of filters', { ...facts, format: 'svg', scans: 9000 }, plan, 'too-costly'],
  ] as const
  test.each(refused)('refuses %s', (_name, facts, plan, kind) => {
    expect(() => admit(facts, plan)).toThrow(expect.objectContaining({ kind }))
  })

  const muybridge = new URL('../../../shared/cases/gif-anim-muybridge-380.gif', import.meta.url)
  test.skipIf(!existsSync(muybridge)).each(['', 'q=75', 'w=440', 'fm=gif', 'fm=webp', 'w=440&flip=h'])(
    'lets a real film of 380 frames in with "%s"',
    (query) => {
      const film = identify(readFileSync(muybridge))
      admit(film, planOf(exact(parse(query), { formats: 'basic', saveData: false }), film))
    },
  )

  test('lets usual work in, and the first frame of a long animation', () => {
    admit(facts, plan)
    admit(facts, undefined, defaultLimits)
    admit(gif, plan)
    admit({ ...gif, width: 400, height: 300, pages: 200 }, { ...plan, frames: 'all', pages: 200 })
  })
})
