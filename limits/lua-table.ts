// All that lua/halftone/limits.lua is configured with: the rule table, what targets mean, and where Redis is.
import { redisNames, tokenBucketScript, tokenBucketSha } from './redis.ts'
import type { RuleTable } from './rules.ts'
import type { TargetTable } from './targets.ts'

export interface LuaLimits {
  readonly table: RuleTable
  readonly targets: TargetTable
  /** Hashes the names of buckets, as in all processes. */
  readonly secret: string
  /** The name of a key in Redis. */
  readonly name: (part: string) => string
  /** Undefined: nginx counts in its own shared memory. */
  readonly redis: LuaRedis | undefined
}

export interface LuaRedis {
  readonly kind: 'single' | 'sentinel' | 'cluster'
  readonly nodes: readonly { readonly host: string; readonly port: number }[]
  readonly master?: string
  readonly user?: string
  readonly password?: string
  readonly database: number
  /** How long a request may wait for Redis, all in all. */
  readonly waitMs: number
}

/** Null is false: to Lua, a field that is nil is none. */
export type LuaTable = string | number | boolean | readonly LuaTable[] | { readonly [name: string]: LuaTable }

export function limitsTable({ table, targets, secret, name, redis }: LuaLimits): LuaTable {
  const { bucketPrefix, plans } = redisNames(name)
  return asLua({
    ...{ rules: table.rules, plans: table.plans, targets },
    ...{ secret, name: bucketPrefix, plans_name: plans },
    ...(redis && { redis: { ...redis, ...timesOf(redis.waitMs) } }),
    ...{ sha: tokenBucketSha, script: tokenBucketScript },
  })
}

/** A connection and an answer, and some room for what nginx does besides. */
const timesOf = (waitMs: number) => ({
  connect_ms: Math.ceil(waitMs * 0.2),
  answer_ms: Math.ceil(waitMs * 0.7),
})

function asLua(value: unknown): LuaTable {
  if (value === null) return false
  // To be looked up in.
  if (value instanceof Set) return Object.fromEntries([...value].map((each) => [each, true]))
  if (Array.isArray(value)) return value.map(asLua)
  if (typeof value !== 'object') return value as LuaTable
  const fields = Object.entries(value).filter(([, field]) => field !== undefined)
  return Object.fromEntries(fields.map(([name, field]) => [name, asLua(field)]))
}
