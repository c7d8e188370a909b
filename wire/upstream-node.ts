// One node of the next tier: its connections, its health, and what is learned about it from every answer.
import { Failure } from '../errors.ts'
import { failureHeader } from '../problem.ts'
import type { Answer, Ask } from '../tier.ts'
import { type ConnectionOptions, createConnections, isUnreachable } from './connections.ts'
import type { CheckResult, Health } from './health.ts'
import { createHealthWatch } from './health-checks.ts'

export interface UpstreamNode {
  readonly url: string
  state(): Health['state']
  /** How many asks of ours it has not answered yet. */
  load(): number
  /**
   * Rejects with a Failure when this node, and not the picture, is at fault. `silent` is called when the node answers
   * neither this ask nor a check: another node should be asked as well.
   */
  ask(ask: Ask, silent: () => void): Promise<Answer>
  /** Asks the node how it is. Never rejects. */
  check(): Promise<void>
  close(): Promise<void>
}

export interface UpstreamNodeOptions extends ConnectionOptions {
  /** How long a health check may take. */
  readonly checkMs: number
  readonly changed: (url: string, state: Health['state']) => void
}

const healthPath = '/healthz'

export function createNode(url: string, options: UpstreamNodeOptions): UpstreamNode {
  const { secret = '', checkMs, changed } = options
  const link = createConnections(url, options)
  // A connection of its own: behind pictures in a queue, a check would report a busy node as dead. It shows a secret
  // even if we have none, so that a node that requires one refuses the check, before the first visitor comes.
  const checkLink = createConnections(url, { ...options, secret, connections: 1, answerMs: checkMs })
  const closed = new AbortController()
  const watch = createHealthWatch({
    probe: () =>
      checkLink
        .exchange({ path: healthPath, headers: {}, signal: closed.signal })
        .then(readCheckAnswer, readCheckFailure),
    isFault: (thrown) => thrown instanceof Failure && isNodesFault(thrown),
    changed: (state) => {
      if (!closed.signal.aborted) changed(url, state)
    },
  })
  let asks = 0

  async function exchange(ask: Ask): Promise<Answer> {
    asks++
    try {
      return ownAnswer(await link.exchange(ask))
    } finally {
      asks--
    }
  }

  return {
    url,
    state: watch.state,
    load: () => asks,
    ask: (ask, silent) => watch.during(() => exchange(ask), silent),
    check: watch.check,
    async close() {
      closed.abort()
      await Promise.all([link.close(), checkLink.close()])
    },
  }
}

const isNodesFault = (failure: Failure): boolean => isUnreachable(failure) || failure.kind === 'upstream-late'

/** What the answer to a check says about its node. */
export function readCheckAnswer({ status, headers }: CheckAnswer): CheckResult {
  if (status === 200) return 'well'
  return headers[failureHeader] === 'not-neighbour' ? 'refuses' : 'ill'
}

interface CheckAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
}

const readCheckFailure = (thrown: unknown): CheckResult =>
  thrown instanceof Failure && thrown.kind === 'upstream-late' ? 'silent' : 'ill'

// A tier names its failures in a header. A 502, 503 or 504 without the name was made by something between it and us
// (a balancer whose node is gone or draining), and says nothing about the picture.
function ownAnswer(answer: Answer): Answer {
  const { status, headers } = answer
  const kind = headers[failureHeader]
  if (kind === 'not-neighbour') throw tierRefusedFailure()
  if (kind === undefined && (status === 502 || status === 503 || status === 504))
    throw new Failure('upstream-failed', 'The next tier could not be reached.', { cause: status })
  return answer
}

/** Between our own processes it is our fault, and no visitor's. */
export const tierRefusedFailure = (): Failure =>
  new Failure('tier-refused', 'A part of this service is not let in by the next one.', {
    cause: 'HALFTONE_TIER_SECRET',
  })
