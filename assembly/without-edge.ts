// A process without an edge: the API's paths, a processing node's, and everything else to its tier, which needs no framework.
import type { IncomingMessage } from 'node:http'
import { isApiPath } from '../api/paths.ts'
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

const wellKnownPaths: ReadonlySet<string> = new Set(reservedPaths.wellKnown)
const orderPaths: ReadonlySet<string> = new Set(reservedPaths.processing)

interface InternalParts {
  readonly tier: Tier | undefined
  readonly api: Api | undefined
  readonly node: Listener | undefined
  readonly purging: Purging
  readonly limits: ProcessLimits | undefined
}

export function assembleInternal(
  { config, log, refused, now = Date.now }: Assembly,
  { tier = nothing, api, node, purging, limits }: InternalParts,
): Listener {
  const pictures = serveTier(logFailures(tier, log, now), { secrets: config.tierSecret, refused })
  const framework = api && limitApi(limits, honoListener(api.app.fetch))
  const asides = api && honoListener(wellKnown().fetch)
  return (request, response) => {
    const first = firstOf(request)
    if (isPurge(request)) purging.listener(request, response)
    else if (node && orderPaths.has(first)) node(request, response)
    else if (framework && isApiPath(first)) framework(request, response)
    else if (asides && wellKnownPaths.has(first)) asides(request, response)
    else pictures(request, response)
  }
}

const firstOf = ({ url = '/' }: IncomingMessage): string => /^\/([^/?]*)/.exec(url)?.[1] ?? ''

const nothing: Tier = async () =>
  problemAnswer(new Failure('not-found', 'This process serves no pictures at this address.'))
