// The quality search, on made-up pictures: in few probes it finds the lowest quality that reaches the target.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { estimateSourceScore, tightenTarget } from '../../transforms/optimise/lossy/generation-loss.ts'
import {
  highestQuality,
  lowestQuality,
  type QualityAim,
  searchQuality,
} from '../../transforms/optimise/lossy/quality-search.ts'
import { isSameAsBelow, predictScore } from '../../transforms/optimise/lossy/score-curves.ts'
import { applyGuards } from '../../transforms/optimise/lossy/visual-judge.ts'

const never = Number.POSITIVE_INFINITY
const aim: QualityAim = { preset: 'jpeg 4:2:0', target: 76, maxProbes: 6, endsAt: never }

/** A picture whose errors are so many times the average picture's. */
const picture = (difficulty: number) => async (quality: number) => ({
  quality,
  score: 100 - difficulty * (100 - predictScore('jpeg 4:2:0', quality)),
})

test('an average picture takes one probe', async () => {
  const { best, probes } = await searchQuality(aim, picture(1))
  expect(probes).toHaveLength(1)
  expect(best?.score).toBeGreaterThanOrEqual(76)
})

test('pictures of any difficulty are found in at most four probes, and never below the target', async () => {
  await fc.assert(
    fc.asyncProperty(fc.double({ min: 0.5, max: 1.8, noNaN: true }), async (difficulty) => {
      const { best, probes } = await searchQuality(aim, picture(difficulty))
      expect(probes.length).toBeLessThanOrEqual(4)
      expect(best?.score).toBeGreaterThanOrEqual(76)
      // A quality two lower would not do, but for the tolerance of half a point.
      const lower = await picture(difficulty)((best?.quality ?? 0) - 2)
      expect(lower.score).toBeLessThan(76)
    }),
  )
})

test('a picture that no quality saves has no best, and its probes are told', async () => {
  const { best, probes } = await searchQuality(aim, picture(5))
  expect(best).toBeUndefined()
  expect(probes.at(-1)?.quality).toBe(highestQuality)
})

test('a picture that is easy at every quality gets the lowest', async () => {
  const { best } = await searchQuality(aim, picture(0.1))
  expect(best?.quality).toBe(lowestQuality)
})

test('qualities of WebP lie four times as close, and so do its answers', async () => {
  await fc.assert(
    fc.asyncProperty(fc.double({ min: 0.5, max: 1.8, noNaN: true }), async (difficulty) => {
      const webp = async (quality: number) => ({
        quality,
        score: 100 - difficulty * (100 - predictScore('webp', quality)),
      })
      const { best, probes } = await searchQuality({ ...aim, preset: 'webp' }, webp)
      expect(probes.length).toBeLessThanOrEqual(5)
      expect(((best?.quality ?? Number.NaN) * 4) % 1).toBe(0)
      expect(best?.score).toBeGreaterThanOrEqual(76)
      expect((await webp((best?.quality ?? 0) - 0.75)).score).toBeLessThan(76)
    }),
  )
})

test('no AVIF is made twice: of every four qualities two make the same', async () => {
  await fc.assert(
    fc.asyncProperty(fc.double({ min: 0.6, max: 1.8, noNaN: true }), async (difficulty) => {
      const avif = async (quality: number) => ({
        quality,
        score:
          100 - difficulty * (100 - predictScore('avif', quality - Number(isSameAsBelow('avif', quality)))),
      })
      const { best, probes } = await searchQuality({ ...aim, preset: 'avif' }, avif)
      expect(probes.filter(({ quality }) => isSameAsBelow('avif', quality))).toEqual([])
      expect(best?.score).toBeGreaterThanOrEqual(76)
      expect((await avif((best?.quality ?? 0) - 3)).score).toBeLessThan(76)
    }),
  )
})

test('a seed is probed first', async () => {
  const { probes } = await searchQuality({ ...aim, seed: 61 }, picture(1))
  expect(probes[0]?.quality).toBe(61)
})

test('without time left one probe is made, and a safe second where it fell short', async () => {
  expect((await searchQuality({ ...aim, endsAt: 0 }, picture(0.8))).probes).toHaveLength(1)
  const { best, probes } = await searchQuality({ ...aim, endsAt: 0 }, picture(1.5))
  expect(probes).toHaveLength(2)
  expect(best?.score).toBeGreaterThanOrEqual(76)
})

const standard = { target: 76, whiteLimit: 0.06, flatAreaLimit: 12, p5Slack: 7, worstSlack: 12 }
const sound = { score: 77, tiles: { p5: 75, worst: 70 }, flatAreaError: 6 }

test.each([
  ['the whole, where nothing local is worse', sound, 77],
  ['the fifth percentile of the tiles', { ...sound, tiles: { p5: 66, worst: 65 } }, 73],
  ['the worst tile', { ...sound, tiles: { p5: 75, worst: 60 } }, 72],
  ['white that is off', { ...sound, whiteOff: 0.09 }, 73],
  ['small places that are off', { ...sound, flatAreaError: 15 }, 73],
  ['the whole, where white is clean', { ...sound, whiteOff: 0 }, 77],
])('a candidate counts as %s', (_, judgement, expected) => {
  expect(applyGuards(judgement, standard)).toBeCloseTo(expected, 6)
})

test('what a JPEG has lost already is taken from what may be lost', () => {
  const pristine = tightenTarget(76, 95) ?? 0
  const good =
    tightenTarget(76, estimateSourceScore({ family: 'libjpeg', quality: 90, exact: true }, '4:2:0')) ?? 0
  expect(pristine).toBe(76)
  expect(good).toBeGreaterThan(pristine)
  expect(tightenTarget(76, 74)).toBeUndefined()
})
