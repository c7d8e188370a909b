// The next tier as one tier, however many nodes it has: the ring chooses, health passes over, a second node heals.
import { Failure, type FailureKind } from '../errors.ts'
import { cacheKey } from '../http/cache-key.ts'
import { problemAnswer } from '../problem.ts'
import type { Answer, Ask, Tier } from '../tier.ts'
import type { ConnectionOptions } from './connections.ts'
import { createRing } from './hash-ring.ts'
import type { Health } from './health.ts'
import { type Every, startChecks } from './health-checks.ts'
import { askHedged, createHedges, type HedgeRules } from './hedged-request.ts'
import { createHotKeys } from './hot-keys.ts'
import { type LoadedNode, spread } from './spread.ts'
import { createNode, tierRefusedFailure, type UpstreamNode } from './upstream-node.ts'

export interface UpstreamsOptions extends ConnectionOptions {
  /** Where the nodes are, `http://host:port`. Their order does not matter. */
  readonly urls: readonly string[]
  /** What of an ask's cache key decides its node. */
  readonly keyOf: (key: string) => string
  /** How long a node that is well may take to answer before the next one is asked too; never without it. */
  readonly hedgeMs?: number
  readonly checkEveryMs?: number
  readonly checkMs?: number
  readonly now?: () => number
  /** Runs something at once and then again and again, until the returned function is called. */
  readonly every?: Every
  readonly observe?: (event: UpstreamEvent) => void
}

export type UpstreamEvent =
  | { readonly kind: 'answered'; readonly url: string; readonly ms: number; readonly status: number }
  | { readonly kind: 'failed'; readonly url: string; readonly ms: number; readonly failure: FailureKind }
  | { readonly kind: Health['state']; readonly url: string }

export interface Upstreams {
  readonly answer: Tier
  healthy(): { url: string; state: Health['state'] }[]
  close(): Promise<void>
}

/** For origins: all sizes of one picture meet the same source cache. */
export const sourceKey = (path: string): string => {
  const query = path.indexOf('?')
  return query < 0 ? path : path.slice(0, query)
}

/** For shields: every rendering is kept once, spread as widely as possible. */
export const wholeKey = (path: string): string => path

// A second node may do better; a third would only add to the load of a tier that is already in trouble.
const mostTries = 2

// The longest that a timer can wait.
const never = 2 ** 31 - 1

export function createUpstreams(options: UpstreamsOptions): Upstreams {
  const { urls, keyOf, checkEveryMs = 5000, checkMs = 2000, every, hedgeMs = never, now = Date.now } = options
  const observe = options.observe ?? (() => {})
  const changed = (url: string, state: Health['state']) => observe({ kind: state, url })
  const nodes = new Map(urls.map((url) => [url, createNode(url, { ...options, checkMs, changed })]))
  const ring = createRing(urls)
  // A key is hot when it is more than half of what a node gets in all.
  const hotKeys = createHotKeys({ share: Math.max(0.02, 1 / (2 * nodes.size)) })
  const stopChecks = startChecks([...nodes.values()], checkEveryMs, every)
  const rules: HedgeRules = {
    hedgeMs: Math.min(hedgeMs, never),
    hedges: createHedges(),
    now,
    observe: ({ url }, outcome, ms) =>
      observe(
        outcome instanceof Failure
          ? { kind: 'failed', url, ms, failure: outcome.kind }
          : { kind: 'answered', url, ms, status: outcome.status },
      ),
  }

  async function answer(ask: Ask): Promise<Answer> {
    const key = keyOf(cacheKey(ask))
    const order = ring.order(key).flatMap((url) => nodes.get(url) ?? [])
    const isHot = hotKeys.count(key)
    let chosen = pickNodes(order, isHot)
    if (chosen.length === 0) {
      // No visitor is the one who finds out whether a node is back.
      await Promise.all(order.slice(0, mostTries).map((node) => node.check()))
      chosen = pickNodes(order, isHot)
    }
    return chosen.length > 0 ? askHedged(chosen, ask, rules) : problemAnswer(nobody(order))
  }

  return {
    answer,
    healthy: () => [...nodes.values()].map((node) => ({ url: node.url, state: node.state() })),
    async close() {
      stopChecks()
      await Promise.all([...nodes.values()].map((node) => node.close()))
    },
  }
}

/** Which nodes are asked, in turn; none while all are out. */
export function pickNodes<N extends LoadedNode>(order: readonly N[], isHot = false): N[] {
  const up = spread(order, isHot).slice(0, mostTries)
  // A single node is asked twice: a keep-alive connection may have been closed while the ask was on its way.
  return up.length === 1 ? [...up, ...up] : up
}

function nobody(order: readonly UpstreamNode[]): Failure {
  if (order.some((node) => node.state() === 'refuses')) return tierRefusedFailure()
  return new Failure('upstream-failed', 'The next tier could not be reached.', {
    cause: order.length === 0 ? 'no node is configured' : 'all nodes are out',
  })
}
