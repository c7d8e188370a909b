// Rows of a table of options as canonical texts write them: in one order everywhere, and without what is the default anyway.
import type { Option, Rows } from '../options/option-types.ts'

export interface WrittenRow<Name> {
  readonly name: Name
  readonly option: Option<unknown>
  /** The text of the default. */
  readonly preset: string | undefined
}

export const writtenRows = <R extends Rows>(options: R): readonly WrittenRow<keyof R>[] =>
  (Object.entries(options) as [keyof R, Option<unknown>][])
    .map(([name, option]) => ({ name, option, preset: presetOf(option) }))
    // By code unit and not by locale: every machine must write the same text.
    .sort((a, b) => (a.option.key < b.option.key ? -1 : 1))

function presetOf(option: Option<unknown>): string | undefined {
  return option.default === undefined ? undefined : option.kind.write(option.default)
}
