// The limits of this process: one limiter for its pictures and its API, in memory or in Redis with memory to fall back to.
import { createHmac } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { RateLimits } from '../api/index.ts'
import { apiPaths } from '../api/paths.ts'
import { type Config, uploadsName } from '../config.ts'
import { parseAddressRules } from '../fetch/addresses.ts'
import { reservedPaths } from '../http/reserved-paths.ts'
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
import type { LuaLimits } from '../limits/lua-table.ts'
import { createPlanPublisher } from '../limits/plans.ts'
import { noLimits } from '../limits/rules.ts'
import { readTarget, type TargetTable } from '../limits/targets.ts'
import type { Records } from '../records/index.ts'
import type { Listener } from '../wire/tier-listener.ts'
import type { Assembly } from './context.ts'

export interface ProcessLimits {
  readonly gate: Gate
  readonly limits: Limits
  readonly targets: TargetTable
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
  return { limits, targets: targetsOf(config), gate: createGate({ limits, addresses }) }
}

function limiterOf({ config, redis, log, metrics, closing }: Assembly): Limiter {
  const local = createMemoryLimiter()
  if (!redis) return local
  const shared = createRedisLimiter({ ask: redis.ask, name: redis.name, secret: limitsSecret(config) })
  const limiter = createFallbackLimiter({
    // Below the time at which Redis is given up: a request has more to do than to wait.
    ...{ shared, local, waitMs: config.redisMs * 0.8 },
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
  { gate, targets }: ProcessLimits,
  hit: (...asked: Parameters<Listener>) => boolean,
  rest: Listener,
): Listener {
  return (request, response) => {
    const { counted, source } = readTarget(request.url ?? '/', targets)
    const pass = () => rest(request, response)
    const asked = { source, request, response }
    if (counted === undefined) pass()
    else if (counted === 'api') gate.admit({ ...asked, counted }, pass)
    else
      gate.admit({ ...asked, counted }, () => {
        if (!hit(request, response)) gate.admit({ ...asked, counted: 'misses' }, pass)
      })
  }
}

/** The API of a process without an edge. */
export const limitApi =
  (limited: ProcessLimits | undefined, api: Listener): Listener =>
  (request, response) => {
    const pass = () => api(request, response)
    if (limited) limited.gate.admit({ counted: 'api', source: undefined, request, response }, pass)
    else pass()
  }

export function targetsOf({ sources, samples }: Config): TargetTable {
  const names = new Set([uploadsName, ...sources.keys(), ...(samples ? ['samples'] : [])])
  const reserved = Object.values<readonly string[]>(reservedPaths).flat()
  const open = reserved.filter((first) => !names.has(first) && !apiPaths.has(first))
  return { api: apiPaths, open: new Set(open), sources: names, uploads: uploadsName }
}

/** All that nginx in front is configured with; undefined where there are no rules. */
export function luaLimitsOf(config: Config): LuaLimits | undefined {
  const { limits: table, redis, redisPrefix, redisMs } = config
  if (!table || table.rules.length === 0) return undefined
  return {
    table,
    targets: targetsOf(config),
    secret: limitsSecret(config),
    name: (part) => `{${redisPrefix}}:${part}`,
    // Its Lua speaks no TLS.
    redis: redis && !redis.hasTls ? { ...redis, waitMs: redisMs } : undefined,
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
