// A tier in another process: the same function as a tier in this one, over HTTP.
import { problemAnswer } from '../problem.ts'
import type { Tier } from '../tier.ts'
import { createLink, type LinkOptions } from './link.ts'

export type Remote = Tier & { close(): Promise<void> }

export function remote(url: string, options: LinkOptions): Remote {
  const link = createLink(url, options)
  const tier: Tier = (ask) => link.exchange(ask).catch(problemAnswer)
  return Object.assign(tier, { close: link.close })
}
