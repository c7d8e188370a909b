// The description in the words that generators of clients have all learnt. Pure.

type Schema = { readonly [word: string]: unknown }

/** What is said of a value and not of its type: it stays outside. */
const annotations: ReadonlySet<string> = new Set(['description', 'example', 'default', 'deprecated', 'title'])

/**
 * A list of types is OpenAPI 3.1's own, and some generators know no more than one; anyOf means the same to all. What
 * else stands in a document is left as it is.
 */
export function portable<T>(value: T): T {
  if (Array.isArray(value)) return value.map(portable) as T
  if (typeof value !== 'object' || value === null) return value
  const all = Object.fromEntries(Object.entries(value).map(([name, each]) => [name, portable(each)]))
  return (isOrNull(all) ? anyOf(all) : all) as T
}

const isOrNull = ({ type }: Schema): boolean =>
  Array.isArray(type) && type.length === 2 && type.includes('null')

function anyOf({ type, enum: values, ...rest }: Schema): Schema {
  const [kind] = (type as string[]).filter((one) => one !== 'null')
  const said = Object.entries(rest)
  const outside = said.filter(([word]) => annotations.has(word))
  const inside = said.filter(([word]) => !annotations.has(word))
  const known = Array.isArray(values) ? { enum: values.filter((one) => one !== null) } : {}
  return {
    anyOf: [{ type: kind, ...known, ...Object.fromEntries(inside) }, { type: 'null' }],
    ...Object.fromEntries(outside),
  }
}
