// Tiers at addresses that are learned while the process runs: connections are kept to those that were asked lately.
import { LRUCache } from 'lru-cache'
import type { Tier } from '../tier.ts'
import type { ConnectionOptions } from './connections.ts'
import { createRemoteTier, type RemoteTier } from './remote-tier.ts'

export interface MemberTiers {
  at(url: string): Tier
  close(): Promise<void>
}

/** More than most clusters have members. */
const mostMembers = 256

export function createMemberTiers(options: ConnectionOptions): MemberTiers {
  const closing = new Set<Promise<void>>()
  const tiers = new LRUCache<string, RemoteTier>({
    max: mostMembers,
    dispose: (tier) => {
      const closed = tier.close().finally(() => closing.delete(closed))
      closing.add(closed)
    },
  })
  return {
    at(url) {
      const known = tiers.get(url)
      if (known) return known
      const tier = createRemoteTier(url, options)
      tiers.set(url, tier)
      return tier
    },
    async close() {
      tiers.clear()
      await Promise.all(closing)
    },
  }
}
