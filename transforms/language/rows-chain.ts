// The row of the table of options that holds further passes: each is all steps once more, upon the result so far.
import type { Kind, Rows, Values } from '../options/option-types.ts'
import { unexpected } from '../options/refusals.ts'
import { stepRows } from '../steps/index.ts'
import { encoded } from './query-text.ts'
import { type Pair, pairsOf, readPairs, tableOf } from './reading.ts'
import { filmRows } from './rows-film.ts'
import { outputRows } from './rows-output.ts'
import { requestRows } from './rows-request.ts'
import { toldRows } from './rows-told.ts'
import { writtenRows } from './written-rows.ts'

const { background, ...output } = outputRows

/** What a pass may say: the options of the steps, and what is behind its result. */
const passRows = { ...stepRows, background } as const

/** One pass. Absent is not given; of an exact address, or without effect. */
export type Pass = Values<typeof passRows>

export const passNames = Object.keys(passRows) as readonly (keyof Pass)[]

const table = tableOf(passRows)

/** Whether a pass may say it: `w`, but not `fm`. */
export const isOfPass = (key: string): boolean => table.has(key)

/** Of the picture as a whole. */
const elsewhere = tableOf({ ...filmRows, ...output, ...toldRows, ...requestRows } as Rows)

/** With the first: more than anybody needs, and few enough to be planned in no time. */
export const mostPasses = 8

const expected = 'options of steps divided by semicolons, such as w=200;blur=20'

/** The key of all further passes; between two of them it stands again. */
export const chainKey = 'then'

/** The beginning of a further pass, with its first pair behind it. */
const next = /^then(?:=|%3d|$)/i

function readPasses(text: string): readonly Pass[] {
  const passes: Pair[][] = [[]]
  for (const piece of text.split(/[;&]/)) {
    const begins = next.exec(piece.trim())
    if (begins) passes.push([])
    const pair = begins ? piece.trim().slice(begins[0].length) : piece
    passes.at(-1)?.push(...pairsOf(pair))
  }
  const asked = passes.map(readPass).filter((pass) => Object.keys(pass).length > 0)
  if (asked.length >= mostPasses)
    throw unexpected(chainKey, `at most ${mostPasses - 1} further passes`, String(asked.length))
  return asked
}

function readPass(pairs: readonly Pair[]): Pass {
  for (const { key } of pairs) {
    const word = key.toLowerCase().replace(/64$/, '')
    if (word === chainKey || elsewhere.has(word))
      throw unexpected(chainKey, 'options of steps: those of the whole picture stand outside of it', key)
  }
  return readPairs(table, pairs) as Pass
}

const rows = writtenRows(passRows)

function written(pass: Pass): string {
  return rows
    .filter(({ name }) => pass[name] !== undefined)
    .map(({ name, option }) => `${option.key}=${encoded(option.kind.write(pass[name]))}`)
    .join(';')
}

/** The same pass without what is the default anyway. */
export function withoutPresets(pass: Pass): Pass {
  const kept = rows.filter(
    ({ name, option, preset }) => pass[name] !== undefined && option.kind.write(pass[name]) !== preset,
  )
  return Object.fromEntries(kept.map(({ name }) => [name, pass[name]])) as Pass
}

const kind: Kind<readonly Pass[]> = {
  expected,
  read: readPasses,
  write: (passes) => passes.map(written).join(`;${chainKey}=`),
}

const about =
  'What is done to the result of all other options, as a query of its own with semicolons: a second pass of all steps, in the same order. `;then=` begins a third, up to eight in all. Only options of steps, and `bg`, stand in it.'

/** As a request says it. */
export const chainRows = {
  passes: {
    key: chainKey,
    kind,
    section: 'Further passes',
    isQuery: true,
    about,
    example: { value: 'rot=90;rot-type=pivot;w=0.7;then=pad=12;bg=d92f86', beside: 'px=12' },
  },
} satisfies Rows

/** As an exact address says it: without what is the default anyway. */
export const exactChainRows = {
  passes: {
    ...chainRows.passes,
    kind: { ...kind, write: (passes: readonly Pass[]) => kind.write(passes.map(withoutPresets)) },
  },
} satisfies Rows
