// Reads a query by a table of options: what it says, before anything is known about client or picture.
import type { Option, Rows } from '../options/option-types.ts'
import { badValue, notSupported, unexpected } from '../options/refusals.ts'
import { changesNothing, unsupported } from './unsupported.ts'

interface Row {
  readonly name: string
  readonly option: Option<unknown>
}

/** By every spelling of every option, in lower case. */
export type Table = ReadonlyMap<string, Row>

export const tableOf = (options: Rows): Table =>
  new Map(
    Object.entries(options).flatMap(([name, option]) =>
      [option.key, ...(option.aliases ?? [])].map((key) => [key, { name, option }] as const),
    ),
  )

/**
 * The options of a raw, percent-encoded query without its '?'. Of repeated keys the first counts, only `auto` merges;
 * keys that the language does not define are ignored (reference: "Unknown keys: ignored by the service").
 * Fails with 'bad-option' for a value that cannot be read and for an option that Halftone does not do, unless its value
 * asks for nothing.
 */
export const readQuery = (table: Table, query: string): Record<string, unknown> =>
  readPairs(table, pairsOf(query))

export function readPairs(table: Table, pairs: readonly Pair[]): Record<string, unknown> {
  const found: Record<string, unknown> = {}
  for (const { key, raw } of pairs) {
    const meant = meaning(table, key)
    if (!meant) continue
    const { row, base64 } = meant
    const before = row && found[row.name]
    if (before !== undefined && !row?.option.merges) continue
    const text = (): string => (base64 ? fromBase64(key, raw) : decoded(key, raw))
    if (row) found[row.name] = joined(before, read(key, row.option, text()))
    else if (!isIdle(key, text)) throw notSupported(key)
  }
  return found
}

/** What `readQuery` passes over. */
export const unknownIn = (table: Table, query: string): readonly string[] =>
  pairsOf(query)
    .map(({ key }) => key)
    .filter((key) => key !== '' && meaning(table, key) === undefined)

export interface Pair {
  readonly key: string
  /** As written. */
  readonly raw: string
}

export const pairsOf = (query: string): readonly Pair[] => query.split('&').flatMap(halves)

/** What a page that escaped its address twice leaves in front of a key: `&amp;w=100`; and a second question mark. */
const strayOpening = /^(?:amp;|\?|\s)+/i

/** Encoded once more or several times it is one as well. */
const equalsSign = /=|%(?:25)*3d/i

function halves(pair: string): Pair | readonly Pair[] {
  const at = pair.indexOf('=')
  const key = percentDecoded(at < 0 ? pair : pair.slice(0, at)) ?? ''
  // No key holds an equals sign: here the pair was encoded as a whole, and passed over it would ask for nothing.
  if (equalsSign.test(key)) return pairsOf(percentDecoded(pair) ?? key)
  return { key: key.replace(strayOpening, '').trimEnd(), raw: at < 0 ? '' : pair.slice(at + 1) }
}

interface Meaning {
  /** Undefined for an option that Halftone does not do. */
  readonly row: Row | undefined
  readonly base64: boolean
}

/** What a key stands for, or undefined for a key that the language does not define. */
function meaning(table: Table, key: string): Meaning | undefined {
  const word = key.toLowerCase()
  const plain = table.get(word)
  if (plain ?? unsupported.has(word)) return { row: plain, base64: false }
  const stem = word.endsWith('64') ? word.slice(0, -2) : word
  if (unsupported.has(stem)) return { row: undefined, base64: true }
  const row = table.get(stem)
  if (row?.option.plainOnly) throw notSupported(key)
  return row && { row, base64: true }
}

/** Whether an option that is not done asks for nothing, in plain text or in Base64. */
function isIdle(key: string, text: () => string): boolean {
  try {
    return changesNothing(key.toLowerCase().replace(/64$/, ''), text())
  } catch {
    return false // what cannot be read is no less unsupported
  }
}

function read(key: string, option: Option<unknown>, text: string): unknown {
  const value = option.kind.read(text)
  if (value === undefined) throw badValue(key, option, text)
  return value
}

const joined = (before: unknown, after: unknown): unknown =>
  before === undefined
    ? after
    : [...new Set([...(before as readonly unknown[]), ...(after as readonly unknown[])])]

function decoded(key: string, raw: string): string {
  const text = percentDecoded(raw)
  if (text === undefined) throw unexpected(key, 'percent-encoded UTF-8', raw)
  return text
}

/** Undefined when it is not percent-encoded UTF-8. Most texts have nothing to decode, and this runs on every hit. */
function percentDecoded(raw: string): string | undefined {
  if (!/[%+]/.test(raw)) return raw
  try {
    return decodeURIComponent(raw.replaceAll('+', ' '))
  } catch {
    return undefined
  }
}

/** Reference: "`64` appended carries the value in URL-safe Base64 without `=` padding"; padding does no harm. */
function fromBase64(key: string, raw: string): string {
  const text = decoded(key, raw)
  try {
    // Buffer skips what is not Base64, so the alphabet is checked first.
    if (/^[\w-]+={0,2}$/.test(text)) return utf8.decode(Buffer.from(text, 'base64url'))
  } catch {}
  throw unexpected(key, 'UTF-8 in URL-safe Base64', text)
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
