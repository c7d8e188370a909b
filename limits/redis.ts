// Buckets in Redis, shared by all processes and by nginx: one atomic script, which is also the clock.
import { createHash, createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { refillOf } from './bucket.ts'
import type { Decision, Limiter } from './limiter.ts'
import type { Claim } from './rules.ts'

/** What is needed of a client; ioredis has it. */
export interface ScriptRedis {
  evalsha(sha: string, keys: number, ...args: (string | number)[]): Promise<unknown>
  eval(script: string, keys: number, ...args: (string | number)[]): Promise<unknown>
}

export interface RedisLimiterOptions {
  /** Rejects where Redis is away, or does not answer. */
  readonly ask: <T>(question: (redis: ScriptRedis) => Promise<T>) => Promise<T>
  /** The name of a key in Redis; all in one slot of a Cluster, since the script needs all buckets of a request. */
  readonly name: (part: string) => string
  /** Hashes the names of buckets: whoever reads Redis learns no address and no key. The same in all processes. */
  readonly secret: string
}

/** One text for Node and nginx. */
export const tokenBucketScript = readFileSync(
  new URL('../lua/halftone/token-bucket.redis.lua', import.meta.url),
  'utf8',
)

export const tokenBucketSha = createHash('sha1').update(tokenBucketScript).digest('hex')

/** SHA-1, which nginx has within: an HMAC with it is sound, and what is asked here is only that nobody can reverse it. */
export const hashName = (secret: string, name: string): string =>
  createHmac('sha1', secret).update(name).digest('base64')

/** What lies in Redis: the buckets, each by its hash, and one hash with the plans of keys, for nginx. */
export const redisNames = (name: RedisLimiterOptions['name']) => ({
  bucketPrefix: name('limits:'),
  plans: name('limit-plans'),
  plansDigest: name('limit-plans-digest'),
})

export function createRedisLimiter({ ask, name, secret }: RedisLimiterOptions): Limiter {
  const { bucketPrefix } = redisNames(name)
  async function run(args: readonly (string | number)[], count: number): Promise<unknown> {
    try {
      return await ask((redis) => redis.evalsha(tokenBucketSha, count, ...args))
    } catch (thrown) {
      // A Redis that was restarted has forgotten it; EVAL teaches it again.
      if (!/^NOSCRIPT/.test((thrown as Error).message)) throw thrown
      return ask((redis) => redis.eval(tokenBucketScript, count, ...args))
    }
  }
  return {
    async take(claims) {
      const keys = claims.map(({ bucket }) => bucketPrefix + hashName(secret, bucket))
      return decisionOf(await run([...keys, ...claims.flatMap(argumentsOf)], claims.length), claims.length)
    },
  }
}

const argumentsOf = (claim: Claim): readonly (string | number)[] => [refillOf(claim), claim.burst, 1]

function decisionOf(reply: unknown, count: number): Decision {
  if (!Array.isArray(reply) || reply.length !== count + 1) throw new Error('Redis answered something else.')
  const [admitted, ...used] = reply.map(Number)
  return { isAdmitted: admitted === 1, used }
}
