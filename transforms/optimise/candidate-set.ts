// What a run of the optimiser is about, the ways it tries, and those that any format may be made in.
import type { Facts } from '../facts.ts'
import { givenCandidate } from './fixed-quality.ts'
import type { LossyFormat } from './lossy/index.ts'
import type { Look } from './pixel-hash.ts'
import type { OptimiseRequest } from './request.ts'
import type { Best, Candidate } from './smallest-candidate.ts'
import { scoredCandidate } from './target-score.ts'
import { losslessWebp, webpOfDrawing } from './webp/convert-lossless.ts'

export interface Task {
  readonly source: Uint8Array
  readonly facts: Facts
  readonly request: OptimiseRequest
  readonly budgetMs: number
  /** From `performance.now()`: what is left of it. */
  readonly endsAt: number
  /** Of the source; null for an SVG, which has no samples. */
  readonly look: Look | null
}

export interface Field {
  readonly candidates: readonly Candidate[]
  /** Why nothing is tried. */
  readonly reason?: string
  /** What stands in for the source where that may not be handed back. */
  readonly original?: Best
  /** Gives back what the candidates hold. */
  readonly close?: () => unknown
}

/** The one way to make `format` in the mode that was asked for. */
export function candidateFor(task: Task, format: LossyFormat, owed = false): Candidate {
  if (task.request.mode === 'lossless') return losslessWebp(task)
  return task.request.mode === 'quality' ? givenCandidate(task, format) : scoredCandidate(task, format, owed)
}

/** A drawn picture is often smaller without loss than with it. */
export function drawnWebp({ facts, request }: Task): Candidate[] {
  const mayBeDrawn = facts.format === 'png' || facts.format === 'gif'
  return mayBeDrawn && request.mode !== 'lossless' && request.maxBytes === undefined ? [webpOfDrawing()] : []
}
