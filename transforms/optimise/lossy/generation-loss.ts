// A source may have lost something already: what may be lost on top, so that the sum stays what was asked for.
import type { Facts } from '../../facts.ts'
import { has } from '../../identify/bytes.ts'
import { hasHalvedColour } from './chroma-subsampling.ts'
import { highestQuality } from './quality-search.ts'
import { type JpegQuantisation, matchQuantisation } from './quantisation-tables.ts'
import { predictScore } from './score-curves.ts'

export interface SourceLoss {
  /** Score of the source against what it was made of; undefined for a format that loses nothing. */
  readonly score: number | undefined
  /** A recoding in the same format must come down to this share of the bytes, or it is not worth its loss. */
  readonly worthwhile: number
  /** Colour is at less than full resolution already. */
  readonly isHalved: boolean
  /** An optimiser was here: a second time would only add loss to loss. */
  readonly isOptimised: boolean
}

/** WebP and AVIF tell no quality; an assumed one is made safe by asking for half of the bytes. */
const assumed = { score: 82, worthwhile: 0.5 } as const
const pristine: SourceLoss = { score: undefined, worthwhile: 1, isHalved: false, isOptimised: false }

export function estimateSourceLoss(source: Uint8Array, facts: Facts): SourceLoss {
  if (facts.format === 'avif' || (facts.format === 'webp' && !isLosslessWebp(source)))
    return { ...pristine, ...assumed }
  const quantised = facts.format === 'jpeg' ? matchQuantisation(source) : undefined
  if (quantised === undefined) return pristine
  const halved = hasHalvedColour(source)
  return {
    score: estimateSourceScore(quantised, halved ? '4:2:0' : '4:4:4'),
    worthwhile: 0.9,
    isHalved: halved,
    isOptimised: isOptimised(quantised, facts.progressive),
  }
}

/** Its pixels stand in a VP8L chunk, first or behind the few of an extended file (RFC 9649 section 2.7). */
function isLosslessWebp(source: Uint8Array): boolean {
  for (let at = 12; at + 8 <= source.length; ) {
    if (has(source, at, 'VP8L')) return true
    if (has(source, at, 'VP8 ')) return false
    const size = new DataView(source.buffer, source.byteOffset + at + 4, 4).getUint32(0, true)
    at += 8 + size + (size & 1)
  }
  return false
}

/** Scores against the pristine picture at libjpeg's qualities, 4:2:0 (measured on 30 pictures). */
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
/** MozJPEG's table with scans is what an optimiser leaves behind, up to the highest that ours tries; its other tables are ours. */
const optimisersHighest = highestQuality

export function estimateSourceScore(
  { family, table, quality }: JpegQuantisation,
  chroma: '4:2:0' | '4:4:4',
): number {
  if (family === 'mozjpeg') return predictScore(table ? `jpeg ${chroma} ${table}` : `jpeg ${chroma}`, quality)
  return interpolate(quality) + (chroma === '4:4:4' ? fullColourGain : 0)
}

function interpolate(quality: number): number {
  for (let i = 1; i < libjpegScores.length; i++) {
    const [q0, s0] = libjpegScores[i - 1] ?? [0, 0]
    const [q1, s1] = libjpegScores[i] ?? [0, 0]
    if (quality <= q1) return s0 + ((quality - q0) * (s1 - s0)) / (q1 - q0)
  }
  return 92.5
}

/** The score to reach against the source itself; undefined when the source has used up all that may be lost. */
export function tightenTarget(target: number, source: number): number | undefined {
  const left = (100 - target + allowance) ** power - (100 - source) ** power
  return left <= 0 ? undefined : Math.max(target, 100 - left ** (1 / power))
}

const isOptimised = ({ family, table, quality, exact }: JpegQuantisation, progressive: boolean): boolean =>
  family === 'mozjpeg' && ((table !== undefined && exact) || progressive) && quality <= optimisersHighest
