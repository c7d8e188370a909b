// The task of one run of the optimiser, the set of candidates it tries, and the candidates that any format can have.
import type { Facts } from '../facts.ts'
import { createFixedQualityCandidate } from './fixed-quality.ts'
import type { LossyFormat } from './lossy/index.ts'
import type { PixelHash } from './pixel-hash.ts'
import type { OptimiseRequest } from './request.ts'
import type { Candidate, Winner } from './smallest-candidate.ts'
import { createTargetScoreCandidate } from './target-score.ts'
import { createDrawingWebp, createLosslessWebp } from './webp/convert-lossless.ts'

export interface OptimiseTask {
  readonly source: Uint8Array
  readonly facts: Facts
  readonly request: OptimiseRequest
  readonly budgetMs: number
  /** When the budget ends, on the clock of `performance.now()`. */
  readonly endsAt: number
  /** Hash of the source's stored pixels; null for an SVG, which has none. */
  readonly sourceHash: PixelHash | null
}

export interface CandidateSet {
  readonly candidates: readonly Candidate[]
  /** Why there is no candidate. */
  readonly reason?: string
  /** What takes the place of the source where the source may not be the answer. */
  readonly original?: Winner
  /** Frees what the candidates hold. */
  readonly close?: () => unknown
}

/** The candidate that makes `format` in the mode that was asked for. */
export function createCandidate(task: OptimiseTask, format: LossyFormat, required = false): Candidate {
  if (task.request.mode === 'lossless') return createLosslessWebp(task)
  return task.request.mode === 'quality'
    ? createFixedQualityCandidate(task, format)
    : createTargetScoreCandidate(task, format, required)
}

/** A drawing is often smaller in lossless WebP than with loss. */
export function listDrawingWebp({ facts, request }: OptimiseTask): Candidate[] {
  const mayBeDrawn = facts.format === 'png' || facts.format === 'gif'
  return mayBeDrawn && request.mode !== 'lossless' && request.maxBytes === undefined
    ? [createDrawingWebp()]
    : []
}
