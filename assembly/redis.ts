// Redis, where the settings name it: opened with the process, its absence told in the log, the metrics and at /readyz.
import type { RedisRoom } from '../cluster/redis.ts'
import type { Config } from '../config.ts'
import type { QueueCalls } from '../records/index.ts'
import type { Assembly, HalftoneOptions } from './context.ts'

/** Loaded only where it is used. */
export async function assembleRedis({
  config,
  log,
  metrics,
}: HalftoneOptions): Promise<RedisRoom | undefined> {
  if (!config.redis) return undefined
  const { openRedis } = await import('../cluster/redis.ts')
  const room = openRedis({
    ...config.redis,
    prefix: config.redisPrefix,
    answerMs: config.redisMs,
    changed: (state) =>
      state === 'here' ? log.info('Redis is here') : log.warn('Redis is away: this process goes on alone'),
  })
  metrics.gauge('halftone_redis_here', 'Whether Redis answers: 1 or 0.', () =>
    room.state() === 'here' ? 1 : 0,
  )
  return room
}

/** Workers of other processes are called over Redis, where there is one. */
export async function assembleQueueCalls({ redis }: Assembly): Promise<QueueCalls | undefined> {
  if (!redis) return undefined
  const { createQueueCalls } = await import('../cluster/queue-calls.ts')
  return createQueueCalls(redis)
}

/** For people: where it is, without who may enter. */
export const describeRedis = ({ redis }: Config): string =>
  redis === undefined
    ? 'none'
    : `${redis.kind} ${redis.nodes.map(({ host, port }) => `${host}:${port}`).join(', ')}`

/** Why Redis does not answer, if it does not. */
export async function redisFault(config: Config, withinMs: number): Promise<string | undefined> {
  if (!config.redis) return undefined
  const { openRedis } = await import('../cluster/redis.ts')
  const room = openRedis({ ...config.redis, prefix: config.redisPrefix, answerMs: withinMs })
  try {
    return (await room.arrival(withinMs)) ? undefined : 'it does not answer, or does not let us in'
  } finally {
    await room.close()
  }
}
