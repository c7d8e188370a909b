// The public face of a process: hits first, then the start page and the operator's paths, then the client's journey.
import { Hono } from 'hono'
import { createMemoryStore } from '../cache/memory.ts'
import { dashboard } from '../dashboard/index.ts'
import { wellKnown } from '../dashboard/well-known.ts'
import { createEdge } from '../edge/index.ts'
import { sampleNames } from '../samples/index.ts'
import type { Tier } from '../tier.ts'
import { isPurge } from '../wire/purges.ts'
import type { Listener } from '../wire/tier-listener.ts'
import type { Api } from './api.ts'
import { watchStore } from './cache-stores.ts'
import type { Assembly } from './context.ts'
import { edgeSources } from './edge-sources.ts'
import { honoListener } from './hono-listener.ts'
import type { Purging } from './purging.ts'

interface EdgeParts {
  readonly upstream: Tier
  readonly operation: Hono
  /** Where this process has one: its paths are its own before they are pictures. */
  readonly api: Api | undefined
  readonly purging: Purging
}

export function assembleEdge(assembly: Assembly, { upstream, operation, api, purging }: EdgeParts): Listener {
  const { config, log, metrics, closing, epochs, now = Date.now } = assembly
  const memory = createMemoryStore({ maxBytes: config.edgeMemoryBytes })
  watchStore(metrics, 'edge_memory', memory)
  const edge = createEdge({
    sources: edgeSources(config),
    ...(config.fallback === '' ? {} : { fallback: config.fallback }),
    memory,
    upstream,
    now,
    flightMs: config.edgeDeadlineMs,
    log,
    epochs,
    isBehindNginx: config.behindNginx,
    observe: (outcome) => metrics.outcome('edge', outcome),
  })
  metrics.hits('edge', edge.hits)
  closing.push(() => edge.idle())

  const app = new Hono()
  app.route('/', operation)
  app.route('/', wellKnown())
  app.route('/', pages(assembly, api))
  if (api) app.route('/', api.app)
  app.route('/', edge.app)
  const framework = honoListener(app.fetch)
  return (request, response) => {
    if (edge.hit(request, response)) return
    if (isPurge(request)) purging.listener(request, response)
    else framework(request, response)
  }
}

const pages = ({ config, version }: Assembly, api: Api | undefined): Hono =>
  dashboard({
    version,
    roles: config.roles,
    samples: config.samples ? sampleNames : [],
    api: api !== undefined,
    ...(api ? { demo: api.demo } : {}),
  })
