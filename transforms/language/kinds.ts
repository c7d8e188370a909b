// How values are spelled in URLs: reads each kind of value, writes its one canonical spelling, and says what it expects.

import type { Colour } from '../plan/plan-types.ts'
import { readColour, writeColour } from './colour.ts'
import type { Kind, Length, Position, Region } from './option-types.ts'

/** Four decimals place a point on a picture of 8192 pixels within one pixel; more would only make more keys. */
export const rounded = (value: number): number => Math.round(value * 1e4) / 1e4

// Ten digits are far beyond every range here, and keep all arithmetic exact.
const digits = /^\d{1,10}$/
const decimals = /^(?:\d{1,10}\.?\d{0,20}|\.\d{1,20})$/

const within = (value: number, min: number, max: number): number | undefined =>
  value >= min && value <= max ? value : undefined

export function integer(
  min: number,
  max: number,
  expected = `an integer from ${min} to ${max}`,
): Kind<number> {
  return {
    expected,
    read: (text) => (digits.test(text) ? within(Number(text), min, max) : undefined),
    write: String,
  }
}

/** A decimal number without sign or exponent, kept to four decimals. */
export function decimal(min: number, max: number, expected = `a number from ${min} to ${max}`): Kind<number> {
  return {
    expected,
    read: (text) => (decimals.test(text) ? within(rounded(Number(text)), min, max) : undefined),
    write: (value) => String(rounded(value)),
  }
}

/** Pixels, or a share: reference: "treat values containing a decimal point, or strictly below 1, as ratios". */
export function length(maxPx: number): Kind<Length> {
  return {
    expected: `an integer from 1 to ${maxPx} or a fraction below 1`,
    read: (text) => readLength(text, 1, maxPx),
    write: writeLength,
  }
}

function readLength(text: string, min: number, maxPx: number): Length | undefined {
  if (digits.test(text))
    return within(Number(text), min, maxPx) === undefined ? undefined : { px: Number(text) }
  if (!decimals.test(text)) return undefined
  const share = rounded(Number(text))
  // A share too small to be written is no share at all, except as the beginning of a region.
  if (share === 0) return min === 0 ? { px: 0 } : undefined
  return share <= 1 ? { share } : undefined
}

function writeLength(length: Length): string {
  if ('px' in length) return String(length.px)
  const text = String(rounded(length.share))
  return text.includes('.') ? text : `${text}.0`
}

/** One of the words. `words` maps what may be written to what it means; the first spelling of a meaning is canonical. */
export function oneOf<const T extends string>(
  words: Readonly<Record<string, T>>,
  refused: readonly string[] = [],
): Kind<T> {
  const spelling = spellings(words)
  return {
    expected: `one of ${Object.keys(words).join(', ')}`,
    refused,
    read: (text) => meaning(words, text.toLowerCase()),
    write: (value) => spelling.get(value) ?? value,
  }
}

function spellings<T extends string>(words: Readonly<Record<string, T>>): ReadonlyMap<T, string> {
  const found = new Map<T, string>()
  for (const [word, value] of Object.entries(words)) if (!found.has(value)) found.set(value, word)
  return found
}

// Object.hasOwn, because 'constructor' and its like are in every object.
const meaning = <T>(words: Readonly<Record<string, T>>, word: string): T | undefined =>
  Object.hasOwn(words, word) ? words[word] : undefined

/** Words that mean themselves. */
export function same<const T extends string>(...words: readonly T[]): Readonly<Record<T, T>> {
  return Object.fromEntries(words.map((word) => [word, word])) as Record<T, T>
}

/** A comma-separated list of words, in the order written, each once. An empty text is an empty list. */
export function listOf<const T extends string>(
  words: Readonly<Record<string, T>>,
  refused: readonly string[] = [],
): Kind<readonly T[]> {
  return {
    expected: `a list of ${Object.keys(words).join(', ')}`,
    refused,
    read: (text) => readList(words, text),
    write: (values) => values.join(','),
  }
}

function readList<T>(words: Readonly<Record<string, T>>, text: string): readonly T[] | undefined {
  const found = new Set<T>()
  for (const word of listed(text)) {
    const value = meaning(words, word)
    if (value === undefined) return undefined
    found.add(value)
  }
  return [...found]
}

/** The words of a list, trimmed and in lower case; none for an empty text. */
export function listed(text: string): readonly string[] {
  return text.trim() === '' ? [] : text.split(',').map((word) => word.trim().toLowerCase())
}

export const flag: Kind<boolean> = {
  expected: 'true or false',
  read: (text) => meaning({ true: true, '1': true, false: false, '0': false }, text.toLowerCase()),
  write: String,
}

export const colour: Kind<Colour> = {
  expected: 'a CSS colour name or a hex colour as RGB, ARGB, RRGGBB or AARRGGBB',
  read: readColour,
  write: writeColour,
}

/** Width over height. Seven digits hold every ratio of two sides up to 8192 within a hundredth of a pixel. */
export const ratio: Kind<number> = {
  expected: 'a ratio of width to height such as 16:9',
  read(text) {
    const [, width, height] = /^(\d{1,6}(?:\.\d{1,20})?):(\d{1,6}(?:\.\d{1,20})?)$/.exec(text) ?? []
    const value = Number((Number(width) / Number(height)).toPrecision(7))
    return within(value, 1 / 8192, 8192)
  },
  write: (value) => `${Number(value.toPrecision(7))}:1`,
}

// No source is a million pixels wide; regions beyond the picture are cut to it anyway.
const maxRegion = 1_000_000

export const region: Kind<Region> = {
  expected:
    'x,y,w,h, each in pixels or as a fraction (x: left, center, right; y: top, middle, bottom; w, h: full)',
  read(text) {
    const [x = '', y = '', w = '', h = '', ...rest] = listed(text)
    const at = { x: readPosition(x, horizontal), y: readPosition(y, vertical) }
    const size = { width: readSpan(w), height: readSpan(h) }
    if (rest.length > 0 || !at.x || !at.y || !size.width || !size.height) return undefined
    return { x: at.x, y: at.y, width: size.width, height: size.height }
  },
  write: ({ x, y, width, height }) =>
    [writePosition(x, horizontal), writePosition(y, vertical), writeLength(width), writeLength(height)].join(
      ',',
    ),
}

const horizontal = { start: 'left', centre: 'center', end: 'right' } as const
const vertical = { start: 'top', centre: 'middle', end: 'bottom' } as const
type Edges = typeof horizontal | typeof vertical

function readPosition(word: string, edges: Edges): Position | undefined {
  if (word === edges.start) return { px: 0 }
  if (word === edges.centre) return 'centre'
  if (word === edges.end) return 'end'
  return readLength(word, 0, maxRegion)
}

const writePosition = (position: Position, edges: Edges): string =>
  typeof position === 'string' ? edges[position] : writeLength(position)

const readSpan = (word: string): Length | undefined =>
  word === 'full' ? { share: 1 } : readLength(word, 1, maxRegion)

/** Any text up to `max` characters: for what is known to the language but never kept. */
export function text(max: number, expected: string): Kind<string> {
  return {
    expected,
    read: (given) => (given !== '' && given.length <= max ? given : undefined),
    write: String,
  }
}

/** A name as a person saves a file: told to browsers, never to a file system of ours. */
export const fileName: Kind<string> = {
  expected: 'a file name of up to 255 characters',
  read: (given) =>
    given !== '' && given.length <= 255 && given.isWellFormed() && !/\p{Cc}/u.test(given) ? given : undefined,
  write: String,
}
