// A result as the records keep it, and back. Pure.
import type { Failure, FailureKind } from '../../../errors.ts'
import type { Counts, JsonObject, NewResult, ResultRecord } from '../../../records/index.ts'
import type { Call, Outcome, Wish } from './optimising.ts'

export interface KeptResult {
  readonly outcome: Outcome
  readonly wish: Wish
  readonly storageKey: string
}

export function rowOf({ outcome, wish, storageKey }: KeptResult, { key }: Call): NewResult {
  const { figures, id, expires } = outcome
  const { source, report } = figures
  const { optimise } = wish
  return {
    id,
    keyId: key.id,
    user: key.user,
    sourceFormat: source.format,
    sourceBytes: source.bytes,
    format: figures.format,
    bytes: report.bytes,
    mode: optimise.maxBytes === undefined ? optimise.mode : 'max-bytes',
    level: optimise.mode === 'lossy' ? (optimise.level ?? 'default') : null,
    hasIcc: source.icc !== null,
    iccName: source.icc?.name ?? null,
    uniqueColours: source.uniqueColours,
    score: report.score ?? null,
    quality: report.quality ?? null,
    ms: figures.ms,
    // The project is in here, and not a column, because only one row at a time is ever asked for by it.
    detail: { project: key.project, outcome } as unknown as JsonObject,
    expires,
    storageKey,
  }
}

/** Undefined for another project's, and for rows that something else wrote. */
export function outcomeOf({ detail }: ResultRecord, project: string): Outcome | undefined {
  if (detail === null || detail.project !== project) return undefined
  return detail.outcome as unknown as Outcome
}

/** What one call adds to its key's day: a set is one call. */
export const countsOf = (outcomes: readonly Outcome[]): Partial<Counts> => ({
  calls: 1,
  bytesIn: outcomes[0]?.figures.source.bytes ?? 0,
  bytesOut: sumOf(outcomes, ({ report }) => report.bytes),
  bytesSaved: sumOf(outcomes, ({ report }) => Math.max(0, report.saved)),
})

/** Failures that are not counted: ours, those that pass, and calls that the quota refused. */
const uncounted: ReadonlySet<FailureKind> = new Set([
  ...([
    'busy',
    'disk-full',
    'records-unavailable',
    'too-many',
    'late',
    'upstream-failed',
    'upstream-late',
    'internal',
  ] as const),
  'over-quota',
])

/** What a call that failed adds: nothing where it was our fault, or is to be tried again. */
export const countsOfFailure = ({ kind }: Failure): Partial<Counts> | undefined =>
  uncounted.has(kind) ? undefined : { calls: 1, failures: 1 }

const sumOf = (outcomes: readonly Outcome[], of: (figures: Outcome['figures']) => number): number =>
  outcomes.reduce((sum, { figures }) => sum + of(figures), 0)
