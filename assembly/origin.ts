// The origin of this process: its loaders, the pool of workers, its limits, and where results are kept.

import { join } from 'node:path'
import { createOrigin, type Improving, type OriginEvent } from '../origin/index.ts'
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
    ...(config.betterLater && { improving: assembleImproving(assembly) }),
    share: assembly.sharing?.share,
    log,
    observe: (event) => count(metrics, event),
  })
  metrics.gauge(
    'halftone_improvements_waiting',
    'First answers that wait for a better one.',
    origin.waitingToImprove,
  )
  closing.push(() => origin.close())
  return traceTier(origin.answer, assembly.tracer, { name: 'origin', kind: 'server' })
}

function count(metrics: Assembly['metrics'], event: OriginEvent): void {
  if (event.kind === 'answered') metrics.outcome('origin', event.outcome)
  else if (event.kind === 'improved')
    metrics.improved(event.outcome, 'savedBytes' in event ? event.savedBytes : 0)
  else metrics.rendered(event.type.replace('image/', ''), event.renderMs / 1000)
}

function assemblePool(assembly: Assembly): Processor {
  const { config, metrics, closing, tracer, cores } = assembly
  const processor = createPool({ ...poolOptions(assembly), workers: config.workers, cores })
  metrics.gauge('halftone_queue_waiting', 'Pictures that wait for a worker.', () => processor.load().waiting)
  metrics.gauge('halftone_queue_running', 'Pictures being made.', () => processor.load().running)
  closing.push(() => processor.close())
  return traceProcessor(processor, tracer)
}

const poolOptions = ({ config, metrics, log }: Assembly) => ({
  ...(config.fonts === '' ? {} : { fonts: config.fonts }),
  ffmpeg: config.ffmpeg,
  maxWaiting: config.queueLength,
  maxWaitingPerOwner: config.queuePerSource,
  deadlineMs: config.renderDeadlineMs,
  maxMemory: childMemory(config),
  decoded: metrics.decoded,
  ended: (cause: Error) => log.error({ err: cause }, 'a process of the renderer ended'),
})

/** The system runs it only where nothing else wants the core: a picture that somebody waits for loses none of its time. */
const belowAll = 19

/** A process of its own, beside the budget of cores: it is started when the first better picture is made. */
function assembleImproving(assembly: Assembly): Improving {
  const { config, closing, cores, tracer } = assembly
  const processor = createPool({ ...poolOptions(assembly), workers: 1, niceness: belowAll })
  closing.push(() => processor.close())
  return {
    processor: traceProcessor(processor, tracer),
    share: config.betterLaterShare / 100,
    cores: config.workers,
    isQuiet: cores.isQuiet,
  }
}
