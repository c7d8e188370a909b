// The other shields, where the settings of a shield name them.
import { latest } from '../purging/index.ts'
import { askNeighboursFirst } from '../shield/neighbours.ts'
import type { Tier } from '../tier.ts'
import { createUpstreams, wholeKey } from '../wire/upstreams.ts'
import type { Assembly } from './context.ts'
import { selfOf } from './self.ts'

/** A neighbour is near; one that is slower than this is no help. */
const deadlineMs = 500

/** A purge reaches all shields within its receipt; longer than this none is behind. */
const purgeMs = 60_000

export function neighboursFirst(assembly: Assembly, upstream: Tier): Tier {
  const { config, metrics, closing, epochs, now = Date.now } = assembly
  const self = selfOf(config)
  const others = config.shields.filter((url) => new URL(url).origin !== self)
  if (others.length === 0) return upstream
  // Whether they are there says nothing about whether this node is ready.
  const neighbours = createUpstreams({
    urls: others,
    keyOf: wholeKey,
    answerMs: deadlineMs,
    secret: config.tierSecret[0],
    connectMs: config.connectMs,
    connections: 64,
  })
  closing.push(neighbours.close)
  return askNeighboursFirst({
    neighbours: neighbours.answer,
    upstream,
    deadlineMs,
    wasPurgedLately: (path) => latest(epochs.of({ path })) > now() - purgeMs,
    observe: (outcome) => metrics.outcome('shield', outcome),
  })
}
