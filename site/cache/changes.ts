// What is remembered of addresses beside their answers: when they were last changed, and whether their answers are for one
// reader each.
import { LRUCache } from 'lru-cache'

export interface Changes {
  /** Rises with each change of the address. */
  of(address: string): number
  note(address: string): void
  /** Whether its last answer was for one reader: then nobody waits for the answer of another. */
  isForOne(address: string): boolean
  noteForOne(address: string): void
}

/** Some 200 bytes each. Of what is forgotten, a trip that takes longer than so many changes may store an old answer. */
const most = 50_000
const forOneMs = 120_000

export function createChanges(): Changes {
  const changed = new LRUCache<string, number>({ max: most })
  const forOne = new LRUCache<string, true>({ max: most, ttl: forOneMs })
  let count = 0
  return {
    of: (address) => changed.get(address) ?? 0,
    note: (address) => void changed.set(address, ++count),
    isForOne: (address) => forOne.has(address),
    noteForOne: (address) => void forOne.set(address, true),
  }
}
