// A JPEG has lost something already: what may be lost on top, so that the sum stays what was asked for.
import { scoreAt } from './curve.ts'
import type { Quantised } from './quantised.ts'

/** Scores against the pristine picture at libjpeg's qualities, 4:2:0 (FACTS section 4, 30 pictures). */
const libjpegScores: readonly (readonly [number, number])[] = [
  [0, 0],
  [30, 48],
  [50, 62.5],
  [60, 67.5],
  [70, 72.4],
  [80, 78],
  [90, 84.4],
  [95, 88.5],
  [100, 92.5],
]
/** What full colour adds at the same quality. */
const fullColourGain = 3
/** The whole may end up so much below the target: it is an estimate, and nobody sees a point and a half. */
const allowance = 1.5
/** Distortions add up as their power of this (measured on 30 pictures). */
const power = 2.5
/** Up to here a mozjpeg table with scans is what an optimiser leaves behind, ours or another's. */
const optimisersHighest = 92

export function sourceScore({ family, quality }: Quantised, chroma: '4:2:0' | '4:4:4'): number {
  if (family === 'mozjpeg') return scoreAt(chroma === '4:4:4' ? 'jpeg 4:4:4' : 'jpeg 4:2:0', quality)
  return between(quality) + (chroma === '4:4:4' ? fullColourGain : 0)
}

function between(quality: number): number {
  for (let i = 1; i < libjpegScores.length; i++) {
    const [q0, s0] = libjpegScores[i - 1] ?? [0, 0]
    const [q1, s1] = libjpegScores[i] ?? [0, 0]
    if (quality <= q1) return s0 + ((quality - q0) * (s1 - s0)) / (q1 - q0)
  }
  return 92.5
}

/** The score to reach against the source itself; undefined when the source has used up all that may be lost. */
export function relativeTarget(target: number, source: number): number | undefined {
  const left = (100 - target + allowance) ** power - (100 - source) ** power
  return left <= 0 ? undefined : Math.max(target, 100 - left ** (1 / power))
}

/** Optimised once already: a second time would only add loss to loss. */
export const isOptimised = ({ family, quality }: Quantised, progressive: boolean): boolean =>
  family === 'mozjpeg' && progressive && quality <= optimisersHighest
