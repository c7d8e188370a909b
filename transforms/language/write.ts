// Writes options as a client would: the query of an address in the native language.
import type { Option } from '../options/option-types.ts'
import { type Options, requestOptions } from './options.ts'
import { encoded, encodedQuery } from './query-text.ts'

const rows = (Object.entries(requestOptions) as [keyof Options, Option<unknown>][]).map(([name, option]) => ({
  name,
  option,
}))

/** `parse(write(options))` is `options`. Readable: what a query may hold as it is stays so. */
export function write(options: Options): string {
  return rows
    .filter(({ name }) => options[name] !== undefined)
    .map(({ name, option }) => {
      const text = option.kind.write(options[name])
      return `${option.key}=${option.isQuery ? encodedQuery(text) : encoded(text)}`
    })
    .join('&')
}
