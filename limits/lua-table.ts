// The rule table as nginx reads it: a file of Lua that returns all that lua/halftone/limits.lua is configured with. Pure.
import { redisNames, tokenBucketScript, tokenBucketSha } from './redis.ts'
import type { RuleTable } from './rules.ts'

export interface LuaLimits {
  readonly table: RuleTable
  /** Hashes the names of buckets, as in all processes. */
  readonly secret: string
  /** The name of a key in Redis. */
  readonly name: (part: string) => string
  /** One server; undefined: nginx counts in its own shared memory. */
  readonly redis: LuaRedis | undefined
}

export interface LuaRedis {
  /** An address: nginx resolves no name here. */
  readonly host: string
  readonly port: number
  readonly user?: string
  readonly password?: string
  readonly database: number
}

export function limitsLua({ table, secret, name, redis }: LuaLimits): string {
  const { bucketPrefix, plans } = redisNames(name)
  const written = {
    rules: table.rules,
    plans: table.plans,
    secret,
    name: bucketPrefix,
    plans_name: plans,
    ...(redis && { redis }),
    sha: tokenBucketSha,
    script: tokenBucketScript,
  }
  return `return ${luaOf(written)}\n`
}

/** JSON as a Lua expression. Null is false: a field that is nil is none. */
export function luaOf(value: unknown): string {
  if (value === null) return 'false'
  if (Array.isArray(value)) return `{ ${value.map(luaOf).join(', ')} }`
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
