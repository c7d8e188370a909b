// One connection to Redis, of any of its three forms. It never queues a command and never repeats one by itself.
import { Cluster, Redis, type RedisOptions } from 'ioredis'

export interface RedisPlace {
  readonly kind: 'single' | 'sentinel' | 'cluster'
  readonly nodes: readonly { readonly host: string; readonly port: number }[]
  /** The master's name, for sentinels. */
  readonly master?: string
  readonly hasTls: boolean
  readonly user?: string
  readonly password?: string
  readonly database: number
}

const connectTimeout = 2000

/** From 50 milliseconds to a second: an absent server costs little, and one that is back is found soon. */
const retryAfterMs = (tries: number): number => Math.min(50 * 2 ** Math.min(tries, 10), 1000)

export function connect(place: RedisPlace): Redis | Cluster {
  const { kind, nodes, master } = place
  const [first] = nodes
  if (kind === 'cluster')
    return new Cluster([...nodes], {
      redisOptions: { ...common(place), connectTimeout },
      enableOfflineQueue: false,
      clusterRetryStrategy: retryAfterMs,
      slotsRefreshTimeout: connectTimeout,
      // Between a failure and the election of a new master; the caller has given up long before.
      maxRedirections: 4,
    })
  const options = { ...common(place), retryStrategy: retryAfterMs, enableOfflineQueue: false, connectTimeout }
  if (kind === 'single') return new Redis({ ...options, ...first, db: place.database })
  return new Redis({
    ...options,
    sentinels: [...nodes],
    name: master ?? '',
    db: place.database,
    sentinelRetryStrategy: retryAfterMs,
    // A master that was killed may come back as somebody's replica.
    failoverDetector: true,
    ...(place.hasTls && { enableTLSForSentinelMode: true, sentinelTLS: {} }),
  })
}

function common({ user, password, hasTls }: RedisPlace) {
  return {
    ...(user !== undefined && { username: user }),
    ...(password !== undefined && { password }),
    ...(hasTls && { tls: {} }),
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    // Channels are subscribed to anew by us, who then know that they are heard.
    autoResubscribe: false,
    connectionName: 'halftone',
  } satisfies RedisOptions
}
