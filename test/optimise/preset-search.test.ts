// The search over several presets, on made-up pictures: the preset with fewer bytes wins, and the others cost few probes.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { searchPresets } from '../../transforms/optimise/lossy/preset-search.ts'
import { type EncoderPreset, predictScore } from '../../transforms/optimise/lossy/score-curves.ts'

const presets = ['jpeg 4:2:0 klein', 'jpeg 4:2:0 mssim'] as const
const course = { presets, target: 76, maxProbes: 6, endsAt: Number.POSITIVE_INFINITY }

/** Each preset takes so many times the bytes that a score costs on average. */
const picture =
  (difficulty: number, costs: Partial<Record<EncoderPreset, number>>) =>
  async (preset: EncoderPreset, quality: number) => {
    const score = 100 - difficulty * (100 - predictScore(preset, quality))
    return {
      preset,
      quality,
      score,
      body: { length: 10_000 * Math.exp(0.054 * score) * (costs[preset] ?? 1) },
    }
  }

test('the cheaper preset wins in few probes, at any difficulty, and reaches the target', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.double({ min: 0.6, max: 1.5, noNaN: true }),
      fc.constantFrom(...presets),
      async (difficulty, cheap) => {
        const { best, probes } = await searchPresets(course, picture(difficulty, { [cheap]: 0.93 }))
        expect(best?.preset).toBe(cheap)
        expect(best?.score).toBeGreaterThanOrEqual(76)
        expect(best?.score).toBeLessThan(77.5)
        expect(probes.length).toBeLessThanOrEqual(5)
      },
    ),
  )
})

test('among those that reached the target the smallest is the answer, whichever preset led', async () => {
  const { best, probes } = await searchPresets(course, picture(1, {}))
  const reached = probes.filter(({ score }) => score >= 76)
  expect(best?.body.length).toBe(Math.min(...reached.map(({ body }) => body.length)))
})

test('begins where it is told, and never outside of the qualities there are', async () => {
  expect((await searchPresets({ ...course, seed: 61.4 }, picture(1, {}))).probes[0]?.quality).toBe(61)
  const { best, probes } = await searchPresets({ ...course, seed: 140 }, picture(6, {}))
  expect(best).toBeUndefined()
  for (const { quality } of probes) expect(quality).toBeLessThanOrEqual(97)
})

test('makes no more probes than it may, and one where there is no time', async () => {
  expect((await searchPresets({ ...course, maxProbes: 2 }, picture(1.4, {}))).probes).toHaveLength(2)
  expect((await searchPresets({ ...course, endsAt: 0 }, picture(0.8, {}))).probes).toHaveLength(1)
})
