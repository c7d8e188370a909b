// A tier in another process: the same function as a tier in this one, over HTTP.
import { problemAnswer } from '../problem.ts'
import type { Tier } from '../tier.ts'
import { type ConnectionOptions, createConnections } from './connections.ts'

export type RemoteTier = Tier & { close(): Promise<void> }

export function createRemoteTier(url: string, options: ConnectionOptions): RemoteTier {
  const link = createConnections(url, options)
  const tier: Tier = (ask) => link.exchange(ask).catch(problemAnswer)
  return Object.assign(tier, { close: link.close })
}
