// Writes a spec as the one text that is the cache key everywhere, and reads it back.
import { badValue, unexpected } from '../options/refusals.ts'
import { exactOptions, type Spec } from './options.ts'
import { encoded, encodedQuery } from './query-text.ts'
import { revision } from './revision.ts'
import { type WrittenRow, writtenRows } from './written-rows.ts'

const rows = writtenRows(exactOptions)
const byKey: ReadonlyMap<string, WrittenRow<keyof Spec>> = new Map(rows.map((row) => [row.option.key, row]))

/**
 * Keys in order, defaults left out, the revision last: "fit=crop&fm=webp&h=480&w=640&rev=1". Texts and paths are
 * percent-encoded; all other values need no encoding.
 * With neither `fm` nor `formats` the picture keeps its source's format.
 */
export function canonical(spec: Spec): string {
  const pairs: string[] = []
  for (const { name, option, preset } of rows) {
    const value = spec[name]
    if (value === undefined) continue
    const text = option.kind.write(value)
    if (text !== preset) pairs.push(`${option.key}=${option.isQuery ? encodedQuery(text) : encoded(text)}`)
  }
  return [...pairs, `rev=${revision}`].join('&')
}

/** Whatever is not percent-encoded UTF-8 is no text that `canonical` wrote. */
function decoded(text: string): string {
  try {
    return text.includes('%') ? decodeURIComponent(text) : text
  } catch {
    throw unexpected('an exact address', 'percent-encoded UTF-8', text)
  }
}

/** The revision that a canonical text ends with, and the text as this revision would write it. */
export function underThisRevision(text: string): { readonly text: string; readonly isCurrent: boolean } {
  const written = /(?:^|[?&])rev=(\d{1,6})$/.exec(text)?.[1]
  if (written === undefined || Number(written) === revision) return { text, isCurrent: true }
  return { text: `${text.slice(0, -written.length)}${revision}`, isCurrent: false }
}

/** The spec of a canonical text. Fails with 'bad-option' for anything that `canonical` would not write. */
export function parseCanonical(text: string): Spec {
  const found: Record<string, unknown> = {}
  for (const pair of text.split('&')) {
    const at = pair.indexOf('=')
    const [key, value] = at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)]
    if (key !== 'rev') found[byKey.get(key)?.name ?? key] = read(key, value)
  }
  const spec = found as Spec
  const expected = canonical(spec)
  if (text !== expected) throw unexpected('the options of an exact address', expected, text)
  return spec
}

function read(key: string, text: string): unknown {
  const option = byKey.get(key)?.option
  if (!option) throw unexpected('an exact address', 'only options that it may carry', key)
  const value = option.kind.read(decoded(text))
  if (value === undefined) throw badValue(key, option, text)
  return value
}
