// The candidate of lossy mode: the result of the search by score, with the metadata that was asked for restored.
import { compressJpeg } from '@napi-rs/image'
import type { Facts } from '../facts.ts'
import { insertSegments, readSegments } from './jpeg/segments.ts'
import { type LossyFormat, search } from './lossy/index.ts'
import { type CandidateResult, levels, type OptimiseRequest } from './request.ts'
import { restoreMetadata } from './restore-metadata.ts'
import { type Candidate, Declined } from './smallest-candidate.ts'
import { isDrawing } from './webp/convert-lossless.ts'

export interface TargetScoreTask {
  readonly source: Uint8Array
  readonly facts: Facts
  readonly request: OptimiseRequest
  /** On the clock of `performance.now()`: no probe begins later. */
  readonly endsAt: number
}

/** `required` where there must be an answer in this format: then the nearest to the target is given, of any size. */
export function createTargetScoreCandidate(
  task: TargetScoreTask,
  format: LossyFormat,
  required = false,
): Candidate {
  let found: CandidateResult = {}
  return {
    name: `${format} by score`,
    format,
    make: async () => {
      const answer = await encodeToScore(task, format, required)
      found = answer.result
      return answer.body
    },
    findFault: async () => undefined, // the search has judged it, guards and all
    result: () => found,
  }
}

async function encodeToScore(
  task: TargetScoreTask,
  format: LossyFormat,
  required: boolean,
): Promise<{ body: Uint8Array; result: CandidateResult }> {
  const { source, facts, request, endsAt } = task
  const { maxBytes, chroma: sampling, progressive } = request
  const found = await search(source, facts, {
    format,
    target: levels[request.level ?? 'default'],
    budgetMs: Math.max(0, endsAt - performance.now()),
    required,
    ...(maxBytes !== undefined && { maxBytes }),
    ...(sampling !== undefined && { chroma: sampling }),
    ...(progressive !== undefined && { progressive }),
  })
  if (found.verdict === 'keep') throw new Declined(found.reason)
  // Lossy WebP always halves colour: where a drawing suffers from that, lossless WebP is better.
  if (!found.reached && format === 'webp' && maxBytes === undefined && isDrawing(facts))
    throw new Declined('its colours would suffer')
  const { score, quality, chroma, probes, reason, isOrdered, target, stoppedEarly } = found
  const result = {
    ...{ score, quality, chroma, probes, reason },
    ...(target !== undefined && { target }),
    ...(stoppedEarly && { stoppedEarly }),
  }
  const body = format === 'jpeg' && !isOrdered ? await optimiseScans(found.body, task) : found.body
  return { body: restoreMetadata(body, format, { source, facts, keep: request.keep ?? [] }), result }
}

/** Applies the lossless transcode that a second run would apply, so that a second run finds nothing to do. */
export async function optimiseScans(
  jpeg: Uint8Array,
  { request }: Pick<TargetScoreTask, 'request'>,
): Promise<Uint8Array> {
  if (request.progressive === false) return jpeg
  const profile = readSegments(jpeg)
    .filter(({ marker }) => marker === 0xe2)
    .map(({ bytes }) => bytes)
  const recoded = insertSegments(await compressJpeg(jpeg), profile)
  return recoded.length < jpeg.length ? recoded : jpeg
}
