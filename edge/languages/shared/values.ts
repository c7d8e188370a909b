// Values as other languages spell them, read into what the native language takes.
import { readColour, writeColour } from '../../../transforms/index.ts'

/** An integer within the range; a sign only where the range has negative numbers. */
export function whole(text: string, min: number, max: number): number | undefined {
  const value = /^-?\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  return value >= min && value <= max ? value + 0 : undefined
}

/** A decimal number without exponent. */
export function number(text: string, min: number, max: number): number | undefined {
  const value = /^[+-]?(?:\d{1,9}\.?\d{0,20}|\.\d{1,20})$/.test(text) ? Number(text) : Number.NaN
  return value >= min && value <= max ? value + 0 : undefined
}

/** What is made of a value that could be read. */
export const given = <T, A>(value: T | undefined, make: (value: T) => A): A | undefined =>
  value === undefined ? undefined : make(value)

/** As the native language writes numbers: at most four decimals, no exponent. */
export const shown = (value: number): string => String(Math.round(value * 1e4) / 1e4 + 0)

export const clamp = (value: number, min: number, max: number): number => Math.min(max, Math.max(min, value))

/** A member of a table by its own name, in lower case. */
export const lookUp = <T>(table: Readonly<Record<string, T>>, word: string): T | undefined =>
  Object.hasOwn(table, word.toLowerCase()) ? table[word.toLowerCase()] : undefined

/** Hex of 3, 4, 6 or 8 digits with alpha last, as native text. */
export function hexColour(text: string): string | undefined {
  if (!/^(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$/i.test(text)) return undefined
  const long = text.length < 6 ? text.replace(/./g, '$&$&') : text
  return rgb([0, 2, 4, 6].flatMap((at) => (long[at] ? [Number.parseInt(long.slice(at, at + 2), 16)] : [])))
}

/** Red, green, blue of 0 to 255 and, where given, alpha of 0 to 255, as native text. */
export function rgb([r = 0, g = 0, b = 0, alpha = 255]: readonly number[]): string | undefined {
  if ([r, g, b, alpha].some((channel) => !(channel >= 0 && channel <= 255))) return undefined
  return writeColour({ r: Math.round(r), g: Math.round(g), b: Math.round(b), alpha: alpha / 255 })
}

/** A CSS colour: a name, hex with '#', rgb() or rgba(). */
export function cssColour(text: string): string | undefined {
  const word = text.trim().toLowerCase()
  if (word.startsWith('#')) return hexColour(word.slice(1))
  const [, inner] = /^rgba?\(([^()]*)\)$/.exec(word) ?? []
  if (inner === undefined) return namedColour(word)
  const parts = inner.split(/[\s,/]+/).filter(Boolean)
  const channels = parts.slice(0, 3).map((part) => number(part, 0, 255) ?? Number.NaN)
  const alpha = parts[3] === undefined ? 1 : (number(parts[3], 0, 1) ?? Number.NaN)
  return parts.length === 3 || parts.length === 4 ? rgb([...channels, alpha * 255]) : undefined
}

/** A name of CSS, and nothing that is also hex. */
export function namedColour(word: string): string | undefined {
  const colour = /^[a-z]+$/i.test(word) && !/^[a-f]+$/i.test(word) ? readColour(word) : undefined
  return colour && writeColour(colour)
}

/** Percent-decoded once; undefined for what is not percent-encoded UTF-8. */
export function decoded(raw: string): string | undefined {
  try {
    const text = decodeURIComponent(raw)
    return text.isWellFormed() ? text : undefined
  } catch {
    return undefined
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The text of URL-safe Base64, with or without padding; undefined for anything else. */
export function fromBase64(text: string): string | undefined {
  try {
    return /^[\w-]+={0,2}$/.test(text) ? utf8.decode(Buffer.from(text, 'base64url')) : undefined
  } catch {
    return undefined
  }
}
