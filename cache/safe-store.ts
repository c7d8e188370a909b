// A store as the engine uses it: its faults are told to the observer and never reach a request.
import type { Entry } from './entry.ts'
import type { CacheObserver } from './outcome.ts'
import type { Store } from './store.ts'

export interface SafeStore {
  get(key: string): Promise<Entry | undefined>
  /** Does not wait: nobody's answer depends on it. */
  put(entry: Entry): void
  delete(key: string): void
  /** Settles when all that was begun is done. */
  idle(): Promise<void>
}

export function safely(store: Store, observe: CacheObserver): SafeStore {
  const begun = new Set<Promise<unknown>>()

  function begin(work: () => Promise<unknown>): void {
    const doing = attempt(work).finally(() => begun.delete(doing))
    begun.add(doing)
  }

  async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work()
    } catch (thrown) {
      observe('store-failed', thrown)
      return undefined
    }
  }

  return {
    get: (key) => attempt(() => store.get(key)),
    put: (entry) => begin(() => store.put(entry)),
    delete: (key) => begin(() => store.delete(key)),
    async idle() {
      while (begun.size > 0) await Promise.allSettled(begun)
    },
  }
}
