// The origin of this process: its loaders, the pool of workers, its limits, and where results are kept.

import { join } from 'node:path'
import { createOrigin, type OriginEvent } from '../origin/index.ts'
import type { Tier } from '../tier.ts'
import { traceProcessor } from '../tracing/traced-processor.ts'
import { traceTier } from '../tracing/traced-tier.ts'
import type { Processor } from '../transforms/processor.ts'
import { createPool } from '../transforms/render/pool.ts'
import { createHandover } from '../work/handover.ts'
import { memoryOverDisk } from './cache-stores.ts'
import type { Assembly } from './context.ts'
import { childMemory, limitsOf, seconds } from './from-config.ts'
import { lastingBelow } from './lasting.ts'
import { assembleLoaders } from './loaders.ts'

export async function assembleOrigin(assembly: Assembly): Promise<Tier> {
  const { config, metrics, log, closing, now = Date.now } = assembly
  const processor = assemblePool(assembly)
  const handover = createHandover({ folder: join(config.dataDir, 'handover'), bodies: assembly.bodies })
  closing.push(async () => handover.close())
  const loaders = assembleLoaders(assembly)
  const origin = createOrigin({
    loaders,
    processor,
    handover,
    results: lastingBelow(
      assembly,
      'results',
      memoryOverDisk(assembly, 'results', {
        memoryBytes: config.resultMemoryBytes,
        diskBytes: config.resultDiskBytes,
      }),
    ),
    limits: limitsOf(config),
    freshness: {
      browserSeconds: seconds(config.browserMs),
      cdnSeconds: seconds(config.cdnMs),
      staleWhileRevalidateSeconds:
        config.staleWhileRevalidateMs === undefined ? undefined : seconds(config.staleWhileRevalidateMs),
      staleIfErrorSeconds: seconds(config.staleIfErrorMs),
    },
    now,
    epochs: assembly.epochs,
    hastens: config.betterLater,
    share: assembly.sharing?.share,
    log,
    observe: (event) => count(metrics, event),
  })
  closing.push(() => origin.idle())
  return traceTier(origin.answer, assembly.tracer, { name: 'origin', kind: 'server' })
}

function count(metrics: Assembly['metrics'], event: OriginEvent): void {
  if (event.kind === 'answered') metrics.outcome('origin', event.outcome)
  else metrics.rendered(event.type.replace('image/', ''), event.renderMs / 1000)
}

function assemblePool({ config, metrics, log, closing, tracer, cores }: Assembly): Processor {
  const processor = createPool({
    ...(config.fonts === '' ? {} : { fonts: config.fonts }),
    ffmpeg: config.ffmpeg,
    workers: config.workers,
    cores,
    maxWaiting: config.queueLength,
    maxWaitingPerOwner: config.queuePerSource,
    deadlineMs: config.renderDeadlineMs,
    maxMemory: childMemory(config),
    decoded: metrics.decoded,
    ended: (cause) => log.error({ err: cause }, 'a process of the renderer ended'),
  })
  metrics.gauge('halftone_queue_waiting', 'Pictures that wait for a worker.', () => processor.load().waiting)
  metrics.gauge('halftone_queue_running', 'Pictures being made.', () => processor.load().running)
  closing.push(() => processor.close())
  return traceProcessor(processor, tracer)
}
