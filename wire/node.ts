// One node of the next tier: its connections, its health, and what is learned about it from every answer.
import { Failure } from '../errors.ts'
import { failureHeader } from '../problem.ts'
import type { Answer, Ask } from '../tier.ts'
import {
  afterFailedCheck,
  afterFailedTrial,
  afterFailure,
  duringTrial,
  healthy,
  isOnTrial,
  isUp,
} from './health.ts'
import { createLink, isUnreachable, type LinkOptions } from './link.ts'

export interface Node {
  readonly url: string
  isUp(): boolean
  /** Rejects with a Failure when this node, and not the picture, is at fault. */
  ask(ask: Ask): Promise<Answer>
  /** Asks the node how it is. Never rejects. */
  check(): Promise<void>
  close(): Promise<void>
}

export interface NodeOptions extends LinkOptions {
  /** How long a health check may take. */
  readonly checkMs: number
  readonly now: () => number
  readonly changed: (url: string, isUp: boolean) => void
}

const healthPath = '/healthz'

export function createNode(url: string, options: NodeOptions): Node {
  const { now, checkMs, changed } = options
  const link = createLink(url, options)
  // A connection of its own: a check that queued behind pictures would call a busy node a dead one.
  const checkLink = createLink(url, { ...options, connections: 1, answerMs: checkMs })
  const closed = new AbortController()
  let health = healthy

  function learn(next: typeof health): void {
    const wasUp = isUp(health, now())
    health = next
    if (isUp(health, now()) !== wasUp) changed(url, !wasUp)
  }

  return {
    url,
    isUp: () => isUp(health, now()),
    async ask(ask) {
      const isTrial = isOnTrial(health, now())
      if (isTrial) health = duringTrial(health, now())
      try {
        const answer = ownAnswer(await link.exchange(ask))
        if (health !== healthy) learn(healthy)
        return answer
      } catch (error) {
        if (error instanceof Failure && isUnreachable(error))
          learn((isTrial ? afterFailedTrial : afterFailure)(health, now()))
        throw error
      }
    },
    async check() {
      const ask = { path: healthPath, headers: {}, signal: closed.signal }
      const isWell = await checkLink.exchange(ask).then(
        ({ status }) => status === 200,
        () => false,
      )
      if (!closed.signal.aborted) learn(isWell ? healthy : afterFailedCheck(health, now()))
    },
    async close() {
      closed.abort()
      await Promise.all([link.close(), checkLink.close()])
    },
  }
}

// A tier names its failures in a header. A 502, 503 or 504 without the name was made by something between it and us
// (a balancer whose node is gone or draining), and says nothing about the picture.
function ownAnswer(answer: Answer): Answer {
  const { status, headers } = answer
  const isFromBetween =
    (status === 502 || status === 503 || status === 504) && headers[failureHeader] === undefined
  if (isFromBetween)
    throw new Failure('upstream-failed', 'The next tier could not be reached.', { cause: status })
  return answer
}
