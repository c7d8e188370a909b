// Processing on other machines: the least busy node that is well gets the picture, and one retry heals what breaks.
import { asFailure, Failure } from '../errors.ts'
import { isUnreachable } from '../wire/connections.ts'
import type { Health } from '../wire/health.ts'
import { type Every, startChecks } from '../wire/health-checks.ts'
import { tierRefusedFailure } from '../wire/upstream-node.ts'
import { createNode, type Node, type NodeOptions } from './node.ts'
import type { Order, Processed, Processing } from './processing.ts'

export interface RemoteOptions {
  /** Where the nodes are, `http://host:port`; their order does not matter. */
  readonly urls: readonly string[]
  readonly secret?: string | undefined
  /** From order to picture, retry included; work in the background has six times as long. */
  readonly deadlineMs: number
  readonly connectMs?: number
  readonly connections?: number
  readonly maxBodyBytes?: number
  readonly checkEveryMs?: number
  readonly checkMs?: number
  /** Runs something at once and then again and again, until the returned function is called. */
  readonly every?: Every
  readonly observe?: (event: RemoteEvent) => void
}

export type RemoteEvent =
  | { readonly kind: Health['state']; readonly url: string }
  | { readonly kind: 'failed'; readonly url: string; readonly failure: Failure }

export interface RemoteProcessing extends Processing {
  healthy(): { url: string; state: Health['state'] }[]
}

const patience = { foreground: 1, background: 6 } as const
/** A second node may do better; a third would only add to the load of nodes that are already in trouble. */
const mostTries = 2

export function createRemoteProcessing(options: RemoteOptions): RemoteProcessing {
  const { urls, deadlineMs, checkEveryMs = 5_000, every, observe = () => {} } = options
  const nodes = urls.map((url) => createNode(url, nodeOptions(options)))
  const stopChecks = startChecks(nodes, checkEveryMs, every)
  let turn = 0
  let closing: Promise<unknown> | undefined

  return {
    async process(order, signal) {
      if (closing) throw new Failure('busy', 'The server is shutting down.', { retryAfterSeconds: 1 })
      const { limit, end } = limited(signal, deadlineMs * patience[order.priority])
      try {
        return await firstAnswer(await chosen(nodes, turn++), order, { limit, observe })
      } finally {
        end()
      }
    },
    load: () => nodes.filter(isUp).reduce(summed, { waiting: 0, running: 0, workers: 0 }),
    healthy: () => nodes.map((node) => ({ url: node.url, state: node.state() })),
    async close() {
      stopChecks()
      closing ??= Promise.all(nodes.map((node) => node.close()))
      await closing
    },
  }
}

function nodeOptions(options: RemoteOptions): NodeOptions {
  const { observe = () => {} } = options
  return {
    secret: options.secret,
    connectMs: options.connectMs ?? 1_000,
    checkMs: options.checkMs ?? 2_000,
    connections: options.connections ?? 64,
    maxBodyBytes: options.maxBodyBytes ?? 256 * 2 ** 20,
    changed: (url, state) => observe({ kind: state, url }),
  }
}

type Load = ReturnType<Processing['load']>

function summed(sum: Load, node: Node): Load {
  const { waiting, running, workers } = node.load()
  return {
    waiting: sum.waiting + waiting,
    running: sum.running + running,
    workers: sum.workers + workers,
  }
}

/** One signal for the client leaving and for the deadline; each says which it was. */
function limited(signal: AbortSignal, allowedMs: number): { limit: AbortSignal; end: () => void } {
  const controller = new AbortController()
  const stop = (failure: Failure) => controller.abort(failure)
  const leave = () => stop(new Failure('abandoned', 'Nobody waits for this picture any more.'))
  const timer = setTimeout(() => stop(new Failure('late', 'The picture took too long to make.')), allowedMs)
  signal.addEventListener('abort', leave, { once: true })
  if (signal.aborted) leave()
  const end = () => {
    clearTimeout(timer)
    signal.removeEventListener('abort', leave)
  }
  return { limit: controller.signal, end }
}

const isUp = (node: Node): boolean => node.state() === 'up'

/** When all are out they are checked first: no order is the one that finds out whether a node is back. */
async function chosen(nodes: readonly Node[], turn: number): Promise<Node[]> {
  const found = tries(nodes, turn)
  if (found.length > 0) return found
  await Promise.all(nodes.map((node) => node.check()))
  if (nodes.every((node) => node.state() === 'refuses')) throw tierRefusedFailure()
  return tries(nodes, turn)
}

/** The least busy first, equals in turn. */
function tries(nodes: readonly Node[], turn: number): Node[] {
  const start = turn % nodes.length
  const inTurn = [...nodes.slice(start), ...nodes.slice(0, start)]
  const up = inTurn.filter(isUp).toSorted((a, b) => burden(a) - burden(b))
  // A single node is asked twice: a keep-alive connection may have been closed while the order was on its way.
  return up.length === 1 ? [...up, ...up] : up.slice(0, mostTries)
}

function burden(node: Node): number {
  const { waiting, running, workers } = node.load()
  return (waiting + running) / Math.max(1, workers)
}

interface Way {
  readonly limit: AbortSignal
  readonly observe: (event: RemoteEvent) => void
}

async function firstAnswer(
  nodes: readonly Node[],
  order: Order,
  { limit, observe }: Way,
): Promise<Processed> {
  let failure = new Failure('upstream-failed', 'No processing node could be reached.')
  for (const [i, node] of nodes.entries()) {
    if (limit.aborted) throw limit.reason
    const next = nodes[i + 1]
    const given = new AbortController()
    // Nobody waits for a node that has fallen silent where another one may do the same.
    const silent = () => {
      if (next !== node && next?.state() === 'up') given.abort(fallenSilent())
    }
    try {
      return await node.process(order, AbortSignal.any([limit, given.signal]), silent)
    } catch (thrown) {
      failure = asFailure(thrown)
      observe({ kind: 'failed', url: node.url, failure })
      if (!mayHelp(failure, node, next)) break
    }
  }
  throw failure
}

const fallenSilent = () => new Failure('upstream-failed', 'The processing node does not answer any more.')

/** Whether the next node may do better: this one is gone, or full, or about to leave. */
const mayHelp = (failure: Failure, node: Node, next: Node | undefined): boolean =>
  isUnreachable(failure) ||
  (['busy', 'disk-full'].includes(failure.kind) && next !== undefined && next !== node)
