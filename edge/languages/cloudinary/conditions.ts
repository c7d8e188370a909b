// Conditions of an address (if_w_gt_500, if_else, if_end): decided where the size so far is written in the address, or
// where they come to a size that may only shrink; refused by name where only the picture could tell.
import { given, number, shown, whole } from '../shared/values.ts'
import { refusal } from '../shared/words.ts'
import type { Parameter } from './variables.ts'

type Component = readonly Parameter[]

/** Pixels of the result so far, as far as the address says them. */
interface Known {
  readonly w?: number | undefined
  readonly h?: number | undefined
  /** No component before has given it a size. */
  readonly isInitial: boolean
}

interface Branches {
  readonly condition: string
  readonly held: readonly Component[]
  readonly otherwise: readonly Component[]
  /** How many components it takes. */
  readonly length: number
}

/** The components of the branches that are taken. Throws 'bad-option' for a condition that nobody can decide here. */
export function decided(components: readonly Component[]): readonly Component[] {
  const taken: Component[] = []
  let known: Known = { isInitial: true }
  for (let at = 0; at < components.length; ) {
    const component = components[at] ?? []
    const isCondition = component.some(([key]) => key === 'if')
    const branches = isCondition ? branchesAt(components, at) : undefined
    for (const each of branches ? chosen(branches, known) : [component]) {
      taken.push(each)
      known = after(known, each)
    }
    at += branches?.length ?? 1
  }
  return taken
}

const conditionOf = (component: Component): string | undefined => component.find(([key]) => key === 'if')?.[1]

function branchesAt(components: readonly Component[], at: number): Branches {
  const start = components[at] ?? []
  const condition = conditionOf(start) ?? ''
  const rest = start.filter(([key]) => key !== 'if')
  if (condition === 'end' || condition === 'else')
    throw refusal('if', `if_${condition} without a condition before it`)
  // With more in the same component it is about that alone.
  if (rest.length > 0) return { condition, held: [rest], otherwise: [], length: 1 }
  const parts: { held: Component[]; otherwise: Component[] } = { held: [], otherwise: [] }
  let into: Component[] = parts.held
  for (let next = at + 1; next < components.length; next++) {
    const component = components[next] ?? []
    const word = conditionOf(component)
    if (word === 'end') return { condition, ...parts, length: next + 1 - at }
    if (word === 'else') into = parts.otherwise
    else if (word !== undefined) throw refusal('if', 'A condition within a condition is not supported')
    else into.push(component)
  }
  throw refusal('if', 'A condition has no if_end')
}

function chosen({ condition, held, otherwise }: Branches, known: Known): readonly Component[] {
  const holds = disjunction(condition, known)
  if (holds !== undefined) return holds ? held : otherwise
  const limited = otherwise.length === 0 ? limit(condition, held, known) : undefined
  if (!limited)
    throw refusal('if', `if_${condition.slice(0, 40)} cannot be decided: the address does not say the size`)
  return [limited]
}

/** "and" before "or"; undefined where it hangs on what is not known. */
function disjunction(condition: string, known: Known): boolean | undefined {
  const parts = condition.split('_or_').map((part) => conjunction(part, known))
  if (parts.includes(true)) return true
  return parts.includes(undefined) ? undefined : false
}

function conjunction(condition: string, known: Known): boolean | undefined {
  const parts = condition.split('_and_').map((part) => comparison(part, known))
  if (parts.includes(false)) return false
  return parts.includes(undefined) ? undefined : true
}

const operators: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  lt: (a, b) => a < b,
  lte: (a, b) => a <= b,
  gt: (a, b) => a > b,
  gte: (a, b) => a >= b,
}

function comparison(text: string, known: Known): boolean | undefined {
  const [, left = '', operator = '', right = ''] = /^(.+)_(eq|ne|lt|lte|gt|gte)_(.+)$/s.exec(text) ?? []
  const compare = operators[operator]
  if (!compare)
    throw refusal('if', `Expected a comparison such as w_gt_500 for if, received ${text.slice(0, 40)}`)
  const [a, b] = [operand(left, known), operand(right, known)]
  return a === undefined || b === undefined ? undefined : compare(a, b)
}

function operand(text: string, { w, h }: Known): number | undefined {
  const ratio = /^(\d+):(\d+)$/.exec(text)
  if (ratio) return Number(ratio[1]) / Number(ratio[2])
  if (text === 'w') return w
  if (text === 'h') return h
  if (text === 'ar') return w === undefined || h === undefined ? undefined : w / h
  return number(text, -1e9, 1e9)
}

/** "Where it is wider than this, make it as wide as this": a size that only shrinks. */
function limit(condition: string, held: readonly Component[], { isInitial }: Known): Component | undefined {
  const [, initial, side = '', least = ''] = /^(i?)([wh])_gte?_(\d+)$/.exec(condition) ?? []
  const [component = []] = held
  const said = new Map(component)
  const isSize = component.every(
    ([key, value]) => key === side || (key === 'c' && /^(?:scale|fit|limit)$/.test(value)),
  )
  if (held.length !== 1 || !isSize || said.get(side) !== least || (initial && !isInitial)) return undefined
  return [
    ['c', 'limit'],
    [side, least],
  ]
}

const exactModes = /^(?:scale|fill|pad|thumb|auto|crop)$/

/** What a component leaves known of the size. */
function after(known: Known, component: Component): Known {
  const said = new Map(component)
  const [width, height] = [said.get('w'), said.get('h')]
  if (
    width === undefined &&
    height === undefined &&
    said.get('c') === undefined &&
    said.get('ar') === undefined
  )
    return said.has('a') ? { isInitial: false } : known
  if (!exactModes.test(said.get('c') ?? 'scale') || said.has('ar')) return { isInitial: false }
  const [w, h] = [width, height].map((side) => given(side, (text) => whole(text, 1, 8192)))
  const other = (side: number | undefined, from?: number, to?: number) =>
    side && from && to ? Math.round((side * to) / from) : undefined
  return {
    isInitial: false,
    w: width === undefined ? other(h, known.h, known.w) : w,
    h: height === undefined ? other(w, known.w, known.h) : h,
  }
}

/** "iw_mul_0.5" as a share of the side of the picture as it came; undefined for anything else. */
export function initialShare(side: 'w' | 'h', text: string): string | undefined {
  const [, operation, by = '1'] = new RegExp(`^i${side}(?:_(mul|div)_([\\d.]+))?$`).exec(text) ?? [
    undefined,
    '',
    '',
  ]
  const factor = number(by, 0.0001, 10_000)
  if (!text.startsWith(`i${side}`) || factor === undefined) return undefined
  const share = operation === 'div' ? 1 / factor : operation === 'mul' ? factor : 1
  return share > 1 ? undefined : share === 1 ? '1.0' : shown(share)
}
