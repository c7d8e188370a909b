// A scenario's outcome: rows to read, ratios to quote, raw values to keep.
import { writeFileSync } from 'node:fs'
import type { Measured } from './load.ts'
import { machine } from './machine.ts'

export interface Report {
  /** One sentence: what was measured against what. */
  readonly about: string
  /** Medians of each contender. */
  readonly rows: Readonly<Record<string, Measured | Readonly<Record<string, number>>>>
  readonly ratios: Readonly<Record<string, number>>
  /** Every round, as measured. */
  readonly raw: unknown
}

export function print(name: string, { about, rows, ratios }: Report): void {
  console.log(`\n${name}: ${about}`)
  console.table(Object.fromEntries(Object.entries(rows).map(([row, figures]) => [row, rounded(figures)])))
  for (const [ratio, value] of Object.entries(ratios)) console.log(`  ${ratio}: ${value.toFixed(3)}`)
}

export function keep(name: string, report: Report): void {
  const file = new URL(`results/${name}.json`, import.meta.url)
  writeFileSync(file, `${JSON.stringify({ name, machine: machine(), ...report }, null, 1)}\n`)
}

const rounded = (figures: object): Record<string, number> =>
  Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [name, Number(Number(value).toPrecision(4))]),
  )
