// Which ways are tried for a picture and a request, in order: without loss first, as it may always stand in.
import { Failure } from '../../errors.ts'
import type { Facts } from '../facts.ts'
import type { OutputFormat } from '../formats.ts'
import type { Best, Candidate } from './contest.ts'
import { fittingGif, fittingPng } from './fitting.ts'
import { filmCandidates, isTooLong, scoredFilm } from './gif/film.ts'
import { gifCandidates } from './gif/index.ts'
import { lossyGifCandidates } from './gif/lossy.ts'
import { givenCandidate, isOwnAt } from './given.ts'
import { mustBeRecoded } from './jpeg/form.ts'
import { jpegCandidates } from './jpeg/index.ts'
import { extrasOf, segmentsOf } from './jpeg/segments.ts'
import type { LossyFormat } from './lossy/index.ts'
import { isOddlyColoured, pngCandidates } from './png/index.ts'
import { quantising } from './png/quantise.ts'
import { zopfliCandidate } from './png/zopfli.ts'
import type { OptimiseRequest } from './request.ts'
import type { Look } from './same.ts'
import { scoredCandidate } from './scored.ts'
import { svgTask } from './svg/index.ts'
import { isCodedWithoutLoss, isFilmWithoutLoss, webpCandidates } from './webp.ts'
import { losslessWebp, webpOfDrawing } from './webp-lossless.ts'

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
  const { source, facts, request, budgetMs } = task
  const look = task.look ?? { width: 0, height: 0, hash: '' }
  const withMetadata = { source, facts, keep: request.keep ?? [], look }
  const lossy = request.mode !== 'lossless'
  const { maxBytes } = request
  const isTooLarge = lossy && maxBytes !== undefined && source.length > maxBytes
  const fewer = (fitting: typeof fittingPng) =>
    isTooLarge ? [fitting({ ...withMetadata, maxBytes, budgetMs })] : []
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
        ? lossyGifCandidates({ source, facts, level: request.level ?? 'default', budgetMs })
        : []
      return { candidates: [...gifCandidates(source, facts, budgetMs), ...bent, ...fewer(fittingGif)] }
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

/** The one way to make `format` in the mode that was asked for. */
function candidateFor(task: Task, format: LossyFormat, owed = false): Candidate {
  if (task.request.mode === 'lossless') return losslessWebp(task)
  return task.request.mode === 'quality' ? givenCandidate(task, format) : scoredCandidate(task, format, owed)
}

/** A drawn picture is often smaller without loss than with it. */
function drawnWebp({ facts, request }: Task): Candidate[] {
  const mayBeDrawn = facts.format === 'png' || facts.format === 'gif'
  return mayBeDrawn && request.mode !== 'lossless' && request.maxBytes === undefined ? [webpOfDrawing()] : []
}

/** Another format was asked for by name. */
function converted(task: Task, format: OutputFormat): Field {
  const { request, facts } = task
  const lossy = request.mode !== 'lossless'
  const possible: readonly OutputFormat[] = lossy ? ['jpeg', 'webp', 'avif'] : ['webp']
  if (!possible.includes(format) || (facts.format === 'svg' && !lossy))
    throw new Failure(
      'bad-option',
      `A ${facts.format.toUpperCase()} cannot become ${format.toUpperCase()} in this mode.`,
      {
        option: 'format',
      },
    )
  return owed(task, format as LossyFormat)
}

/** Where nothing can be scored: so fine, and in full colour, that nothing can be seen. */
const unscoredQuality = 95

/** The source cannot be the answer, however small it is. */
function owed(task: Task, to: LossyFormat): Field {
  const original: Best = {
    body: task.source,
    bytes: Number.POSITIVE_INFINITY,
    format: to,
    name: 'original',
    dropped: [],
  }
  const { request, facts } = task
  if (facts.animated && facts.format === 'png')
    throw new Failure('bad-option', 'It moves, and an animated PNG cannot be converted.', {
      option: 'format',
    })
  const isFilm = facts.animated && to === 'webp'
  const isScored = request.mode !== 'quality' && request.maxBytes === undefined
  const films = isFilm && isScored ? filmCandidates(task, true) : []
  const isDrawing = to === 'webp' && request.mode === 'lossy' && !facts.animated
  const drawn = isDrawing ? drawnWebp(task) : []
  const candidates = films.length > 0 ? films : [...drawn, candidateFor(task, to, true)]
  if (request.mode !== 'lossy') return { candidates, original }
  // What the search declines is still owed: the caller named the format.
  const fine = givenCandidate({ ...task, request: { ...request, quality: unscoredQuality } }, to)
  return { candidates: [...candidates, { ...fine, fallback: true }], original }
}
