// The shield of this process: its store, its bounds, its metrics.
import { createShield } from '../shield/index.ts'
import type { Tier } from '../tier.ts'
import { traceTier } from '../tracing/traced-tier.ts'
import { memoryOverDisk } from './cache-stores.ts'
import type { Assembly } from './context.ts'
import { neighboursFirst } from './neighbours.ts'

export function assembleShield(assembly: Assembly, upstream: Tier): Tier {
  const { config, metrics, closing, epochs, now = Date.now } = assembly
  const shield = createShield({
    store: memoryOverDisk(assembly, 'shield', {
      memoryBytes: config.shieldMemoryBytes,
      diskBytes: config.shieldDiskBytes,
    }),
    upstream: neighboursFirst(assembly, upstream),
    epochs,
    now,
    flightMs: config.shieldDeadlineMs,
    observe: (outcome) => metrics.outcome('shield', outcome),
  })
  closing.push(() => shield.idle())
  return traceTier(shield.answer, assembly.tracer, { name: 'shield', kind: 'server' })
}
