// Operations of colour and shape as native options. Neutral values change nothing.
import { type Options, parse } from '../../../transforms/index.ts'
import { refuse } from './arguments.ts'
import type { Operation } from './path.ts'

type Amount = readonly [least: number, most: number, native: (amount: number) => string]

const clamp = (value: number): number => Math.max(-100, Math.min(100, value))
const share = (value: number): string => String(Math.round(clamp(value) * 100) / 100)

/** Those whose ranges go to 500 are clamped where ours ends. */
const amounts: Readonly<Record<string, Amount>> = {
  brightness: [-100, 100, (amount) => `bri=${amount}`],
  exposure: [-500, 500, (amount) => `exp=${share(amount / 5)}`],
  gamma: [0, 1000, (amount) => `gam=${share(Math.log2(Math.max(1, amount) / 100) * 50)}`],
  contrast: [-100, 500, (amount) => `con=${share(amount)}`],
  saturation: [-100, 500, (amount) => `sat=${share(amount)}`],
  vibrance: [-100, 500, (amount) => `vib=${share(amount)}`],
  // As much more red as there is less blue; how much, nobody has written down.
  warmth: [-100, 100, (amount) => `balance=${share(amount / 5)},0,${share(-amount / 5)}`],
}

const words: Readonly<Record<string, string>> = { grayscale: 'sat=-100', invert: 'invert=true' }

export const colourNames = [...Object.keys(amounts), ...Object.keys(words), 'enhance']

/** The native options of an operation of colour; undefined for another one. */
export function colourOf(operation: Operation): Options | undefined {
  const { name, args } = operation
  if (Object.hasOwn(amounts, name)) return amountOf(operation, amounts[name] as Amount)
  if (name === 'enhance') return enhanced(operation)
  const query = Object.hasOwn(words, name) ? words[name] : undefined
  if (query === undefined) return undefined
  if (args.length > 0) throw refuse(operation, 'no arguments')
  return parse(query)
}

function amountOf(operation: Operation, [least, most, native]: Amount): Options {
  const [text = '', ...rest] = operation.args
  const amount = /^-?\d{1,4}$/.test(text) ? Number(text) : Number.NaN
  if (!(amount >= least && amount <= most) || rest.length > 0)
    throw refuse(operation, `an integer from ${least} to ${most}`)
  return parse(native(amount))
}

/** Ours has one strength. */
function enhanced(operation: Operation): Options {
  const [text = '50', ...rest] = operation.args
  const amount = /^\d{1,3}$/.test(text) ? Number(text) : Number.NaN
  if (!(amount <= 100) || rest.length > 0) throw refuse(operation, 'an integer from 0 to 100')
  return amount > 0 ? { enhance: true } : {}
}

/** One to four radii in pixels; half of the sides make an ellipse. */
export function cornersOf(operation: Operation): Options {
  const [text = '', ...rest] = operation.args
  if (rest.length === 0 && /^50[p%]$/.test(text)) return parse('mask=ellipse')
  const radii = text.split(',')
  if (rest.length > 0 || radii.length > 4 || radii.some((radius) => !/^\d{1,4}$/.test(radius)))
    throw refuse(operation, 'one to four radii in pixels, or 50p')
  const [first = '0', second = first, third = first, fourth = second] = radii
  return parse(`mask=corners&corner-radius=${[first, second, third, fourth].join(',')}`)
}

/** A tolerance in percent; no padding. */
export function trimOf(operation: Operation): Options {
  const [text = '0', ...rest] = operation.args
  const [, digits = ''] = /^(\d{1,3}(?:\.\d{1,4})?)[p%]?$/.exec(text) ?? []
  if (digits === '' || Number(digits) > 100 || rest.length > 0)
    throw refuse(operation, 'a tolerance in percent')
  return parse(`trim=color&trim-tol=${Math.round(Number(digits) * 2.55)}`)
}
