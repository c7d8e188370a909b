// The optimiser: any picture in, the smallest file of the same look out, and why it is that one.
import { Failure } from '../../errors.ts'
import type { Facts } from '../facts.ts'
import { identify } from '../identify.ts'
import { ended } from '../pixels/unended.ts'
import { admit, defaultLimits, type Limits } from '../price.ts'
import type { CandidateSet, OptimiseTask } from './candidate-set.ts'
import { chooseCandidates } from './choose-candidates.ts'
import { listLostExtras } from './jpeg/index.ts'
import { hashStored } from './pixel-hash.ts'
import type { Attempt, Optimised, OptimisedFormat, OptimiseReport, OptimiseRequest } from './request.ts'
import { findSmallest, noTimeVerdict, type Winner } from './smallest-candidate.ts'

export type { Keep, Level, Mode, Optimised, OptimiseReport, OptimiseRequest } from './request.ts'

const defaultBudgetMs = 30_000
const formats: readonly string[] = ['jpeg', 'png', 'gif', 'webp', 'avif', 'svg'] satisfies OptimisedFormat[]

/**
 * Never larger than the source in the source's format, and equal to it in every pixel in lossless mode. Fails with
 * 'source-unsupported', 'source-broken', 'source-too-large' or 'too-costly' for what cannot be optimised, with 'bad-option'
 * for what this source cannot be given, and with 'late' where the budget ended before it was as small as was asked.
 */
export async function optimise(
  given: Uint8Array,
  request: OptimiseRequest,
  limits: Limits = defaultLimits,
): Promise<Optimised> {
  const facts = admitSource(given, limits)
  const source = await ended(given, facts)
  const budgetMs = request.budgetMs ?? defaultBudgetMs
  const endsAt = performance.now() + budgetMs
  // A picture that cannot be decoded is refused, and not handed back as if it had been examined.
  const sourceHash = facts.format === 'svg' ? null : await hashStored(source, facts)
  const task: OptimiseTask = { source, facts, request, budgetMs, endsAt, sourceHash }
  const field = await chooseCandidates(task)
  try {
    const { best, tried } = await findSmallest(field.candidates, {
      original: field.original ?? buildOriginal(given, facts),
      endsAt,
    })
    return buildAnswer(best, { given, task, tried, field })
  } finally {
    await field.close?.()
  }
}

function admitSource(source: Uint8Array, limits: Limits): Facts {
  const facts = identify(source)
  if (!formats.includes(facts.format))
    throw new Failure('source-unsupported', `A picture in ${facts.format.toUpperCase()} cannot be optimised.`)
  // Only the still picture can be decoded, and the sequence would be lost.
  if (facts.format === 'avif' && facts.animated)
    throw new Failure('source-unsupported', 'An AVIF image sequence cannot be optimised.')
  admit(facts, undefined, limits)
  const { maxFrames, maxTotalPixels } = limits
  if (facts.pages > maxFrames || facts.pages * facts.width * facts.height > maxTotalPixels)
    throw new Failure('too-costly', 'The picture would cost too much to make: it has too many frames.')
  return facts
}

const buildOriginal = (given: Uint8Array, facts: Facts): Winner => ({
  body: given,
  format: facts.format as OptimisedFormat,
  name: 'original',
  dropped: [],
})

interface Selection {
  readonly given: Uint8Array
  readonly task: OptimiseTask
  readonly tried: readonly Attempt[]
  readonly field: CandidateSet
}

/** Fails where the smallest candidate takes more bytes than were asked for. */
function refuseTooLarge(best: Winner, { task, tried }: Selection): void {
  const { maxBytes, mode } = task.request
  if (maxBytes === undefined || best.body.length <= maxBytes) return
  if (mode !== 'lossless' && tried.some(({ verdict }) => verdict === noTimeVerdict))
    throw new Failure('late', `There was no time left to make it as small as ${maxBytes} bytes.`)
  throw new Failure('bad-option', `It cannot be made as small as ${maxBytes} bytes.`, {
    option: 'maxBytes',
    expected: 'more bytes, fewer pixels, or another format or mode',
    received: String(maxBytes),
  })
}

function buildAnswer(best: Winner, outcome: Selection): Optimised {
  const { given, task, tried, field } = outcome
  const { source, request } = task
  const isOriginal = best.body === given || best.body === source
  refuseTooLarge(best, outcome)
  if (isOriginal && best.bytes !== undefined)
    throw new Failure(
      'bad-option',
      `It cannot become ${best.format.toUpperCase()}: ${tried.at(-1)?.verdict}.`,
      {
        option: request.maxBytes === undefined ? 'format' : 'maxBytes',
      },
    )
  const { reason, ...found } = best.result?.() ?? {}
  const report: OptimiseReport = {
    sourceBytes: given.length,
    bytes: best.body.length,
    saved: given.length - best.body.length,
    mode: request.mode,
    tried,
    chosen: best.name,
    reason: isOriginal
      ? (field.reason ?? 'nothing that may stand in for it is smaller')
      : (reason ?? `${best.name} is the smallest that may stand in for it`),
    dropped: task.facts.format === 'jpeg' && !isOriginal ? listLostExtras(source) : best.dropped,
    ...found,
    ...(tried.some(({ verdict }) => verdict === noTimeVerdict) && { stoppedEarly: true }),
  }
  return { body: best.body, format: best.format, report }
}
