// Candidates in turn, each measured and checked; the smallest that may be used wins, and the source itself takes part.
import { asFailure } from '../../errors.ts'
import type { Attempt, OptimisedFormat, Result } from './request.ts'

export interface Candidate {
  readonly name: string
  readonly format: OptimisedFormat
  /** Is given the best so far. */
  readonly make: (best: Uint8Array) => Promise<Uint8Array>
  /** Why this may not stand in for the source; undefined when it may. Asked only of what would win. */
  readonly faultOf: (body: Uint8Array) => Promise<string | undefined>
  /** Tried only while nothing before it could be used. */
  readonly fallback?: boolean
  /** Writes the best so far in another way, and says nothing of its own about it. */
  readonly refines?: boolean
  /** What this one loses beside the pixels. */
  readonly dropped?: readonly string[]
  /** What there is to say of it once it was made. */
  readonly result?: () => Result
}

/** A way that has nothing to offer for this picture, and says so in words for the report. */
export class Declined extends Error {}

/** The verdict on what was not tried, as the budget was used up. */
export const noTimeVerdict = 'no time was left'

export interface Winner {
  readonly body: Uint8Array
  readonly format: OptimisedFormat
  readonly name: string
  readonly dropped: readonly string[]
  readonly result?: () => Result
  /** Infinity for a source that may not be the answer: another format was asked for. */
  readonly bytes?: number
}

interface SelectionRules {
  readonly original: Winner
  /** From `performance.now()`: no candidate begins after it. */
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
    // What is owed in another format is owed late, too: there is no answer without it.
    const isOwed = best === original && original.bytes !== undefined
    const until = isOwed ? Number.POSITIVE_INFINITY : endsAt
    const { attempt, body } = await tryCandidate(candidate, { best, endsAt: isNeeded ? until : 0 })
    tried.push(attempt)
    if (body)
      best = candidate.refines ? { ...best, name: attempt.name, body } : { dropped: [], ...candidate, body }
  }
  return { best, tried: tried.map((attempt) => settleVerdict(attempt, best.name)) }
}

/** One that won for a while and was beaten is only 'larger' in the end. */
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
    const fault = await candidate.faultOf(body)
    return fault ? { attempt: reportAttempt(fault, body) } : { attempt: reportAttempt('chosen', body), body }
  } catch (thrown) {
    if (thrown instanceof Declined) return { attempt: reportAttempt(thrown.message) }
    return { attempt: reportAttempt(`failed: ${describeFailure(thrown)}`) }
  }
}

/** Our own sentences are for everybody; a library's may hold anything, so its first line is cut short. */
function describeFailure(thrown: unknown): string {
  const failure = asFailure(thrown)
  if (failure.kind !== 'internal') return failure.message
  const said = thrown instanceof Error ? thrown.message : String(thrown)
  return (said.split('\n')[0] ?? '').slice(0, 120)
}
