// Which ways are tried for a picture and a request, in order: without loss first, as it may always stand in. Here the source
// may be the answer; where it may not, owed.ts says what is made.

import { candidateFor, drawnWebp, type Field, type Task } from './candidate-set.ts'
import { fittingGif, fittingPng } from './colour-reduction.ts'
import { givenCandidate, isOwnAt } from './fixed-quality.ts'
import { converted, owed } from './format-conversion.ts'
import { filmCandidates, isTooLong, scoredFilm } from './gif/animated-webp.ts'
import { gifCandidates } from './gif/index.ts'
import { lossyGifCandidates } from './gif/lossy.ts'
import { jpegCandidates } from './jpeg/index.ts'
import { mustBeRecoded } from './jpeg/required-coding.ts'
import { extrasOf, segmentsOf } from './jpeg/segments.ts'
import type { LossyFormat } from './lossy/index.ts'
import { isOddlyColoured, pngCandidates } from './png/index.ts'
import { quantising } from './png/quantise.ts'
import { zopfliCandidate } from './png/zopfli.ts'
import type { Candidate } from './smallest-candidate.ts'
import { svgTask } from './svg/index.ts'
import { isCodedWithoutLoss, isFilmWithoutLoss, webpCandidates } from './webp/index.ts'

/** AVIF's slow encoder and its probes: 2.5 s a megapixel. */
const avifMsPerMegapixel = 2_500

export async function fieldFor(task: Task): Promise<Field> {
  const { facts, request } = task
  const { format = 'same' } = request
  if (format !== 'same' && format !== 'auto' && format !== facts.format) return converted(task, format)
  const own = await sameFormat(task)
  if (format !== 'auto' || own.reason || facts.format === 'svg') return own
  if (facts.format === 'png' && isOddlyColoured(task.source)) return own
  const others = facts.animated
    ? filmCandidates(task)
    : [...drawnWebp(task), ...otherFormats(task).map((other) => candidateFor(task, other))]
  return { ...own, candidates: [...own.candidates, ...others] }
}

async function sameFormat(task: Task): Promise<Field> {
  const { source, facts, request, budgetMs, endsAt } = task
  const look = task.look ?? { width: 0, height: 0, hash: '' }
  const withMetadata = { source, facts, keep: request.keep ?? [], look }
  const lossy = request.mode !== 'lossless'
  const { maxBytes } = request
  const isTooLarge = lossy && maxBytes !== undefined && source.length > maxBytes
  const fewer = (fitting: typeof fittingPng) =>
    isTooLarge ? [fitting({ ...withMetadata, maxBytes, endsAt })] : []
  switch (facts.format) {
    case 'jpeg': {
      if (mustBeRecoded(source, facts, request)) return owed(task, 'jpeg')
      if (extrasOf(source, segmentsOf(source)).gainMap)
        return { candidates: [], reason: 'it holds a gain map for HDR screens, which recoding would lose' }
      const lossless = jpegCandidates({ ...withMetadata, progressive: request.progressive ?? true })
      return { candidates: [...lossless, ...(lossy ? [candidateFor(task, 'jpeg')] : [])] }
    }
    case 'png': {
      const lossless = pngCandidates(withMetadata, budgetMs)
      const last = zopfliCandidate(budgetMs)
      if (!lossy) return { candidates: [...lossless, last] }
      const { candidates, close } = await quantising(withMetadata)
      return { candidates: [...lossless, ...candidates, ...fewer(fittingPng), last], close }
    }
    case 'gif': {
      const bent = lossy
        ? lossyGifCandidates({ source, facts, level: request.level ?? 'default', endsAt })
        : []
      return { candidates: [...gifCandidates(source, facts, endsAt), ...bent, ...fewer(fittingGif)] }
    }
    case 'webp': {
      // One coded with loss already says nothing of how much it lost, so it loses no more.
      const mayLose =
        isTooLarge || (lossy && (facts.animated ? isFilmWithoutLoss(source) : isCodedWithoutLoss(source)))
      return { candidates: [...webpCandidates(withMetadata), ...(mayLose ? webpWithLoss(task) : [])] }
    }
    case 'svg':
      return svgTask(source, facts)
    default:
      // Only fewer bytes than it has are worth that.
      if (isTooLarge) return { candidates: [candidateFor(task, 'avif')] }
      return { candidates: [], reason: 'an AVIF is small already, and recoding it would lose more' }
  }
}

/** The search compares stills, so the frames of a film are scored at a few qualities, and only bytes that were asked for are not. */
function webpWithLoss(task: Task): Candidate[] {
  const { facts, request } = task
  if (!facts.animated) return [candidateFor(task, 'webp')]
  if (request.mode === 'quality' || request.maxBytes !== undefined) return [givenCandidate(task, 'webp')]
  return isTooLong(task) ? [] : [scoredFilm(task)]
}

function otherFormats({ source, facts, request, budgetMs }: Task): LossyFormat[] {
  if (request.mode === 'lossless') return facts.format === 'jpeg' ? [] : ['webp']
  // Else each run with 'auto' would take a WebP of ours one format further down.
  if (facts.format === 'webp' && !isCodedWithoutLoss(source)) return []
  if (request.mode === 'quality' && isOwnAt(source, facts, request)) return []
  const isQuick = ((facts.width * facts.height) / 1e6) * avifMsPerMegapixel < budgetMs
  const all: LossyFormat[] = ['jpeg', 'webp', ...(isQuick ? (['avif'] as const) : [])]
  return all.filter((format) => format !== facts.format && !(format === 'jpeg' && facts.alpha))
}
