// The public face of a process: hits first, then the start page and the operator's paths, then the client's journey.
import { Hono } from 'hono'
import type { MemoryStore } from '../cache/memory.ts'
import { dashboard } from '../dashboard/index.ts'
import { wellKnown } from '../dashboard/well-known.ts'
import { createEdge } from '../edge/index.ts'
import { sampleNames } from '../samples/index.ts'
import type { Sites } from '../site/index.ts'
import type { Tier } from '../tier.ts'
import { traceRequests } from '../tracing/traced-requests.ts'
import type { FindPlain } from '../wire/plain-reader.ts'
import { isPurge } from '../wire/purges.ts'
import { type Listener, showsSecret } from '../wire/tier-listener.ts'
import type { Api } from './api.ts'
import type { Assembly } from './context.ts'
import { edgeLanguages, hostRouter } from './edge-languages.ts'
import { edgeSources } from './edge-sources.ts'
import { honoListener } from './hono-listener.ts'
import { limitEdge, type ProcessLimits } from './limits.ts'
import type { Purging } from './purging.ts'

interface EdgeParts {
  readonly upstream: Tier
  readonly memory: MemoryStore
  readonly operation: Hono
  /** Where this process has one: its paths are its own before they are pictures. */
  readonly api: Api | undefined
  readonly purging: Purging
  readonly limits: ProcessLimits | undefined
  readonly sites: Sites | undefined
}

export interface AssembledEdge {
  readonly listener: Listener
  /** Undefined where something stands before all hits: limits, or a language's own host, and there are no sites. */
  readonly plain: FindPlain | undefined
}

export function assembleEdge(assembly: Assembly, parts: EdgeParts): AssembledEdge {
  const { upstream, memory, operation, api, purging, limits, sites } = parts
  const { config, log, metrics, closing, epochs, sharing, now = Date.now } = assembly
  const edge = createEdge({
    sources: edgeSources(config),
    readAddress: edgeLanguages(config),
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
  if (assembly.tracer) app.use(traceRequests(assembly.tracer))
  app.route('/', edge.app)
  const framework = honoListener(app.fetch)
  const rest: Listener = (request, response) => {
    if (isPurge(request)) purging.listener(request, response)
    else if (sharing?.isHeld(request)) sharing.listener(request, response)
    else framework(request, response)
  }
  const hitOrRest: Listener = (request, response) => {
    if (!edge.hit(request, response)) rest(request, response)
  }
  const pictures = limits ? limitEdge(limits, edge.hit, rest) : hitOrRest
  // Before everything else: a path of a site is its own, whatever stands at it here.
  const sitesFirst: Listener = (request, response) => {
    if (sites?.answer(request, response)) return
    // Other processes know this one by a name of their own, and show a secret.
    if (showsSecret(request) || !sites?.refuse(request, response)) pictures(request, response)
  }
  const route = hostRouter(config)
  const ofPictures: FindPlain | undefined = limits || route ? undefined : edge.plain
  const plain: FindPlain | undefined = sites
    ? (target, fields, socket) => {
        const isCondition = fields.ifNoneMatch !== undefined
        if (sites.has(fields.host)) return isCondition ? undefined : sites.plain(target, fields, socket)
        return sites.isOwn(fields.host) ? ofPictures?.(target, fields, socket) : undefined
      }
    : ofPictures
  if (!route) return { listener: sites ? sitesFirst : pictures, plain }
  const routed: Listener = (request, response) => {
    route(request)
    sitesFirst(request, response)
  }
  return { listener: routed, plain }
}

const pages = ({ config, version }: Assembly, api: Api | undefined): Hono =>
  dashboard({
    version,
    roles: config.roles,
    samples: config.samples ? sampleNames : [],
    api: api !== undefined,
    ...(api ? { demo: api.demo } : {}),
  })
