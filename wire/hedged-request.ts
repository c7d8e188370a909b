// One ask at up to two nodes: the second is asked when the first cannot be reached, falls silent, or is slow.
import { asFailure, Failure } from '../errors.ts'
import { problemAnswer } from '../problem.ts'
import type { Answer, Ask } from '../tier.ts'
import { isUnreachable } from './connections.ts'
import type { UpstreamNode } from './upstream-node.ts'

export interface HedgeRules {
  /** How long a node that is well may take before the next one is asked too. */
  readonly hedgeMs: number
  readonly hedges: Budget
  /** Told of each try that came to an end by itself. */
  readonly observe: (node: UpstreamNode, outcome: Answer | Failure, ms: number) => void
  readonly now: () => number
}

/** The nodes in the order in which they are asked; the last answer is a problem where none of them answers. */
export function askHedged(nodes: readonly UpstreamNode[], ask: Ask, rules: HedgeRules): Promise<Answer> {
  const { observe, now, hedges, hedgeMs } = rules
  const { promise, resolve } = Promise.withResolvers<Answer>()
  const left = [...nodes]
  const running = new Set<UpstreamNode>()
  const loss = new AbortController()
  const leave = () => loss.abort(ask.signal.reason)
  let isOver = false

  function settle(answer: Answer): void {
    isOver = true
    clearTimeout(timer)
    ask.signal.removeEventListener('abort', leave)
    resolve(answer)
    if (running.size > 0) loss.abort()
  }

  async function tryNext(): Promise<void> {
    const node = left.shift()
    if (!node) return
    running.add(node)
    const began = now()
    const silent = () => askToo(() => true)
    const outcome = await node.ask({ ...ask, signal: loss.signal }, silent).catch(asFailure)
    running.delete(node)
    if (isOver) return
    observe(node, outcome, now() - began)
    if (outcome instanceof Failure && mayNext(outcome) && running.size === 0) return tryNext()
    // Another node may still give a better answer, unless it is out.
    if (isFault(outcome) && [...running].some((other) => other.state() === 'up')) return
    settle(outcome instanceof Failure ? problemAnswer(outcome) : outcome)
  }

  /** A second node beside the first. It must be another node, and must not have been taken out meanwhile. */
  function askToo(may: () => boolean): void {
    const [node] = left
    if (!isOver && node && !running.has(node) && node.state() === 'up' && may()) void tryNext()
  }

  /** A node that was taken out meanwhile is not tried again: this request is one of the failures behind that. */
  const mayNext = (failure: Failure): boolean =>
    isUnreachable(failure) && !ask.signal.aborted && left[0]?.state() === 'up'

  ask.signal.addEventListener('abort', leave)
  if (ask.signal.aborted) leave()
  const timer = setTimeout(() => askToo(hedges.spend), hedgeMs)
  hedges.earn()
  void tryNext()
  return promise
}

const isFault = (outcome: Answer | Failure): boolean => outcome instanceof Failure || outcome.status >= 500

export interface Budget {
  earn(): void
  /** False while there is nothing left. */
  spend(): boolean
}

const mostHedges = 10
const hedgesPerAsk = 0.1

/** One hedge in ten asks: a tier that is slow because it has too much to do must not get twice as much. */
export function createHedges(): Budget {
  let left = mostHedges
  return {
    earn() {
      left = Math.min(mostHedges, left + hedgesPerAsk)
    },
    spend() {
      if (left < 1) return false
      left--
      return true
    },
  }
}
