// Vary (RFC 9110 12.5.5, RFC 9111 4.1): which requests an answer was chosen for, as the second half of its cache key. Pure.
import { LRUCache } from 'lru-cache'
import type { Headers } from '../tier.ts'

/** The request headers that Vary names: in lower case, sorted, each once; undefined for `*`, where no request matches. */
export function varyNames(vary = ''): readonly string[] | undefined {
  const names = vary
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '')
  return names.includes('*') ? undefined : [...new Set(names)].sort()
}

/** `Vary: *`: no later request is ever known to match. */
export const variesByAnything = ({ vary }: Headers): boolean =>
  vary !== undefined && varyNames(vary) === undefined

/**
 * Requests with the same key get the same answer of those that say this Vary. Empty where nothing is named; undefined for
 * `*`. A header that is not there is another value than an empty one.
 */
export function secondaryKey(vary: string | undefined, request: Headers): string | undefined {
  return varyNames(vary)
    ?.map((name) => (request[name] === undefined ? name : `${name}: ${normalise(name, request[name])}`))
    .join('\n')
}

/** Whether an answer that was chosen for one request may be the answer to the other. */
export function matches(vary: string | undefined, one: Headers, other: Headers): boolean {
  const key = secondaryKey(vary, one)
  return key !== undefined && key === secondaryKey(vary, other)
}

/** Lists of what the client takes: weights say what it likes best, and the order says nothing (RFC 9110 12.5). */
const unordered = new Set(['accept', 'accept-charset', 'accept-encoding', 'accept-language'])

/** Of these also the case of a member says nothing. */
const caseless = new Set(['accept-charset', 'accept-encoding', 'accept-language'])

/** Values in which a comma does not end a member of a list. */
const unlisted = new Set(['cookie', 'user-agent', 'referer'])

/** The spellings of lists seen lately: a few dozen browsers send the same ones again and again, each long to read. */
const spellings = new LRUCache<string, string>({ max: 1000 })
const longestSpelling = 500

/** One spelling for values that mean the same. */
function normalise(name: string, value: string): string {
  if (unlisted.has(name)) return value.trim()
  if (!unordered.has(name) || value.length > longestSpelling) return spelling(name, value)
  const key = `${name} ${value}`
  const known = spellings.get(key)
  if (known !== undefined) return known
  const made = spelling(name, value)
  spellings.set(key, made)
  return made
}

function spelling(name: string, value: string): string {
  const members = membersOf(caseless.has(name) ? value.toLowerCase() : value)
  return (unordered.has(name) ? members.map(withoutBlanks).sort() : members).join(',')
}

/** Members of a list, without the blanks round them and without empty ones (RFC 9110 5.6.1). */
const membersOf = (value: string): readonly string[] =>
  (value.match(/(?:[^",]|"(?:[^"\\]|\\.)*"?)+/g) ?? [])
    .map((member) => member.trim())
    .filter((member) => member !== '')

/** `gzip ; q=1` and `gzip;q=1`. */
const withoutBlanks = (member: string): string =>
  member.includes('"') ? member : member.replaceAll(/(?<![ \t])[ \t]*([;=])[ \t]*/g, '$1')
