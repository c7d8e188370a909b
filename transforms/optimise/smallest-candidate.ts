// Makes and checks candidates in turn, and picks the smallest that may replace the source, or the source itself.
import { asFailure } from '../../errors.ts'
import type { Attempt, CandidateResult, OptimisedFormat } from './request.ts'

export interface Candidate {
  readonly name: string
  readonly format: OptimisedFormat
  /** Makes the file; is given the smallest so far. */
  readonly make: (best: Uint8Array) => Promise<Uint8Array>
  /** Why `body` may not replace the source; undefined when it may. Asked only of a body that would win. */
  readonly findFault: (body: Uint8Array) => Promise<string | undefined>
  /** Tried only while no candidate before it could be used. */
  readonly fallback?: boolean
  /** Only packs the smallest so far better: its metadata and result stay. */
  readonly refines?: boolean
  /** Names of what this candidate drops beside the pixels. */
  readonly dropped?: readonly string[]
  /** What the candidate found out; asked after it was made. */
  readonly result?: () => CandidateResult
}

/** Thrown by a candidate that does not suit this picture. The message goes into the report. */
export class Declined extends Error {}

/** The verdict on a candidate that was not tried, as the time budget was used up. */
export const noTimeVerdict = 'no time was left'

export interface Winner {
  readonly body: Uint8Array
  readonly format: OptimisedFormat
  readonly name: string
  readonly dropped: readonly string[]
  readonly result?: () => CandidateResult
  /** Infinity for a source that may not be the answer: another format was asked for. */
  readonly bytes?: number
}

interface SelectionRules {
  readonly original: Winner
  /** On the clock of `performance.now()`: no candidate begins later. */
  readonly endsAt: number
}

export async function findSmallest(
  candidates: readonly Candidate[],
  { original, endsAt }: SelectionRules,
): Promise<{ best: Winner; tried: Attempt[] }> {
  let best = original
  const tried: Attempt[] = []
  for (const candidate of candidates) {
    const isNeeded = !candidate.fallback || best === original
    // A required format is made even when it is late: without it there is no answer.
    const isRequired = best === original && original.bytes !== undefined
    const until = isRequired ? Number.POSITIVE_INFINITY : endsAt
    const { attempt, body } = await tryCandidate(candidate, { best, endsAt: isNeeded ? until : 0 })
    tried.push(attempt)
    if (body)
      best = candidate.refines ? { ...best, name: attempt.name, body } : { dropped: [], ...candidate, body }
  }
  return { best, tried: tried.map((attempt) => settleVerdict(attempt, best.name)) }
}

/** A candidate that was the smallest for a while ends as 'larger'. */
const settleVerdict = (attempt: Attempt, winner: string): Attempt =>
  attempt.verdict === 'chosen' && attempt.name !== winner ? { ...attempt, verdict: 'larger' } : attempt

async function tryCandidate(
  candidate: Candidate,
  { best, endsAt }: { best: Winner; endsAt: number },
): Promise<{ attempt: Attempt; body?: Uint8Array }> {
  const startedAt = performance.now()
  const reportAttempt = (verdict: string, body?: Uint8Array): Attempt => ({
    name: candidate.refines ? `${best.name}, ${candidate.name}` : candidate.name,
    ...(body && { bytes: body.length }),
    ms: Math.round(performance.now() - startedAt),
    verdict,
  })
  if (startedAt > endsAt) return { attempt: reportAttempt(endsAt === 0 ? 'not needed' : noTimeVerdict) }
  try {
    const body = await candidate.make(best.body)
    if (body.length >= (best.bytes ?? best.body.length)) return { attempt: reportAttempt('larger', body) }
    const fault = await candidate.findFault(body)
    return fault ? { attempt: reportAttempt(fault, body) } : { attempt: reportAttempt('chosen', body), body }
  } catch (thrown) {
    if (thrown instanceof Declined) return { attempt: reportAttempt(thrown.message) }
    return { attempt: reportAttempt(`failed: ${describeFailure(thrown)}`) }
  }
}

/** Our own messages may be shown. A library's may hold anything, so only its first line is taken, cut short. */
function describeFailure(thrown: unknown): string {
  const failure = asFailure(thrown)
  if (failure.kind !== 'internal') return failure.message
  const said = thrown instanceof Error ? thrown.message : String(thrown)
  return (said.split('\n')[0] ?? '').slice(0, 120)
}
