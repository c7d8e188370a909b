// What a run of the optimiser is about, the ways it tries, and those that any format may be made in.
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
  /** From `performance.now()`: what is left of it. */
  readonly endsAt: number
  /** Of the source; null for an SVG, which has no samples. */
  readonly look: PixelHash | null
}

export interface CandidateSet {
  readonly candidates: readonly Candidate[]
  /** Why nothing is tried. */
  readonly reason?: string
  /** What stands in for the source where that may not be handed back. */
  readonly original?: Winner
  /** Gives back what the candidates hold. */
  readonly close?: () => unknown
}

/** The one way to make `format` in the mode that was asked for. */
export function createCandidate(task: OptimiseTask, format: LossyFormat, owed = false): Candidate {
  if (task.request.mode === 'lossless') return createLosslessWebp(task)
  return task.request.mode === 'quality'
    ? createFixedQualityCandidate(task, format)
    : createTargetScoreCandidate(task, format, owed)
}

/** A drawn picture is often smaller without loss than with it. */
export function listDrawingWebp({ facts, request }: OptimiseTask): Candidate[] {
  const mayBeDrawn = facts.format === 'png' || facts.format === 'gif'
  return mayBeDrawn && request.mode !== 'lossless' && request.maxBytes === undefined
    ? [createDrawingWebp()]
    : []
}
