// Signposts: stored under an address whose answers say Vary, they list the variants and the requests that each is for. Read
// once for each signpost: a hit only looks up what its request comes to.
import { secondaryKey } from '../../http/vary.ts'
import { emptyBody, type Headers } from '../../tier.ts'
import type { SiteEntry } from './entry.ts'

export interface Variant {
  readonly vary: string
  /** What the request said in the headers that `vary` names. */
  readonly chosenBy: string
  readonly key: string
}

/** No answer has it. */
const signpostStatus = 0

export const isSignpost = ({ status }: SiteEntry): boolean => status === signpostStatus

export function signpostFor(key: string, variants: readonly Variant[], entry: SiteEntry): SiteEntry {
  return {
    ...entry,
    ...{ key, status: signpostStatus, statusText: '', lines: [], parts: [], total: 0, body: emptyBody },
    headers: { variants: JSON.stringify(variants) },
  }
}

interface Read {
  /** The newest first. */
  readonly variants: readonly Variant[]
  /** Their places in the list, by what requests say in the headers that a Vary names. */
  readonly places: readonly (readonly [vary: string, places: ReadonlyMap<string, number>])[]
}

const known = new WeakMap<SiteEntry, Read>()

function read(signpost: SiteEntry): Read {
  const before = known.get(signpost)
  if (before) return before
  const variants: readonly Variant[] = JSON.parse(signpost.headers.variants ?? '[]')
  const places = new Map<string, Map<string, number>>()
  for (const [at, { vary, chosenBy }] of variants.entries()) {
    const ofVary = places.get(vary) ?? new Map<string, number>()
    if (!ofVary.has(chosenBy)) ofVary.set(chosenBy, at)
    places.set(vary, ofVary)
  }
  const made = { variants, places: [...places] }
  known.set(signpost, made)
  return made
}

export const variantsIn = (signpost: SiteEntry): readonly Variant[] => read(signpost).variants

/** The newest variant that such a request may get (RFC 9111 4.1). */
export function chosenIn(signpost: SiteEntry, asked: Headers): Variant | undefined {
  const { variants, places } = read(signpost)
  let first = variants.length
  for (const [vary, ofVary] of places) {
    const chosenBy = secondaryKey(vary, asked)
    const at = chosenBy === undefined ? undefined : ofVary.get(chosenBy)
    if (at !== undefined && at < first) first = at
  }
  return variants[first]
}
