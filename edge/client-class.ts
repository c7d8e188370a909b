// The kind of client a request comes from, as coarse as negotiation itself, read as cheaply as a hit deserves.
import { LRUCache } from 'lru-cache'
import { type ClientHeaders, clientOf, formatClass, hintHeaders } from './negotiate.ts'

/** Headers that make a request more than "this URL, these formats": hints, conditions, ranges. */
const notPlain = new Set<string>([...hintHeaders, 'if-none-match', 'if-modified-since', 'if-range', 'range'])
const lengths: readonly boolean[] = Array.from({ length: 20 }, (_, length) =>
  [...notPlain, 'accept'].some((header) => header.length === length),
)

/**
 * The request's Accept, empty when there is none; undefined when another header matters too. Read from the raw list in
 * one pass: building the object of all headers costs more than the rest of a hit.
 */
export function plainAccept(raw: readonly string[]): string | undefined {
  let accept = ''
  for (let i = 0; i < raw.length; i += 2) {
    const header = raw[i] ?? ''
    if (!lengths[header.length]) continue
    const lower = header.toLowerCase()
    if (notPlain.has(lower)) return undefined
    if (lower !== 'accept') continue
    if (accept !== '') return undefined // sent in two parts
    accept = raw[i + 1] ?? ''
  }
  return accept
}

/** The classes of the `Accept` headers seen lately: there are a few dozen in the world, each long to read. */
const classes = new LRUCache<string, string>({
  max: 1000,
  maxSize: 1e6,
  sizeCalculation: (_, accept) => accept.length + 1,
})

export function classOf(accept: string): string {
  let formats = classes.get(accept)
  if (formats === undefined) {
    formats = formatClass(accept)
    classes.set(accept, formats)
  }
  return formats
}

/** The kind of client, as coarse as negotiation itself. */
export function kindOf(headers: ClientHeaders): string {
  for (const hint of hintHeaders) if (headers[hint] !== undefined) return JSON.stringify(clientOf(headers))
  return classOf(String(headers.accept ?? ''))
}
