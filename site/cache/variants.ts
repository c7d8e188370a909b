// The stored answers of one address, and which of them a request may get (RFC 9111 4.1). An answer that says Vary lies
// under a key of its own, and a signpost under the address lists them with the request headers they were chosen by.
import { secondaryKey, varyNames } from '../../http/vary.ts'
import type { Headers } from '../../tier.ts'
import type { SiteEntry } from './entry.ts'
import { chosenIn, isSignpost, signpostFor, type Variant, variantsIn } from './signposts.ts'
import type { SiteStore } from './store.ts'

export interface Found {
  readonly entry: SiteEntry | undefined
  /** Something is stored for the address, and not for such a request. */
  readonly hasOthers: boolean
}

/** More kinds of requests than that for one address: the oldest are forgotten. */
const mostVariants = 64

export interface Variants {
  /** Without waiting: undefined where the disk must be asked. */
  findNow(key: string, asked: Headers): Found | undefined
  find(key: string, asked: Headers): Promise<Found>
  /** Stores the entry under its address, or beside the others of it where it says Vary. Gives the entry as it was stored. */
  put(address: string, entry: SiteEntry, asked: Headers): Promise<void>
  remove(entry: SiteEntry): void
  /** All that is stored for an address. */
  removeAll(address: string): void
}

const nothing: Found = { entry: undefined, hasOthers: false }

export function createVariants(store: SiteStore, random: () => string): Variants {
  /** Changes of one signpost, one behind the other. */
  const changing = new Map<string, Promise<void>>()

  async function add(address: string, variant: Variant, entry: SiteEntry): Promise<void> {
    const before = await store.get(address)
    const others = before && isSignpost(before) ? variantsIn(before) : []
    const isSame = isLike(variant)
    const all = [variant, ...others.filter((other) => !isSame(other))].slice(0, mostVariants)
    void store.put(signpostFor(address, all, entry))
  }

  return {
    findNow(key, asked) {
      const first = store.now(key)
      if (first === undefined || !isSignpost(first)) return first && { entry: first, hasOthers: false }
      const variant = chosenIn(first, asked)
      if (variant === undefined) return { entry: undefined, hasOthers: true }
      const entry = store.now(variant.key)
      return entry && { entry, hasOthers: true }
    },
    async find(key, asked) {
      const first = await store.get(key)
      if (first === undefined) return nothing
      if (!isSignpost(first)) return { entry: first, hasOthers: false }
      const variant = chosenIn(first, asked)
      return { entry: variant && (await store.get(variant.key)), hasOthers: true }
    },
    async put(address, entry, asked) {
      const { vary } = entry.headers
      if (vary === undefined || varyNames(vary)?.length === 0)
        return void store.put({ ...entry, key: address })
      const chosenBy = secondaryKey(vary, asked) ?? ''
      // The one that it takes the place of.
      const first = store.now(address)
      const same = first && isSignpost(first) ? variantsIn(first).find(isLike({ vary, chosenBy })) : undefined
      const key = same?.key ?? `${address} ${random()}`
      void store.put({ ...entry, key })
      const added = (changing.get(address) ?? Promise.resolve()).then(() =>
        add(address, { vary, chosenBy, key }, entry),
      )
      changing.set(address, added)
      await added
      if (changing.get(address) === added) changing.delete(address)
    },
    remove: ({ key }) => store.remove(key),
    removeAll: (address) => store.remove(address),
  }
}

const isLike =
  (one: Omit<Variant, 'key'>) =>
  ({ vary, chosenBy }: Variant): boolean =>
    vary === one.vary && chosenBy === one.chosenBy
