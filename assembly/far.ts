// The next tier in other processes: which node is asked, how long, and who hears of its health.
import type { Tier } from '../tier.ts'
import { createUpstreams } from '../wire/upstreams.ts'
import type { Assembly } from './parts.ts'

interface Far {
  readonly urls: readonly string[]
  /** What of a path decides its node. */
  readonly keyOf: (path: string) => string
  readonly answerMs: number
}

export function assembleFar(
  { config, log, metrics, closing, faults }: Assembly,
  { urls, keyOf, answerMs }: Far,
): Tier {
  const upstreams = createUpstreams({
    urls,
    keyOf,
    answerMs,
    secret: config.tierSecret,
    connectMs: config.connectMs,
    connections: 256,
    observe: (event) => {
      if (event.kind === 'up' || event.kind === 'down')
        log.warn({ upstream: event.url }, `upstream is ${event.kind}`)
      if (event.kind === 'failed') metrics.outcome('upstream', event.failure)
    },
  })
  closing.push(upstreams.close)
  faults.push(() => (upstreams.healthy().some(({ up }) => up) ? undefined : 'no upstream answers'))
  return upstreams.answer
}
