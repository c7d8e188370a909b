// Rewrites the OpenAPI description with the keywords that all client generators understand. Pure.

type OpenApiNode = { readonly [word: string]: unknown }

/** What is said of a value and not of its type: it stays outside. */
const annotations: ReadonlySet<string> = new Set(['description', 'example', 'default', 'deprecated', 'title'])

/** A list of types is OpenAPI 3.1's own, and some generators know no more than one; anyOf means the same to all. */
export function portable<T>(value: T): T {
  if (Array.isArray(value)) return value.map(portable) as T
  if (typeof value !== 'object' || value === null) return value
  const all = Object.fromEntries(Object.entries(value).map(([name, each]) => [name, portable(each)]))
  return (isOrNull(all) ? anyOf(all) : (mergeReference(all) ?? all)) as T
}

/** A reference with words of its own beside it, which OpenAPI 3.1 allows; allOf is for objects to some generators. */
function mergeReference({ allOf, ...rest }: OpenApiNode): OpenApiNode | undefined {
  if (!Array.isArray(allOf) || Object.keys(rest).length > 0) return undefined
  const [reference, said = {}] = allOf as readonly OpenApiNode[]
  const isSaid = Object.keys(said).every((word) => annotations.has(word))
  return allOf.length === 2 && typeof reference?.$ref === 'string' && isSaid
    ? { ...reference, ...said }
    : undefined
}

const isOrNull = ({ type }: OpenApiNode): boolean =>
  Array.isArray(type) && type.length === 2 && type.includes('null')

function anyOf({ type, enum: values, ...rest }: OpenApiNode): OpenApiNode {
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
