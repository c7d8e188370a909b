// Queries of languages whose options stand behind the question mark.
import { Failure } from '../../../errors.ts'
import type { Said } from './words.ts'

/** More pairs than any page writes. */
const maxPairs = 200

/** Name and value of each pair, decoded, in their order. A name without a value has an empty one. */
export function pairsOf(query: string): Said {
  const pairs = query.split('&').filter((pair) => pair !== '')
  if (pairs.length > maxPairs) throw new Failure('bad-address', `The query has more than ${maxPairs} options`)
  return pairs.map((pair) => {
    const at = pair.indexOf('=')
    return at < 0 ? [decode(pair), ''] : [decode(pair.slice(0, at)), decode(pair.slice(at + 1))]
  })
}

function decode(raw: string): string {
  try {
    const text = decodeURIComponent(raw.replaceAll('+', ' '))
    if (text.isWellFormed() && !/\p{Cc}/u.test(text)) return text
  } catch {}
  throw new Failure('bad-address', 'The query is not percent-encoded UTF-8, or has control characters')
}

/** A decoded address as one may stand in a request again: blanks and characters beyond ASCII are encoded. */
export const spelledAddress = (address: string): string =>
  address
    .replace(/[^\w.~!$&'()*+,;=:@/?%#[\]-]/gu, (character) => encodeURIComponent(character))
    .replace(/%(?![0-9a-f]{2})/gi, '%25')
