// The limits of this process: one limiter for its pictures and its API, in memory or in Redis with memory to fall back to.
import { createHmac } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { RateLimits } from '../api/index.ts'
import { isApiPath } from '../api/paths.ts'
import { type Config, uploadsName } from '../config.ts'
import { parseAddressRules } from '../fetch/addresses.ts'
import { isReserved } from '../http/reserved-paths.ts'
import { addFields, createGate, type Gate } from '../limits/gate.ts'
import {
  createClientAddresses,
  createFallbackLimiter,
  createLimits,
  createMemoryLimiter,
  createRedisLimiter,
  type Limiter,
  type Limits,
} from '../limits/index.ts'
import { createPlanPublisher } from '../limits/plans.ts'
import { noLimits } from '../limits/rules.ts'
import type { Records } from '../records/index.ts'
import type { Listener } from '../wire/tier-listener.ts'
import type { Assembly } from './context.ts'

export interface ProcessLimits {
  readonly gate: Gate
  readonly limits: Limits
}

/** Undefined where the settings have no rules: then nothing stands before any listener. */
export function assembleLimits(assembly: Assembly): ProcessLimits | undefined {
  const { config, metrics } = assembly
  const { limits: table, trustedProxies, forwardedHeader } = config
  if (!table || table.rules.length === 0) return undefined
  const limits = createLimits({ table, limiter: limiterOf(assembly), refused: metrics.limited })
  const addresses = createClientAddresses({
    trusted: parseAddressRules(trustedProxies),
    header: forwardedHeader,
  })
  return { limits, gate: createGate({ limits, addresses, sourceOf: sourceNamer(config) }) }
}

function limiterOf({ config, redis, log, metrics, closing }: Assembly): Limiter {
  const local = createMemoryLimiter()
  if (!redis) return local
  const shared = createRedisLimiter({ ask: redis.ask, name: redis.name, secret: limitsSecret(config) })
  const limiter = createFallbackLimiter({
    ...{ shared, local },
    changed: (isAway) =>
      isAway
        ? log.warn('limits are counted in this process alone: Redis does not answer')
        : log.info('limits are counted in Redis again'),
  })
  metrics.gauge('halftone_limits_fallback', 'Whether limits are counted in memory: 1 or 0.', () =>
    limiter.isAway() ? 1 : 0,
  )
  closing.push(async () => limiter.close())
  return limiter
}

/** For nginx, which knows keys by their plans alone. */
export function publishPlans(
  { config, redis, closing }: Assembly,
  keys: Pick<Records['keys'], 'plans'>,
): void {
  if (!redis || !config.limits) return
  const { ask, name } = redis
  const publisher = createPlanPublisher({ ask, name, secret: limitsSecret(config), plans: keys.plans })
  closing.push(publisher.close)
}

/** Hashes what stands in Redis; nginx gets it too, and cannot tell the tier secret from it. */
export const limitsSecret = ({ tierSecret }: Pick<Config, 'tierSecret'>): string =>
  createHmac('sha256', tierSecret[0] ?? '')
    .update('halftone limits')
    .digest('hex')

/** Pictures pass two gates: one that counts all, and one that counts those that are no hits. */
export function limitEdge(
  { gate }: ProcessLimits,
  hit: (...asked: Parameters<Listener>) => boolean,
  rest: Listener,
): Listener {
  return (request, response) => {
    const counted = countedOf(request)
    const pass = () => rest(request, response)
    if (counted === undefined) pass()
    else if (counted === 'api') gate.admit('api', request, response, pass)
    else
      gate.admit('pictures', request, response, () => {
        if (!hit(request, response)) gate.admit('misses', request, response, pass)
      })
  }
}

/** The API of a process without an edge. */
export const limitApi =
  (limited: ProcessLimits | undefined, api: Listener): Listener =>
  (request, response) => {
    if (limited) limited.gate.admit('api', request, response, () => api(request, response))
    else api(request, response)
  }

/** Undefined for pages, and for what operators and neighbours ask. */
function countedOf({ url = '/' }: IncomingMessage): 'pictures' | 'api' | undefined {
  const first = firstOf(url)
  if (isApiPath(first)) return 'api'
  return first === '' || (isReserved(first) && first !== 'samples') ? undefined : 'pictures'
}

/** As the framework reads it: of an absolute address too, decoded, without empty segments before it. */
function firstOf(target: string): string {
  const [, first = ''] = /^(?:https?:\/\/[^/?#]*)?\/*([^/?#]*)/i.exec(target) ?? []
  if (!first.includes('%')) return first
  try {
    return decodeURIComponent(first)
  } catch {
    return first
  }
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Names that are no source of ours have no bucket: whoever makes them up cannot fill the memory. */
function sourceNamer({ sources, samples }: Config): (target: string) => string | undefined {
  const names = new Set([uploadsName, ...sources.keys(), ...(samples ? ['samples'] : [])])
  return (target) => {
    const first = firstOf(target)
    if (names.has(first)) return first
    return uuid.test(first) ? uploadsName : undefined
  }
}

/** What the API's faces ask; it lets everybody through where there are no rules. */
export function rateLimitsOf(limited: ProcessLimits | undefined): RateLimits {
  if (!limited) return { table: noLimits, take: async () => {} }
  const { limits } = limited
  const counted = new WeakSet<IncomingMessage>()
  return {
    table: limits.table,
    async take({ id, plan }, { incoming, outgoing }) {
      if (counted.has(incoming)) return
      counted.add(incoming)
      const { fields, failure } = await limits.admitKey(id, plan)
      if (fields && 'getHeader' in outgoing) addFields(outgoing, fields)
      if (failure) throw failure
    },
  }
}
