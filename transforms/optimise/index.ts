// The optimiser: any picture in, the smallest file of the same look out, and why it is that one.
import { Failure } from '../../errors.ts'
import type { Facts } from '../facts.ts'
import { identify } from '../identify.ts'
import { admit, defaultLimits } from '../price.ts'
import { type Best, type Candidate, contest } from './contest.ts'
import { gifCandidates } from './gif.ts'
import { jpegCandidates } from './jpeg.ts'
import { extrasOf, segmentsOf } from './jpeg-segments.ts'
import { pngCandidates } from './png.ts'
import type { Attempt, Optimised, OptimisedFormat, OptimiseReport, OptimiseRequest } from './request.ts'
import { storedLook } from './same.ts'
import { type SvgTask, svgTask } from './svg.ts'
import { webpCandidates } from './webp.ts'

export type { Keep, Level, Mode, Optimised, OptimiseReport, OptimiseRequest } from './request.ts'

const defaultBudgetMs = 30_000
const formats: readonly string[] = ['jpeg', 'png', 'gif', 'webp', 'avif', 'svg'] satisfies OptimisedFormat[]

export interface Task {
  readonly source: Uint8Array
  readonly facts: Facts
  readonly request: OptimiseRequest
  readonly budgetMs: number
}

/**
 * Never larger than the source, and equal to it in every pixel in lossless mode. Fails with 'source-unsupported',
 * 'source-broken', 'source-too-large' or 'too-costly' for what cannot be optimised, and 'bad-option' for a request that
 * this source cannot be given.
 */
export async function optimise(source: Uint8Array, request: OptimiseRequest): Promise<Optimised> {
  const facts = admitted(source)
  const budgetMs = request.budgetMs ?? defaultBudgetMs
  const task: Task = { source, facts, request, budgetMs }
  const format = facts.format as OptimisedFormat
  const original: Best = { body: source, format, name: 'original', dropped: [] }
  const endsAt = performance.now() + budgetMs
  // What cannot be decoded is refused, and not handed back as if it had been looked at.
  if (facts.format !== 'svg') await storedLook(source, facts)
  const { candidates, reason, svg } = await candidatesFor(task)
  try {
    const { best, tried } = await contest(candidates, { original: svg?.original ?? original, endsAt })
    return answer(best, { task, tried, reason })
  } finally {
    await svg?.close()
  }
}

interface Outcome {
  readonly task: Task
  readonly tried: readonly Attempt[]
  readonly reason: string | undefined
}

function answer(best: Best, { task, tried, reason }: Outcome): Optimised {
  const { source, request } = task
  const isOriginal = best.body === source
  const report: OptimiseReport = {
    sourceBytes: source.length,
    bytes: best.body.length,
    saved: source.length - best.body.length,
    mode: request.mode,
    tried,
    chosen: best.name,
    reason: isOriginal
      ? (reason ?? 'nothing that may stand in for it is smaller')
      : `${best.name}: the smallest that may stand in for it`,
    dropped: best.dropped,
  }
  return { body: best.body, format: best.format, report }
}

function admitted(source: Uint8Array): Facts {
  const facts = identify(source)
  if (!formats.includes(facts.format))
    throw new Failure('source-unsupported', `A picture in ${facts.format.toUpperCase()} cannot be optimised.`)
  admit(facts, undefined)
  if (
    facts.pages > defaultLimits.maxFrames ||
    facts.pages * facts.width * facts.height > defaultLimits.maxTotalPixels
  )
    throw new Failure('too-costly', 'The picture would cost too much to make: it has too many frames.')
  return facts
}

interface Field {
  readonly candidates: readonly Candidate[]
  /** Why there are none. */
  readonly reason?: string
  readonly svg?: SvgTask
}

async function candidatesFor(task: Task): Promise<Field> {
  const { source, facts, request, budgetMs } = task
  if (request.mode !== 'lossless')
    throw new Failure('bad-option', 'Only lossless optimisation is available yet.', { option: 'mode' })
  const withMetadata = { source, facts, keep: request.keep ?? [] }
  switch (facts.format) {
    case 'jpeg':
      if (!extrasOf(source, segmentsOf(source)).gainMap) return { candidates: jpegCandidates(withMetadata) }
      return { candidates: [], reason: 'it holds a gain map for HDR screens, which recoding would lose' }
    case 'png':
      return { candidates: pngCandidates(withMetadata, budgetMs) }
    case 'gif':
      return { candidates: gifCandidates(source, facts, budgetMs) }
    case 'webp':
      return { candidates: webpCandidates(withMetadata) }
    case 'svg': {
      const svg = await svgTask(source, facts)
      return { candidates: svg.candidates, svg }
    }
    default:
      return { candidates: [], reason: 'AVIF cannot be made smaller without loss' }
  }
}
