// The query of an address as a cache in front of the edge needs it: what counts, in order, in one spelling. Pure;
// lua/halftone/query.lua is its twin.
import type { KeyMeaning } from '../transforms/index.ts'

export interface FrontQuery {
  /** Sorted pairs: of each option the first, without what the language does not know and without the signature. */
  readonly pairs: string
  readonly negotiates: boolean
  /** Whether JPEG XL counts then. */
  readonly jxl: boolean
  /** Client hints that the answer may depend on. */
  readonly width: boolean
  readonly dpr: boolean
  readonly saveData: boolean
  /** Unix seconds after which the link is gone. */
  readonly expires: number | undefined
  /** The source's own bytes: they may be large, and are asked for in parts. */
  readonly isOriginal: boolean
  readonly namesPictures: boolean
}

const mostPairs = 100

/** Undefined for a query that is too odd to be judged cheaply: the edge decides. */
export function readFrontQuery(
  query: string,
  defaults: string,
  keys: ReadonlyMap<string, KeyMeaning>,
): FrontQuery | undefined {
  const found = foundIn(defaults === '' ? query : `${query}&${defaults}`, keys)
  if (found === undefined) return undefined
  const { first, all } = found
  const expires = first.get('expires')
  const lists = { auto: listIn(first.get('auto')), ch: listIn(first.get('ch')) }
  if (expires !== undefined && !/^\d{1,10}$/.test(expires)) return undefined
  for (const [name, list] of Object.entries(lists))
    if (first.has(name) && list === undefined) return undefined
  const format = first.get('fm')
  if (format !== undefined && !/^\w{1,20}$/.test(format)) return undefined
  if (first.has('fm64') || first.has('expires64')) return undefined
  if (lists.auto) first.set('auto', lists.auto.join(','))
  if (lists.ch) first.set('ch', lists.ch.join(','))
  const hints = lists.ch ?? []
  return {
    pairs: [...[...first].map(([name, value]) => `${name}=${value}`), ...all].sort(byBytes).join('&'),
    negotiates: (lists.auto?.includes('format') ?? false) || format?.toLowerCase() === 'auto',
    jxl: lists.auto?.includes('jxl') ?? false,
    width: hints.includes('width'),
    dpr: hints.includes('dpr'),
    saveData: hints.includes('save-data'),
    expires: expires === undefined ? undefined : Number(expires),
    isOriginal: format?.toLowerCase() === 'original',
    namesPictures: found.namesPictures,
  }
}

const byBytes = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

interface Found {
  /** By the option's key, with `64` where its value is in Base64. */
  readonly first: Map<string, string>
  readonly all: string[]
  namesPictures: boolean
}

function foundIn(query: string, keys: ReadonlyMap<string, KeyMeaning>): Found | undefined {
  const written = query.split('&')
  if (written.length > mostPairs || !/^[\x21-\x7e]*$/.test(query)) return undefined
  const found: Found = { first: new Map(), all: [], namesPictures: false }
  for (const pair of written) if (!take(pair, keys, found)) return undefined
  return found
}

/** False for a pair that takes more reading: its key is encoded, or what is left of a page that escaped it twice. */
function take(pair: string, keys: ReadonlyMap<string, KeyMeaning>, found: Found): boolean {
  const at = pair.indexOf('=')
  const key = at < 0 ? pair : pair.slice(0, at)
  const value = at < 0 ? '' : pair.slice(at + 1)
  if (/[%+;?]/.test(key)) return false
  const meaning = keys.get(key.toLowerCase())
  if (meaning === undefined) return true
  const { name, base64, counts, namesPicture } = meaning
  if (counts === 'refused') return false
  if (namesPicture) found.namesPictures = true
  // Nothing is read of a signature here; one that would be refused for its shape is the edge's.
  if (name === 's') return !base64 && /^[\w-]{1,200}$/.test(value)
  if (counts === 'all') found.all.push(`${name}${base64 ? '64' : ''}=${value}`)
  else keepFirst(found.first, { name, base64, value })
  return true
}

interface Pair {
  readonly name: string
  readonly base64: boolean
  readonly value: string
}

function keepFirst(first: Map<string, string>, { name, base64, value }: Pair): void {
  const before = first.get(name)
  if (before !== undefined && name === 'auto') first.set(name, `${before},${value}`)
  else if (before === undefined && !first.has(`${name}64`)) first.set(base64 ? `${name}64` : name, value)
}

/** A list of words in their order, each once; undefined for anything but words. */
function listIn(value: string | undefined): string[] | undefined {
  if (value === undefined || !/^[a-z,-]+$/i.test(value)) return undefined
  return [...new Set(value.toLowerCase().split(','))].sort(byBytes)
}
