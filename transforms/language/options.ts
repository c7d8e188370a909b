// The one table of options: it drives the parser, the canonical text, the errors and docs/options.md.
// Most rows are those of the steps, see steps/list.ts. Names, ranges and defaults:
// imgix-url-params 11.35.0; its users find theirs here, and what it has not is ours.
import { formatClasses } from '../formats.ts'
import { flag, oneOf, same } from '../options/kinds.ts'
import type { Rows, Values } from '../options/option-types.ts'
import { stepRows } from '../steps/index.ts'
import { chainRows, exactChainRows } from './rows-chain.ts'
import { filmRows } from './rows-film.ts'
import { outputRows } from './rows-output.ts'
import { requestRows as spent } from './rows-request.ts'
import { toldRows } from './rows-told.ts'

/** Options that a request may carry and that say what picture is to be made: the exact address keeps them. */
const kept = { ...stepRows, ...filmRows, ...outputRows, ...toldRows } as const

/** What only exact addresses say: choices that the edge made. */
const made = {
  ...exactChainRows,
  formats: {
    key: 'formats',
    kind: oneOf(same(...formatClasses)),
    section: 'Format',
    about: 'What the client accepts; the picture itself decides which of them it becomes.',
  },
  saving: {
    key: 'saving',
    kind: flag,
    section: 'Format',
    default: false,
    about: 'The default quality is the low one.',
  },
} satisfies Rows

const asked = { ...kept, ...chainRows, ...spent } as const

/** A request as its URL says it: vague, because the client has a say too. Absent is not given. */
export type Options = Values<typeof asked>

/** One picture, every choice made. Absent is the default, or without effect. */
export type Spec = Values<typeof kept & typeof made>

export const requestOptions = asked
export const exactOptions = { ...kept, ...made } as const
