// Which keys are asked for so often that one node should not carry them alone: a count in bounded memory (Misra-Gries).

export interface HotKeys {
  /** Counts an ask. True when the key's part of the latest asks is larger than `share`. */
  count(key: string): boolean
}

export interface HotKeysOptions {
  /** Part of all asks, from 1/100 to 1. */
  readonly share: number
  /** Asks after which all counts are halved, so that a key that was hot once grows cold again. */
  readonly window?: number
}

/** A key with more than a hundredth of all asks keeps a counter, whatever else is asked for. */
const counters = 100
/** Fewer asks than this say nothing. */
const fewestAsks = 200

export function createHotKeys({ share, window = 4096 }: HotKeysOptions): HotKeys {
  const counts = new Map<string, number>()
  let asks = 0

  function countUnknown(key: string): void {
    if (counts.size < counters) counts.set(key, 1)
    // Each takes one from all: keys that are rare cancel each other out.
    else lower((count) => count - 1)
  }

  function lower(change: (count: number) => number): void {
    for (const [key, count] of counts) {
      const left = change(count)
      if (left > 0) counts.set(key, left)
      else counts.delete(key)
    }
  }

  return {
    count(key) {
      asks++
      const count = counts.get(key)
      if (count === undefined) countUnknown(key)
      else counts.set(key, count + 1)
      const isHot = asks >= fewestAsks && (count ?? 0) + 1 > asks * share
      if (asks >= window) {
        asks >>= 1
        lower((each) => each >> 1)
      }
      return isHot
    },
  }
}
