// Which address of the site a tag means. Pure.

export interface PageAddress {
  readonly scheme: 'http' | 'https'
  /** In lower case, with its port where it has one. */
  readonly host: string
  /** Path and query. */
  readonly target: string
}

export const urlOf = ({ scheme, host, target }: PageAddress): string => `${scheme}://${host}${target}`

export interface Meant {
  /** Path and query, as a browser asks for them. */
  readonly target: string
  /** Scheme and host, where a path alone would mean another address. */
  readonly before: string
}

export interface Reading {
  /** The address that others are relative to. */
  readonly base: string
  readonly page: PageAddress
  /** Whether the page is in UTF-8 by its own word. */
  readonly isUtf8: boolean
}

/**
 * `src`: as it stands in the page, bytes as Latin-1. `base`: what it is relative to. Undefined for what is not at the
 * page's own host, or cannot be written in every place.
 */
export function meantBy(src: string, { base, page, isUtf8 }: Reading): Meant | undefined {
  const text = textOf(src, isUtf8)
  if (text === undefined || !URL.canParse(text, base)) return undefined
  const url = new URL(text, base)
  if (!/^https?:$/.test(url.protocol) || url.host !== page.host || url.username !== '') return undefined
  const target = `${url.pathname}${url.search}`
  // A comma at its end would be taken for the end of a candidate.
  if (target.endsWith(',')) return undefined
  return { target, before: new URL(base).origin === url.origin ? '' : url.origin }
}

/** Browsers read the characters of an address by the encoding of its page; only UTF-8 is the same everywhere in it. */
function textOf(src: string, isUtf8: boolean): string | undefined {
  const highest = Math.max(0, ...Array.from(src, (char) => char.charCodeAt(0)))
  if (highest < 0x80) return src
  // A character reference has put more into it than bytes.
  if (!isUtf8 || highest > 0xff) return undefined
  const text = Buffer.from(src, 'latin1').toString()
  return text.includes('\ufffd') ? undefined : text
}
