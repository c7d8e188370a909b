import type { Entry } from './entry.ts'

/**
 * Keeps entries by key, bounded in bytes. It may forget anything at any time; what it returns is whole and unchanged.
 * Nothing here ever rejects because of the medium: an unreadable entry is a miss and is removed, a full disk keeps
 * nothing. Every implementation passes test/contracts/store.ts.
 */
export interface Store {
  get(key: string): Promise<Entry | undefined>
  put(entry: Entry): Promise<void>
  /** True when there was something to remove. */
  delete(key: string): Promise<boolean>
  /** Bytes and entries held now; estimates are allowed while a large disk store is still counting. */
  size(): { readonly bytes: number; readonly entries: number }
  /** Finishes what is being written. */
  close(): Promise<void>
}
