// How `halftone optimise` tells what became of the files: a line each, and a sum.
import type { Optimised } from '../transforms/optimise/index.ts'

/** What became of one file. */
export type FileOutcome = { readonly file: string } & (
  | { readonly to: string; readonly optimised: Optimised }
  | { readonly fault: string }
)

export function line(outcome: FileOutcome): string {
  if ('fault' in outcome) return `${'failed'.padStart(8)}  ${outcome.file}: ${outcome.fault}`
  const { file, to, optimised } = outcome
  const { sourceBytes, bytes, reason, score, quality } = optimised.report
  const figures = [
    ...(quality === undefined ? [] : [`quality ${quality}`]),
    ...(score === undefined ? [] : [`score ${score.toFixed(1)}`]),
  ]
  const told = figures.length > 0 ? ` (${figures.join(', ')})` : ''
  const arrow = to === file ? file : `${file} -> ${to}`
  return `${change(sourceBytes, bytes).padStart(8)}  ${size(bytes).padStart(9)}  ${arrow}: ${reason}${told}`
}

export function summary(outcomes: readonly FileOutcome[]): string {
  const done = outcomes.filter((outcome) => 'optimised' in outcome)
  const failed = outcomes.length - done.length
  const before = done.reduce((sum, { optimised }) => sum + optimised.report.sourceBytes, 0)
  const after = done.reduce((sum, { optimised }) => sum + optimised.report.bytes, 0)
  const faults = failed > 0 ? `, ${failed} failed` : ''
  return `${change(before, after).padStart(8)}  ${size(after).padStart(9)}  ${done.length} files, ${size(before - after)} saved${faults}`
}

const change = (before: number, after: number): string =>
  before === 0 || before === after ? '0.0 %' : `${(((after - before) / before) * 100).toFixed(1)} %`

function size(bytes: number): string {
  if (Math.abs(bytes) < 1000) return `${bytes} B`
  return Math.abs(bytes) < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(2)} MB`
}
