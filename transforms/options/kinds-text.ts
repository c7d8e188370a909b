// How texts and their fonts are spelled in URLs.
import { listed } from './kinds.ts'
import type { Kind } from './option-types.ts'

/** UTF-8 bytes of the longest text that is drawn. */
export const maxText = 2000

/** What may not be in a text: control characters but the line break, and halves of characters. */
const unprintable = /[\p{Cc}\p{Cs}\u{fffe}\u{ffff}]/u

export const drawnText: Kind<string> = {
  expected: `a text of up to ${maxText} bytes`,
  read(given) {
    const text = given.replaceAll('\r\n', '\n')
    if (text.trim() === '' || !text.isWellFormed() || Buffer.byteLength(text) > maxText) return undefined
    return unprintable.test(text.replaceAll('\n', '')) ? undefined : text
  },
  write: String,
}

export interface Font {
  /** Families in the order in which they are looked for; empty for the usual one. */
  readonly families: readonly string[]
  readonly bold: boolean
  readonly italic: boolean
}

/** What names of families are made of; nothing that could be read as anything else of a font's description. */
const family = /^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,59}$/u

/** "helvetica neue,bold"; case does not matter. */
export const font: Kind<Font> = {
  expected: 'up to four families, and bold, italic or both, divided by commas',
  read(text) {
    const words = listed(text)
    const families = words.filter((word) => word !== 'bold' && word !== 'italic')
    if (words.length === 0 || families.length > 4 || !families.every((each) => family.test(each)))
      return undefined
    return { families, bold: words.includes('bold'), italic: words.includes('italic') }
  },
  write: ({ families, bold, italic }) =>
    [...families, ...(bold ? ['bold'] : []), ...(italic ? ['italic'] : [])].join(','),
}

/** The beginning of a name in CSS. */
export const identifier: Kind<string> = {
  expected: 'up to 40 letters, digits, hyphens and underscores, a letter first',
  read: (text) => (/^[a-z][\w-]{0,39}$/i.test(text) ? text.toLowerCase() : undefined),
  write: String,
}
