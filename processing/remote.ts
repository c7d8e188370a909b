// Processing on other machines: the least busy healthy node gets the picture, and one failure is retried on another.
import { asFailure, Failure } from '../errors.ts'
import { isUnreachable } from '../wire/connections.ts'
import type { Health } from '../wire/health.ts'
import { type Every, startChecks } from '../wire/health-checks.ts'
import { tierRefusedFailure } from '../wire/upstream-node.ts'
import { createNode, type Node, type NodeOptions } from './node.ts'
import type { Load, Order, Processed, Processing } from './processing.ts'

export interface RemoteOptions {
  /** The nodes, each `http://host:port`. Their order does not matter. */
  readonly urls: readonly string[]
  readonly secret?: string | undefined
  /** Milliseconds from order to picture, retry included. Work in the background has six times as long. */
  readonly deadlineMs: number
  readonly connectMs?: number
  readonly connections?: number
  readonly maxBodyBytes?: number
  readonly checkEveryMs?: number
  readonly checkMs?: number
  /** Runs a function at once and then repeatedly, until the returned function is called. */
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
/** A second node may succeed. A third would only load nodes that are already in trouble. */
const maxTries = 2

export function createRemoteProcessing(options: RemoteOptions): RemoteProcessing {
  const { urls, deadlineMs, checkEveryMs = 5_000, every, observe = () => {} } = options
  const nodes = urls.map((url) => createNode(url, nodeOptions(options)))
  const stopChecks = startChecks(nodes, checkEveryMs, every)
  let turn = 0
  let closing: Promise<unknown> | undefined

  return {
    async process(order, signal) {
      if (closing) throw new Failure('busy', 'The server is shutting down.', { retryAfterSeconds: 1 })
      const { limit, end } = limitTime(signal, deadlineMs * patience[order.priority])
      try {
        return await askInTurn(await chooseNodes(nodes, turn++), order, { limit, observe })
      } finally {
        end()
      }
    },
    load: () => nodes.filter(isUp).reduce(addLoad, { waiting: 0, running: 0, workers: 0 }),
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

function addLoad(sum: Load, node: Node): Load {
  const { waiting, running, workers } = node.load()
  return {
    waiting: sum.waiting + waiting,
    running: sum.running + running,
    workers: sum.workers + workers,
  }
}

/** One signal that aborts when the client leaves or the deadline passes. Its reason says which. */
function limitTime(signal: AbortSignal, allowedMs: number): { limit: AbortSignal; end: () => void } {
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

/** When no node is up, all are checked first, so that an order is not used to find out whether one is back. */
async function chooseNodes(nodes: readonly Node[], turn: number): Promise<Node[]> {
  const found = rankNodes(nodes, turn)
  if (found.length > 0) return found
  await Promise.all(nodes.map((node) => node.check()))
  if (nodes.every((node) => node.state() === 'refuses')) throw tierRefusedFailure()
  return rankNodes(nodes, turn)
}

/** The least busy node first; equally busy ones take turns. */
function rankNodes(nodes: readonly Node[], turn: number): Node[] {
  const start = turn % nodes.length
  const inTurn = [...nodes.slice(start), ...nodes.slice(0, start)]
  const up = inTurn.filter(isUp).toSorted((a, b) => measureBurden(a) - measureBurden(b))
  // A single node is asked twice: it may close a keep-alive connection just as the order is sent.
  return up.length === 1 ? [...up, ...up] : up.slice(0, maxTries)
}

function measureBurden(node: Node): number {
  const { waiting, running, workers } = node.load()
  return (waiting + running) / Math.max(1, workers)
}

interface AttemptOptions {
  readonly limit: AbortSignal
  readonly observe: (event: RemoteEvent) => void
}

async function askInTurn(
  nodes: readonly Node[],
  order: Order,
  { limit, observe }: AttemptOptions,
): Promise<Processed> {
  let failure = new Failure('upstream-failed', 'No processing node could be reached.')
  for (const [i, node] of nodes.entries()) {
    if (limit.aborted) throw limit.reason
    const next = nodes[i + 1]
    const given = new AbortController()
    // A node that has fallen silent is given up where another node is up.
    const silent = () => {
      if (next !== node && next?.state() === 'up') given.abort(reportSilence())
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

const reportSilence = () => new Failure('upstream-failed', 'The processing node does not answer any more.')

/** Whether the next node may succeed: this one is unreachable, full, or shutting down. */
const mayHelp = (failure: Failure, node: Node, next: Node | undefined): boolean =>
  isUnreachable(failure) ||
  (['busy', 'disk-full'].includes(failure.kind) && next !== undefined && next !== node)
