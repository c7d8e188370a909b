// Generation loss: what the source has lost already, and how much may be lost on top of it so that the result still looks
// as good as was asked.
import type { Facts } from '../../facts.ts'
import { has } from '../../identify/bytes.ts'
import { hasHalvedColour } from './chroma-subsampling.ts'
import { highestQuality } from './quality-search.ts'
import { type JpegQuantisation, matchQuantisation } from './quantisation-tables.ts'
import { predictScore } from './score-curves.ts'

export interface SourceLoss {
  /** Estimated score of the source against its own original; undefined for a format that loses nothing. */
  readonly score: number | undefined
  /** A recoding in the same format must take no more than this share of the source's bytes to be worth its loss. */
  readonly worthwhile: number
  /** The source stores colour at less than full resolution. */
  readonly isHalved: boolean
  /** An optimiser made the source: recoding it would only add loss. */
  readonly isOptimised: boolean
}

/** A WebP or AVIF file does not say its quality. The assumed score is made safe: half of the bytes must be saved. */
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

/** The pixels are in a VP8L chunk: the first, or in an extended file one of the next (RFC 9649 section 2.7). */
function isLosslessWebp(source: Uint8Array): boolean {
  for (let at = 12; at + 8 <= source.length; ) {
    if (has(source, at, 'VP8L')) return true
    if (has(source, at, 'VP8 ')) return false
    const size = new DataView(source.buffer, source.byteOffset + at + 4, 4).getUint32(0, true)
    at += 8 + size + (size & 1)
  }
  return false
}

/** Pairs of libjpeg's quality and the score of its file against the original, 4:2:0 (measured on 30 pictures). */
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
/** Points that full colour adds to the score at the same quality. */
const fullColourGain = 3
/**
 * The result may end up so many points below the target: the source's score is an estimate, and nobody sees the
 * difference.
 */
const allowance = 1.5
/** Distances from 100, raised to this power, add up over two generations (measured on 30 pictures). */
const power = 2.5
/**
 * MozJPEG's default table in a progressive file is the mark of an optimiser, up to the highest quality that ours tries. Its
 * other tables are the mark of ours.
 */
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

/** The score to reach against the source; undefined when the source has lost all that may be lost. */
export function tightenTarget(target: number, source: number): number | undefined {
  const left = (100 - target + allowance) ** power - (100 - source) ** power
  return left <= 0 ? undefined : Math.max(target, 100 - left ** (1 / power))
}

const isOptimised = ({ family, table, quality, exact }: JpegQuantisation, progressive: boolean): boolean =>
  family === 'mozjpeg' && ((table !== undefined && exact) || progressive) && quality <= optimisersHighest
