// AVIF by score, in three stages: probes at effort 2 predict the quality, effort 4 makes the result, and effort 7 makes a
// smaller one where there is time.

import { createFinalEncoder, createProbeEncoder, createSlowAvifEncoder } from './encoders.ts'
import { pickSmallest } from './preset-search.ts'
import { type QualityProbe, searchQuality } from './quality-search.ts'
import { isSameAsBelow, measureDifficulty, predictQuality } from './score-curves.ts'
import {
  buildResult,
  createProbe,
  encodeAndScore,
  type JudgedPicture,
  pickBest,
  type RecodeGoal,
  type RecodeResult,
  type ScoredEncode,
} from './scored-encode.ts'

const preset = 'avif'
/** Points that effort 4 scores above effort 2 at the same quality (mean of 38 corpus pictures). */
const effortGain = 1.05
/** Quick probes need to come only so near to the target that the curve can predict the rest. */
const probeLimits = { maxProbes: 4, tolerance: 1.5 } as const
/** A final encode takes two seconds a megapixel, so small gains are not pursued; two or three encodes are usual. */
const finalLimits = { maxProbes: 5, tolerance: 0.8 } as const
/** Encoding and judging at effort 4 takes so many times as long as a probe. */
const finalCost = 7

export async function recodeAvif(subject: JudgedPicture, goal: RecodeGoal): Promise<RecodeResult> {
  const startedAt = performance.now()
  const eased = { ...goal, target: goal.target - effortGain }
  const quick = await searchQuality({ ...eased, ...probeLimits, preset }, (quality) =>
    createProbe(subject, eased)(preset, quality),
  )
  const seed = Math.round(
    predictQuality(preset, eased.target, measureDifficulty(preset, pickNearest(quick.probes, eased.target))),
  )
  const each = (performance.now() - startedAt) / quick.probes.length
  // Without time for effort 4, a higher quality at effort 2 looks the same and takes 12 % more bytes.
  const encoder = performance.now() + each * finalCost < goal.endsAt ? createFinalEncoder : createProbeEncoder
  const encode = encoder(subject.picture, preset)
  const began = performance.now()
  const { best, probes } = await searchQuality({ ...goal, ...finalLimits, preset, seed }, (quality) =>
    encodeAndScore(subject, { preset, quality, encode }, goal),
  )
  const count = quick.probes.length + probes.length
  const finalMs = (performance.now() - began) / probes.length
  if (best === undefined || encoder === createProbeEncoder || !hasPatience(goal.endsAt, finalMs * lastCost))
    return buildResult(best ?? pickBest(probes), {
      probes: count,
      reached: best !== undefined,
      isHurried: encoder === createProbeEncoder,
    })
  const last = await encodeSlowly(subject, goal, best)
  const chosen = pickSmallest([best, ...last], goal.target) ?? best
  return buildResult(chosen, { probes: count + last.length, reached: true })
}

/**
 * Effort 7 takes so many times as long as effort 4 and saves 3 % of the bytes. It may use this share of the time left.
 */
const [lastCost, lastShare] = [4.5, 0.1]
const hasPatience = (endsAt: number, ms: number): boolean => ms < (endsAt - performance.now()) * lastShare

/** Points that effort 7 gains at least over effort 4 (13 corpus pictures), and points that one step of quality costs. */
const [lastGain, stepCost] = [0.4, 0.95]

/** Encodes at effort 7, one step lower where the score leaves room for it, and once more where it still does. */
async function encodeSlowly(
  subject: JudgedPicture,
  goal: RecodeGoal,
  best: ScoredEncode,
): Promise<ScoredEncode[]> {
  const at = (quality: number) =>
    encodeAndScore(subject, { preset, quality, encode: createSlowAvifEncoder(subject.picture) }, goal)
  const above = ({ score }: ScoredEncode) => score - goal.target
  const startedAt = performance.now()
  const first = await at(above(best) + lastGain > stepCost ? lowerQuality(best.quality) : best.quality)
  const took = performance.now() - startedAt
  if (above(first) < stepCost || !hasPatience(goal.endsAt, took)) return [first]
  return [first, await at(lowerQuality(first.quality))]
}

const lowerQuality = (quality: number): number => quality - (isSameAsBelow(preset, quality) ? 2 : 1)

function pickNearest<P extends QualityProbe>(probes: readonly P[], target: number): P {
  const off = ({ score }: P) => Math.abs(score - target)
  return probes.reduce((best, made) => (off(made) < off(best) ? made : best))
}
