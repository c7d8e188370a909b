// The rule table as nginx reads it: a file of Lua that returns all that lua/halftone/limits.lua is configured with. Pure.
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
  /** nginx resolves names here only where its configuration has a `resolver`. */
  readonly nodes: readonly { readonly host: string; readonly port: number }[]
  readonly master?: string
  readonly user?: string
  readonly password?: string
  readonly database: number
  /** How long a request may wait for Redis, all in all. */
  readonly waitMs: number
}

export function limitsLua({ table, targets, secret, name, redis }: LuaLimits): string {
  const { bucketPrefix, plans } = redisNames(name)
  const written = {
    rules: table.rules,
    plans: table.plans,
    targets,
    secret,
    name: bucketPrefix,
    plans_name: plans,
    ...(redis && { redis: { ...redis, ...timesOf(redis.waitMs) } }),
    sha: tokenBucketSha,
    script: tokenBucketScript,
  }
  return `return ${luaOf(written)}\n`
}

/** A connection and an answer, and some room for what nginx does besides. */
const timesOf = (waitMs: number) => ({
  connect_ms: Math.ceil(waitMs * 0.2),
  answer_ms: Math.ceil(waitMs * 0.7),
})

/** JSON as a Lua expression. Null is false: a field that is nil is none. */
export function luaOf(value: unknown): string {
  if (value === null) return 'false'
  if (Array.isArray(value)) return `{ ${value.map(luaOf).join(', ')} }`
  // To be looked up in.
  if (value instanceof Set) return luaOf(Object.fromEntries([...value].map((each) => [each, true])))
  if (typeof value === 'object') {
    const fields = Object.entries(value as object).filter(([, field]) => field !== undefined)
    return `{ ${fields.map(([name, field]) => `[${luaString(name)}] = ${luaOf(field)}`).join(', ')} }`
  }
  return typeof value === 'string' ? luaString(value) : String(value)
}

/** Every byte that is no plain character by its number, so that no text can end the string. */
const luaString = (text: string): string =>
  `"${[...Buffer.from(text)].map((byte) => (isPlain(byte) ? String.fromCharCode(byte) : `\\${String(byte).padStart(3, '0')}`)).join('')}"`

const isPlain = (byte: number): boolean => byte >= 32 && byte < 127 && byte !== 34 && byte !== 92
