// Variables of an address, named transformations, and sums of numbers: what is written out before a component is read.
import { refusal } from '../shared/words.ts'

/** A key and its value, as a component lists them. */
export type Parameter = readonly [key: string, value: string]

/** What one component may become of another. */
const maxParameters = 200

/**
 * The components with variables put in and named transformations written out. Throws 'bad-option' for a variable or a
 * name that there is not.
 */
export function writeOut(
  components: readonly string[],
  transformations: Readonly<Record<string, string>>,
): readonly (readonly Parameter[])[] {
  const variables = new Map<string, string>()
  let count = 0
  const read = (component: string, within: readonly string[]): (readonly Parameter[])[] => {
    const own: Parameter[] = []
    const before: (readonly Parameter[])[] = []
    for (const part of component.split(',')) {
      if (++count > maxParameters) throw refusal('t', `The address has more than ${maxParameters} parameters`)
      const at = part.indexOf('_')
      const [key, value] = [part.slice(0, at), part.slice(at + 1)]
      if (key.startsWith('$')) variables.set(key.slice(1), literal(putIn(value, variables)))
      else if (key === 't') before.push(...named(value, within))
      else own.push([key, computed(putIn(value, variables))])
    }
    return own.length > 0 ? [...before, own] : before
  }
  const named = (names: string, within: readonly string[]): (readonly Parameter[])[] =>
    names.split('.').flatMap((name) => {
      const text = Object.hasOwn(transformations, name) ? transformations[name] : undefined
      if (text === undefined || within.includes(name))
        throw refusal('t', `There is no transformation named '${name.slice(0, 60)}'`)
      return text.split('/').flatMap((component) => read(component, [...within, name]))
    })
  return components.flatMap((component) => read(component, []))
}

/** Strings stand between exclamation marks. */
const literal = (value: string): string => value.replace(/^!(.*)!$/s, '$1')

function putIn(value: string, variables: ReadonlyMap<string, string>): string {
  return value.replace(/\$\(?([a-z][a-z0-9]*)\)?/gi, (_, name: string) => {
    const found = variables.get(name)
    if (found === undefined) throw refusal(`$${name}`, `There is no variable $${name}`)
    return found
  })
}

const operations: Readonly<Record<string, (a: number, b: number) => number>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  mod: (a, b) => a % b,
  pow: (a, b) => a ** b,
}

/** "320_mul_2", strictly from left to right; anything else stays as it is. A sum of whole numbers is pixels. */
function computed(value: string): string {
  if (!/^-?[\d.]+(?:_(?:add|sub|mul|div|mod|pow)_-?[\d.]+)+$/.test(value)) return value
  const [first = '0', ...rest] = value.split('_')
  let sum = Number(first)
  for (let at = 0; at + 1 < rest.length; at += 2)
    sum = operations[rest[at] ?? '']?.(sum, Number(rest[at + 1])) ?? Number.NaN
  return Number.isFinite(sum) ? String(Math.round(sum)) : value
}
