// One line of the log for every failed answer of a process without an edge: by the name that the edge gave the request.
import { type Log, levelOf, withoutSignature } from '../log.ts'
import { problemIn } from '../problem.ts'
import type { Tier } from '../tier.ts'

export function logFailures(tier: Tier, log: Log, now: () => number): Tier {
  return async (ask) => {
    const began = now()
    const answer = await tier(ask)
    const problem = problemIn(answer)
    if (problem) {
      const { status } = answer
      const url = withoutSignature(ask.path)
      const line = { requestId: ask.headers['request-id'], url, status, ms: now() - began, ...problem }
      log[levelOf(status, problem.failure)](line, 'request failed')
    }
    return answer
  }
}
