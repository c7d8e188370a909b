// Where the answer to an ask is stored. An address whose answers say Vary has one for each kind of request: under its key
// lies a signpost that names the headers, and each answer has a key of its own (RFC 9111 4.1). A picture has no Vary, so
// its entry lies under its path, and nothing of this is done for it.
import { cacheKey } from '../http/cache-key.ts'
import { secondaryKey } from '../http/vary.ts'
import { type Ask, emptyBody } from '../tier.ts'
import type { Entry } from './entry.ts'
import type { SafeStore } from './safe-store.ts'

export interface Found {
  /** Of the entry, or of the one that may come. */
  readonly key: string
  readonly entry: Entry | undefined
  readonly signpost?: Entry
}

export interface Variants {
  find(ask: Ask): Promise<Found>
  /** Stores the entry that answers this ask. */
  put(entry: Entry, ask: Ask, found: Found): void
  /** Removes the one entry. */
  remove(found: Found): void
  /** Removes all that is stored for an address. */
  removeAll(address: Pick<Ask, 'host' | 'path'>): void
}

/** No answer has it. */
const signpostStatus = 0

export function createVariants(store: SafeStore, now: () => number): Variants {
  let made = 0

  /** Variants are found by the name of their signpost: with a new one, those of the old are gone. */
  function signpostFor(key: string, vary: string, entry: Entry): Entry {
    const name = `${now().toString(36)}-${(made++).toString(36)}`
    return { ...entry, key, status: signpostStatus, headers: { vary, name }, body: emptyBody }
  }

  return {
    async find(ask) {
      const key = cacheKey(ask)
      const first = await store.get(key)
      if (first?.status !== signpostStatus) return { key, entry: first }
      const variant = variantKey(first, ask)
      return { key: variant, entry: await store.get(variant), signpost: first }
    },
    put(entry, ask, { signpost: known }) {
      const { vary } = entry.headers
      const key = cacheKey(ask)
      if (vary === undefined) return store.put(entry.key === key ? entry : { ...entry, key })
      const signpost = known?.headers.vary === vary ? known : signpostFor(key, vary, entry)
      if (signpost !== known) store.put(signpost)
      store.put({ ...entry, key: variantKey(signpost, ask) })
    },
    remove: ({ key }) => store.delete(key),
    removeAll: (address) => store.delete(cacheKey(address)),
  }
}

/** No path has a blank in it. */
const variantKey = ({ key, headers: { vary, name } }: Entry, ask: Ask): string =>
  `${key} ${name} ${secondaryKey(vary, ask.headers)}`
