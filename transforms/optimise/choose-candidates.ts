// Chooses the candidates for a picture and a request, in order: lossless ones first, as they may always replace the source.
// Where the source itself may not be the answer, format-conversion.ts chooses.

import { type CandidateSet, createCandidate, listDrawingWebp, type OptimiseTask } from './candidate-set.ts'
import { createReducedGif, createReducedPng } from './colour-reduction.ts'
import { createFixedQualityCandidate, isOwnJpegAt } from './fixed-quality.ts'
import { chooseConversion, chooseRequiredFormat } from './format-conversion.ts'
import { createScoredAnimation, isTooLongToCompare, listAnimatedWebp } from './gif/animated-webp.ts'
import { listGifCandidates } from './gif/index.ts'
import { listLossyGif } from './gif/lossy.ts'
import { listJpegCandidates } from './jpeg/index.ts'
import { needsRecoding } from './jpeg/required-coding.ts'
import { findExtras, readSegments } from './jpeg/segments.ts'
import type { LossyFormat } from './lossy/index.ts'
import { hasOwnColours, listPngCandidates } from './png/index.ts'
import { listQuantised } from './png/quantise.ts'
import { createZopfliCandidate } from './png/zopfli.ts'
import type { Candidate } from './smallest-candidate.ts'
import { chooseSvgCandidates } from './svg/index.ts'
import { isLosslessAnimation, isLosslessWebp, listWebpCandidates } from './webp/index.ts'

/** A search by AVIF, probes and final encodes together, takes 2.5 s a megapixel. */
const avifMsPerMegapixel = 2_500

export async function chooseCandidates(task: OptimiseTask): Promise<CandidateSet> {
  const { facts, request } = task
  const { format = 'same' } = request
  if (format !== 'same' && format !== 'auto' && format !== facts.format) return chooseConversion(task, format)
  const own = await chooseOwnFormat(task)
  if (format !== 'auto' || own.reason || facts.format === 'svg') return own
  if (facts.format === 'png' && hasOwnColours(task.source)) return own
  const others = facts.animated
    ? listAnimatedWebp(task)
    : [...listDrawingWebp(task), ...listOtherFormats(task).map((other) => createCandidate(task, other))]
  return { ...own, candidates: [...own.candidates, ...others] }
}

async function chooseOwnFormat(task: OptimiseTask): Promise<CandidateSet> {
  const { source, facts, request, budgetMs, endsAt } = task
  const sourceHash = task.sourceHash ?? { width: 0, height: 0, hash: '' }
  const withMetadata = { source, facts, keep: request.keep ?? [], sourceHash }
  const lossy = request.mode !== 'lossless'
  const { maxBytes } = request
  const isTooLarge = lossy && maxBytes !== undefined && source.length > maxBytes
  const reduceIfTooLarge = (createReduced: typeof createReducedPng) =>
    isTooLarge ? [createReduced({ ...withMetadata, maxBytes, endsAt })] : []
  switch (facts.format) {
    case 'jpeg': {
      if (needsRecoding(source, facts, request)) return chooseRequiredFormat(task, 'jpeg')
      if (findExtras(source, readSegments(source)).gainMap)
        return { candidates: [], reason: 'it holds a gain map for HDR screens, which recoding would lose' }
      const lossless = listJpegCandidates({ ...withMetadata, progressive: request.progressive ?? true })
      return { candidates: [...lossless, ...(lossy ? [createCandidate(task, 'jpeg')] : [])] }
    }
    case 'png': {
      const lossless = listPngCandidates(withMetadata, budgetMs)
      const last = createZopfliCandidate(budgetMs)
      if (!lossy) return { candidates: [...lossless, last] }
      const { candidates, close } = await listQuantised(withMetadata)
      return { candidates: [...lossless, ...candidates, ...reduceIfTooLarge(createReducedPng), last], close }
    }
    case 'gif': {
      const lossyGif = lossy ? listLossyGif({ source, facts, level: request.level ?? 'default', endsAt }) : []
      return {
        candidates: [
          ...listGifCandidates(source, facts, endsAt),
          ...lossyGif,
          ...reduceIfTooLarge(createReducedGif),
        ],
      }
    }
    case 'webp': {
      // A lossy WebP does not say how much it has lost, so it loses no more.
      const mayLose =
        isTooLarge || (lossy && (facts.animated ? isLosslessAnimation(source) : isLosslessWebp(source)))
      return { candidates: [...listWebpCandidates(withMetadata), ...(mayLose ? listLossyWebp(task) : [])] }
    }
    case 'svg':
      return chooseSvgCandidates(source, facts)
    default:
      // An AVIF is recoded only where it must take fewer bytes.
      if (isTooLarge) return { candidates: [createCandidate(task, 'avif')] }
      return { candidates: [], reason: 'an AVIF is small already, and recoding it would lose more' }
  }
}

/**
 * The search compares stills. An animation is scored frame by frame at a few qualities, and not at all for `maxBytes`.
 */
function listLossyWebp(task: OptimiseTask): Candidate[] {
  const { facts, request } = task
  if (!facts.animated) return [createCandidate(task, 'webp')]
  if (request.mode === 'quality' || request.maxBytes !== undefined)
    return [createFixedQualityCandidate(task, 'webp')]
  return isTooLongToCompare(task) ? [] : [createScoredAnimation(task)]
}

function listOtherFormats({ source, facts, request, budgetMs }: OptimiseTask): LossyFormat[] {
  if (request.mode === 'lossless') return facts.format === 'jpeg' ? [] : ['webp']
  // Otherwise each run with 'auto' would turn a lossy WebP of ours into yet another format, with more loss.
  if (facts.format === 'webp' && !isLosslessWebp(source)) return []
  if (request.mode === 'quality' && isOwnJpegAt(source, facts, request)) return []
  const isQuick = ((facts.width * facts.height) / 1e6) * avifMsPerMegapixel < budgetMs
  const all: LossyFormat[] = ['jpeg', 'webp', ...(isQuick ? (['avif'] as const) : [])]
  return all.filter((format) => format !== facts.format && !(format === 'jpeg' && facts.alpha))
}
