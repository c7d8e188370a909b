// Where the API's pictures are made: on threads of this process, or on processing nodes.
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describeCause } from '../http/error-cause.ts'
import { levelOf } from '../log.ts'
import { statusOf } from '../problem.ts'
import { createLocalProcessing } from '../processing/local.ts'
import type { Processing } from '../processing/processing.ts'
import { createRemoteProcessing } from '../processing/remote.ts'
import { serveProcessing } from '../processing/serve.ts'
import type { Listener } from '../wire/tier-listener.ts'
import type { Assembly } from './context.ts'
import { childMemory, limitsOf } from './from-config.ts'
import { healthFault, logHealth } from './node-health.ts'

export function assembleProcessing(assembly: Assembly): Processing {
  const { config, metrics, closing } = assembly
  const processing = config.roles.includes('processor') ? local(assembly) : remote(assembly)
  metrics.gauge(
    'halftone_optimise_waiting',
    'Pictures of the API that wait.',
    () => processing.load().waiting,
  )
  metrics.gauge(
    'halftone_optimise_running',
    'Pictures of the API being made.',
    () => processing.load().running,
  )
  closing.push(() => processing.close())
  return processing
}

/** A processing node: `POST /process` for the API elsewhere. */
export function assembleNode(assembly: Assembly): Listener {
  const { config, log, refused } = assembly
  const spoolDir = join(config.dataDir, 'processing')
  // Left by a process that was killed; nobody will read it.
  rmSync(spoolDir, { recursive: true, force: true })
  mkdirSync(spoolDir, { recursive: true })
  return serveProcessing(assembleProcessing(assembly), {
    secrets: config.tierSecret,
    refused,
    maxBytes: config.maxOptimiseBytes,
    spoolDir,
    stallMs: config.stallMs,
    failed: ({ kind, message, details }) => {
      const line = { failure: kind, detail: message, reason: describeCause(details.cause) }
      const err = kind === 'internal' ? { err: details.cause } : {}
      log[levelOf(statusOf(kind), kind)]({ ...line, ...err }, 'request failed')
    },
  })
}

const local = ({ config, log, cores }: Assembly): Processing =>
  createLocalProcessing({
    workers: config.optimiseWorkers,
    cores,
    maxWaiting: config.queueLength,
    maxWaitingPerOwner: config.queuePerSource,
    deadlineMs: config.optimiseDeadlineMs,
    budgetMs: config.optimiseBudgetMs,
    limits: limitsOf(config),
    maxMemory: childMemory(config),
    ended: (cause) => log.error({ err: cause }, 'a process of the optimiser ended'),
  })

function remote({ config, log, metrics, faults }: Assembly): Processing {
  const nodes = createRemoteProcessing({
    urls: config.processors,
    secret: config.tierSecret[0],
    // A node keeps the same time and knows better what to say when it is over.
    deadlineMs: config.optimiseDeadlineMs + 5000,
    connectMs: config.connectMs,
    observe: (event) => {
      if (event.kind === 'failed') metrics.outcome('processing', event.failure.kind)
      else logHealth(log, 'processing node', event)
    },
  })
  faults.push(() => healthFault('processing node', nodes.healthy()))
  return nodes
}
