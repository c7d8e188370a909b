// How values are spelled in URLs: reads each kind of value, writes its one canonical spelling, and says what it expects.

import { type Colour, readColour, writeColour } from './colour.ts'
import type { Kind, Length } from './option-types.ts'

/** Four decimals place a point on a picture of 8192 pixels within one pixel; more would only make more keys. */
export const rounded = (value: number): number => Math.round(value * 1e4) / 1e4

// Ten digits are far beyond every range here, and keep all arithmetic exact.
const digits = /^\d{1,10}$/
const decimals = /^(?:\d{1,10}\.?\d{0,20}|\.\d{1,20})$/

export const within = (value: number, min: number, max: number): number | undefined =>
  value >= min && value <= max ? value : undefined

export function integer(
  min: number,
  max: number,
  expected = `an integer from ${min} to ${max}`,
): Kind<number> {
  return {
    expected,
    control: { type: 'number', min, max, step: 1 },
    read: (text) => (digits.test(text) ? within(Number(text), min, max) : undefined),
    write: String,
  }
}

/** A decimal number without sign or exponent, kept to four decimals. */
export function decimal(min: number, max: number, expected = `a number from ${min} to ${max}`): Kind<number> {
  return {
    expected,
    control: { type: 'number', min, max, step: 'any' },
    read: (text) => (decimals.test(text) ? within(rounded(Number(text)), min, max) : undefined),
    write: (value) => String(rounded(value)),
  }
}

/** A decimal number that may have a sign, kept to four decimals. */
export function signed(min: number, max: number): Kind<number> {
  return {
    expected: `a number from ${min} to ${max}`,
    control: { type: 'number', min, max, step: 'any' },
    read(text) {
      const [, sign, number = ''] = /^([+-]?)(.*)$/s.exec(text.trim()) ?? []
      if (!decimals.test(number)) return undefined
      // Adding nothing makes -0 a 0.
      return within(rounded(Number(number) * (sign === '-' ? -1 : 1)) + 0, min, max)
    },
    write: (value) => String(rounded(value)),
  }
}

/** Pixels, or a share: reference: "treat values containing a decimal point, or strictly below 1, as ratios". */
export function length(maxPx: number): Kind<Length> {
  return {
    expected: `an integer from 1 to ${maxPx} or a fraction below 1`,
    control: { type: 'number', min: 0, max: maxPx, step: 'any' },
    read: (text) => readLength(text, 1, maxPx),
    write: writeLength,
  }
}

export function readLength(text: string, min: number, maxPx: number): Length | undefined {
  if (digits.test(text))
    return within(Number(text), min, maxPx) === undefined ? undefined : { px: Number(text) }
  if (!decimals.test(text)) return undefined
  const share = rounded(Number(text))
  // A share too small to be written is no share at all, except as the beginning of a region.
  if (share === 0) return min === 0 ? { px: 0 } : undefined
  return share <= 1 ? { share } : undefined
}

export function writeLength(length: Length): string {
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
    control: { type: 'words', words: Object.keys(words), isList: false },
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
    control: { type: 'words', words: Object.keys(words), isList: true },
    read: (text) => readList(words, text),
    write: (values) => values.join(','),
  }
}

/** A detector that is not there: what stands beside it counts, as it does where the detector finds nothing. */
export function fallingThrough<T>(word: string, kind: Kind<T>): Kind<T> {
  return {
    ...kind,
    read(text) {
      const others = listed(text).filter((other) => other !== word)
      return kind.read(others.length > 0 ? others.join(',') : text)
    },
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
  control: { type: 'words', words: ['true', 'false'], isList: false },
  read: (text) => meaning({ true: true, '1': true, false: false, '0': false }, text.toLowerCase()),
  write: String,
}

export const colour: Kind<Colour> = {
  expected: 'a CSS colour name or a hex colour as RGB, ARGB, RRGGBB or AARRGGBB',
  control: { type: 'colour' },
  read: readColour,
  write: writeColour,
}

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

/** JPEG's scale, or a search for each picture. */
export const quality: Kind<number | 'auto'> = {
  expected: 'an integer from 0 to 100, or auto',
  control: { type: 'number', min: 0, max: 100, step: 1, words: ['auto'] },
  read: (given) => (given.toLowerCase() === 'auto' ? 'auto' : integer(0, 100).read(given)),
  write: String,
}
