// The one table of options: it drives the parser, the canonical text, the errors and docs/options.md.
// An option more is one row, in one of the three files of rows, and its use in plan. Names, ranges and defaults:
// imgix-url-params 11.35.0; its users find theirs here, and what it has not is ours.
import { flag, oneOf, same } from './kinds.ts'
import type { Rows, ValueOf } from './option-types.ts'
import { lookRows } from './rows-look.ts'
import { placeRows } from './rows-place.ts'
import { requestRows as spent } from './rows-request.ts'

export { maxSide } from './option-types.ts'

/** Options that a request may carry and that say what picture is to be made: the exact address keeps them. */
const kept = { ...placeRows, ...lookRows } as const

/** What only exact addresses say: choices that the edge made. */
const made = {
  formats: {
    key: 'formats',
    kind: oneOf(same('avif,webp', 'avif', 'webp', 'basic')),
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

type Values<R> = { readonly [K in keyof R]?: ValueOf<R[K]> }

/** A request as its URL says it: vague, because the client has a say too. Absent is not given. */
export type Options = Values<typeof kept & typeof spent>

/** One picture, every choice made. Absent is the default, or without effect. */
export type Spec = Values<typeof kept & typeof made>

export type Fit = NonNullable<Spec['fit']>

export const requestOptions = { ...kept, ...spent } as const
export const exactOptions = { ...kept, ...made } as const
