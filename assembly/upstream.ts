// The next tier in other processes: the nodes, their deadlines, and where their health is reported.
import type { Tier } from '../tier.ts'
import { traceTier } from '../tracing/traced-tier.ts'
import { createUpstreams } from '../wire/upstreams.ts'
import type { Assembly } from './context.ts'
import { healthFault, logHealth } from './node-health.ts'

interface UpstreamNodes {
  readonly urls: readonly string[]
  /** What of a path decides its node. */
  readonly keyOf: (path: string) => string
  readonly answerMs: number
  readonly hedgeMs: number
}

export function assembleUpstream(
  { config, log, metrics, closing, faults, tracer }: Assembly,
  { urls, keyOf, answerMs, hedgeMs }: UpstreamNodes,
): Tier {
  const upstreams = createUpstreams({
    urls,
    keyOf,
    answerMs,
    hedgeMs,
    secret: config.tierSecret[0],
    connectMs: config.connectMs,
    connections: 256,
    observe: (event) => {
      if (event.kind === 'failed') metrics.outcome('upstream', event.failure)
      else if (event.kind !== 'answered') logHealth(log, 'upstream', event)
    },
  })
  closing.push(upstreams.close)
  faults.push(() => healthFault('upstream', upstreams.healthy()))
  return traceTier(upstreams.answer, tracer, { name: 'ask', kind: 'client' })
}
