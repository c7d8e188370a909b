// Reads the arguments of operations: dimensions, ratios, places, colours. Each refusal names its operation.
import { Failure } from '../../../errors.ts'
import { type Colour, type Length, maxSide, type Position, roomOf } from '../../../transforms/index.ts'
import type { Operation } from './path.ts'

export function refuse({ name, args }: Operation, expected: string): Failure {
  const received = args.join('/') || 'nothing'
  // "/-/resize/300x" is an operation and a file name; its author meant something else.
  const why = args.length === 0 ? ' (what no slash follows is a file name)' : ''
  const message = `Expected ${expected} for ${name}, received ${received.slice(0, 60)}${why}`
  return new Failure('bad-option', message, { option: name, expected, received })
}

export interface Pair {
  readonly width: number | undefined
  readonly height: number | undefined
}

const side = `1 to ${maxSide}`

/** "300x200", "300x", "x200", in pixels. */
export function pixelPair(operation: Operation, text = ''): Pair {
  const [, width, height] = /^(\d{0,5})x(\d{0,5})$/i.exec(text) ?? []
  const pair = { width: pixels(width), height: pixels(height) }
  const isFine = [pair.width, pair.height].every(
    (px) => px === undefined || (Number.isInteger(px) && px >= 1 && px <= maxSide),
  )
  if ((width || height) && isFine) return pair
  throw refuse(operation, `dimensions such as 300x200 with sides of ${side}`)
}

const pixels = (text: string | undefined): number | undefined => (text ? Number(text) : undefined)

export function bothSides(operation: Operation, text?: string): { width: number; height: number } {
  const { width, height } = pixelPair(operation, text)
  if (width !== undefined && height !== undefined) return { width, height }
  throw refuse(operation, `two sides such as 300x200 of ${side}`)
}

/** "300x200", "50%x50p": each side in pixels or percent. */
export function box(text: string): { width: Length; height: Length } | undefined {
  const [, w = '', h = ''] = /^([\d.]+[%p]?)x([\d.]+[%p]?)$/i.exec(text) ?? []
  const [width, height] = [span(w), span(h)]
  return width && height && { width, height }
}

function span(text: string): Length | undefined {
  const share = percent(text)
  if (share !== undefined) return share > 0 && share <= 1 ? { share } : undefined
  return /^\d{1,6}$/.test(text) && Number(text) > 0 ? { px: Number(text) } : undefined
}

/** "50%" or "50p" as a share. */
export function percent(text: string): number | undefined {
  const [, digits] = /^(\d{1,3}(?:\.\d{1,4})?)[%p]$/i.exec(text) ?? []
  return digits === undefined ? undefined : Number(digits) / 100
}

/** "16:9" as width over height, as precise as the native language writes it. */
export function ratio(text: string): number | undefined {
  const [, w, h] = /^(\d{1,6}(?:\.\d{1,4})?):(\d{1,6}(?:\.\d{1,4})?)$/.exec(text) ?? []
  const value = Number((Number(w) / Number(h)).toPrecision(7))
  return value >= 1 / maxSide && value <= maxSide ? value : undefined
}

export interface Placement {
  readonly x: Position
  readonly y: Position
}

export const centred: Placement = { x: 'centre', y: 'centre' }
export const corner: Placement = { x: { px: 0 }, y: { px: 0 } }

const words: Readonly<Record<string, Placement>> = {
  center: centred,
  top: { x: 'centre', y: { px: 0 } },
  bottom: { x: 'centre', y: 'end' },
  left: { x: { px: 0 }, y: 'centre' },
  right: { x: 'end', y: 'centre' },
}

/**
 * A word, or "x,y" in pixels or percent. Percent are of the room beside the picture, so 100p,100p is the far corner.
 */
export function place(text: string): Placement | undefined {
  const word = words[text.toLowerCase()]
  if (word) return word
  const [x, y, ...rest] = text.split(',').map(position)
  return x && y && rest.length === 0 ? { x, y } : undefined
}

function position(text: string): Position | undefined {
  const share = percent(text)
  if (share !== undefined) return share <= 1 ? roomOf(share) : undefined
  return /^\d{1,6}$/.test(text) ? { px: Number(text) } : undefined
}

/** Hex of 3, 4, 6 or 8 digits, alpha last. */
export function colour(text: string): Colour | undefined {
  if (!/^(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$/i.test(text)) return undefined
  const long = text.length < 6 ? text.replace(/./g, '$&$&') : text
  const [r = 0, g = 0, b = 0, alpha = 255] = (long.match(/../g) ?? []).map((pair) =>
    Number.parseInt(pair, 16),
  )
  return { r, g, b, alpha: alpha / 255 }
}

export function integer(text: string, [min, max]: readonly [number, number]): number | undefined {
  const value = /^-?\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  return value >= min && value <= max ? value : undefined
}

export function oneOf<T>(operation: Operation, table: Readonly<Record<string, T>>): T {
  const [word = ''] = operation.args
  const key = word.toLowerCase()
  const value = Object.hasOwn(table, key) && operation.args.length === 1 ? table[key] : undefined
  if (value === undefined) throw refuse(operation, `one of ${Object.keys(table).join(', ')}`)
  return value
}
