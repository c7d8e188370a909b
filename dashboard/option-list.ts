// The options as the pages show and offer them, from the one table of the language.
import { type Control, type Example, type Option, requestOptions, sections } from '../transforms/index.ts'

/** A row as it goes to the browser, as JSON. */
export interface ListedOption {
  readonly key: string
  readonly aliases: readonly string[]
  readonly about: string
  /** "an integer from 1 to 8192" */
  readonly expected: string
  readonly preset?: string
  readonly needs?: string
  readonly control?: Control
  readonly example?: Example
}

export interface ListedSection {
  readonly name: string
  readonly options: readonly ListedOption[]
}

const rows: readonly Option<unknown>[] = Object.values(requestOptions)

export const optionList: readonly ListedSection[] = sections.map((name) => ({
  name,
  options: rows.filter(({ section }) => section === name).map(listed),
}))

function listed(option: Option<unknown>): ListedOption {
  const { key, aliases = [], about, kind, needs, default: preset, example } = option
  return {
    ...{ key, aliases, about, expected: kind.expected },
    ...(preset === undefined ? {} : { preset: kind.write(preset) }),
    ...(needs === undefined ? {} : { needs }),
    ...(kind.control === undefined ? {} : { control: kind.control }),
    ...(example === undefined ? {} : { example }),
  }
}
