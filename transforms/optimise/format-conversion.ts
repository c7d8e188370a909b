// Chooses the candidates where the source cannot be the answer: another format was named, or another coding of a JPEG. The
// format is made even where it is larger.
import { Failure } from '../../errors.ts'
import type { OutputFormat } from '../formats.ts'
import { type CandidateSet, createCandidate, listDrawingWebp, type OptimiseTask } from './candidate-set.ts'
import { createFixedQualityCandidate } from './fixed-quality.ts'
import { listAnimatedWebp } from './gif/animated-webp.ts'
import type { LossyFormat } from './lossy/index.ts'
import type { Winner } from './smallest-candidate.ts'

/** The candidates for another format, named by the caller. Fails with 'bad-option' where it cannot be made. */
export function chooseConversion(task: OptimiseTask, format: OutputFormat): CandidateSet {
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
  return chooseRequiredFormat(task, format as LossyFormat)
}

/** The quality where nothing can be scored: high enough, with full colour, that no loss can be seen. */
const unscoredQuality = 95

/** The candidates for `to` where the source may not be the answer, however small it is. */
export function chooseRequiredFormat(task: OptimiseTask, to: LossyFormat): CandidateSet {
  const original: Winner = {
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
  const isAnimation = facts.animated && to === 'webp'
  const isScored = request.mode !== 'quality' && request.maxBytes === undefined
  const animations = isAnimation && isScored ? listAnimatedWebp(task, true) : []
  const isDrawing = to === 'webp' && request.mode === 'lossy' && !facts.animated
  const drawn = isDrawing ? listDrawingWebp(task) : []
  const candidates = animations.length > 0 ? animations : [...drawn, createCandidate(task, to, true)]
  if (request.mode !== 'lossy') return { candidates, original }
  // Where the search declines there must still be an answer: the caller named the format.
  const fine = createFixedQualityCandidate({ ...task, request: { ...request, quality: unscoredQuality } }, to)
  return { candidates: [...candidates, { ...fine, fallback: true }], original }
}
