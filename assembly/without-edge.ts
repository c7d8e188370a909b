// A process without an edge: the API's paths, a processing node's, and everything else to its tier, which needs no framework.
import type { IncomingMessage } from 'node:http'
import { Hono } from 'hono'
import { isApiPath } from '../api/paths.ts'
import { dashboard } from '../dashboard/index.ts'
import { wellKnown } from '../dashboard/well-known.ts'
import { Failure } from '../errors.ts'
import { reservedPaths } from '../http/reserved-paths.ts'
import { problemAnswer } from '../problem.ts'
import type { Tier } from '../tier.ts'
import { isPurge } from '../wire/purges.ts'
import { type Listener, serveTier } from '../wire/tier-listener.ts'
import type { Api } from './api.ts'
import type { Assembly } from './context.ts'
import { logFailures } from './failure-log.ts'
import { honoListener } from './hono-listener.ts'
import { limitApi, type ProcessLimits } from './limits.ts'
import type { Purging } from './purging.ts'

/** Beside an API: its pages, and what browsers ask every host for. */
const pagePaths: ReadonlySet<string> = new Set(['', ...reservedPaths.pages, ...reservedPaths.wellKnown])
const orderPaths: ReadonlySet<string> = new Set(reservedPaths.processing)

interface InternalParts {
  readonly tier: Tier | undefined
  readonly api: Api | undefined
  readonly node: Listener | undefined
  readonly purging: Purging
  readonly limits: ProcessLimits | undefined
}

export function assembleInternal(
  assembly: Assembly,
  { tier = nothing, api, node, purging, limits }: InternalParts,
): Listener {
  const { config, log, refused, sharing, now = Date.now } = assembly
  const pictures = serveTier(logFailures(tier, log, now), { secrets: config.tierSecret, refused })
  const framework = api && limitApi(limits, honoListener(withPages(assembly, api).fetch))
  return (request, response) => {
    const first = firstOf(request)
    if (isPurge(request)) purging.listener(request, response)
    else if (sharing?.isHeld(request)) sharing.listener(request, response)
    else if (node && orderPaths.has(first)) node(request, response)
    else if (framework && (isApiPath(first) || pagePaths.has(first))) framework(request, response)
    else pictures(request, response)
  }
}

/** Pages first: `/webhooks` is one, and `/webhooks/` is the API's. The demo's key is shown only where one process runs all. */
const withPages = ({ config, version }: Assembly, api: Api): Hono =>
  new Hono()
    .route('/', wellKnown())
    .route('/', dashboard({ version, roles: config.roles, samples: [], api: true }))
    .route('/', api.app)

const firstOf = ({ url = '/' }: IncomingMessage): string => /^\/([^/?]*)/.exec(url)?.[1] ?? ''

const nothing: Tier = async () =>
  problemAnswer(new Failure('not-found', 'This process serves no pictures at this address.'))
