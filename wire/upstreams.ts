// The next tier as one tier, however many nodes it has: the ring chooses, health passes over, one retry heals.
import { asFailure, Failure, type FailureKind } from '../errors.ts'
import { problemAnswer } from '../problem.ts'
import type { Answer, Ask, Tier } from '../tier.ts'
import { isUnreachable, type LinkOptions } from './link.ts'
import { createNode, type Node } from './node.ts'
import { createRing } from './ring.ts'

export interface UpstreamsOptions extends LinkOptions {
  /** Where the nodes are, `http://host:port`. Their order does not matter. */
  readonly urls: readonly string[]
  /** What of an ask's path decides its node. */
  readonly keyOf: (path: string) => string
  readonly checkEveryMs?: number
  readonly checkMs?: number
  readonly now?: () => number
  /** Runs something again and again until the returned function is called. */
  readonly every?: (ms: number, run: () => Promise<void>) => () => void
  readonly observe?: (event: UpstreamEvent) => void
}

export type UpstreamEvent =
  | { readonly kind: 'answered'; readonly url: string; readonly ms: number; readonly status: number }
  | { readonly kind: 'failed'; readonly url: string; readonly ms: number; readonly failure: FailureKind }
  | { readonly kind: 'up' | 'down'; readonly url: string }

export interface Upstreams {
  readonly answer: Tier
  healthy(): { url: string; up: boolean }[]
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

export function createUpstreams(options: UpstreamsOptions): Upstreams {
  const { urls, keyOf, checkEveryMs = 5000, checkMs = 2000, now = Date.now, every = interval } = options
  const observe = options.observe ?? (() => {})
  const changed = (url: string, isUp: boolean) => observe({ kind: isUp ? 'up' : 'down', url })
  const nodes = new Map(urls.map((url) => [url, createNode(url, { ...options, checkMs, now, changed })]))
  const ring = createRing(urls)
  const stopChecks = every(checkEveryMs, async () => {
    await Promise.all([...nodes.values()].map((node) => node.check()))
  })

  const inOrder = (key: string): Node[] => ring.order(key).flatMap((url) => nodes.get(url) ?? [])

  return {
    answer: (ask) => firstAnswer(tries(inOrder(keyOf(ask.path))), ask, { now, observe }),
    healthy: () => [...nodes.values()].map((node) => ({ url: node.url, up: node.isUp() })),
    async close() {
      stopChecks()
      await Promise.all([...nodes.values()].map((node) => node.close()))
    },
  }
}

/** Which nodes are asked, in turn. When all are down the key's own node is asked anyway: it may be back. */
export function tries<N extends Pick<Node, 'isUp'>>(order: readonly N[]): N[] {
  const up = order.filter((node) => node.isUp()).slice(0, mostTries)
  // A single node is asked twice: a keep-alive connection may have been closed while the ask was on its way.
  if (up.length === 1) return [...up, ...up]
  return up.length > 0 ? up : order.slice(0, 1)
}

interface Watch {
  readonly now: () => number
  readonly observe: (event: UpstreamEvent) => void
}

async function firstAnswer(nodes: readonly Node[], ask: Ask, watch: Watch): Promise<Answer> {
  let failure = new Failure('upstream-failed', 'The next tier could not be reached.')
  for (const node of nodes) {
    const outcome = await observed(node, ask, watch)
    if (!(outcome instanceof Failure)) return outcome
    failure = outcome
    if (!isUnreachable(failure) || ask.signal.aborted) break
  }
  return problemAnswer(failure)
}

async function observed(node: Node, ask: Ask, { now, observe }: Watch): Promise<Answer | Failure> {
  const start = now()
  try {
    const answer = await node.ask(ask)
    observe({ kind: 'answered', url: node.url, ms: now() - start, status: answer.status })
    return answer
  } catch (error) {
    const failure = asFailure(error)
    observe({ kind: 'failed', url: node.url, ms: now() - start, failure: failure.kind })
    return failure
  }
}

// Checks never keep a process alive that has nothing else to do.
function interval(ms: number, run: () => Promise<void>): () => void {
  const timer = setInterval(run, ms).unref()
  return () => clearInterval(timer)
}
