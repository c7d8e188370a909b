// Tells nginx the plans of keys: a hash in Redis, by the hash of each key's id, kept like the records.
import { createHash } from 'node:crypto'
import { hashName, type RedisLimiterOptions, redisNames } from './redis.ts'

export interface PlanPublisherOptions extends RedisLimiterOptions {
  /** The plans of all keys that have one, by the key's id. */
  readonly plans: () => Promise<ReadonlyMap<string, string>>
  /** How often the records are read; a change is seen in Redis after so long at most. */
  readonly everyMs?: number
}

export interface PlanPublisher {
  /** Now; resolves to whether Redis has the plans as they are. */
  publish(): Promise<boolean>
  close(): Promise<void>
}

/** Nothing where Redis has the same already; else all of them anew, under a name of its own until they are whole. */
const isSame = `return redis.call('GET', KEYS[1]) == ARGV[1] and redis.call('EXISTS', KEYS[2]) == tonumber(ARGV[2]) and 1 or 0`
const fill = `redis.call('HSET', KEYS[1], unpack(ARGV)) return redis.call('EXPIRE', KEYS[1], 60)`
const swap = `if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('PERSIST', KEYS[1]) redis.call('RENAME', KEYS[1], KEYS[2])
else redis.call('DEL', KEYS[2]) end
redis.call('SET', KEYS[3], ARGV[1])
return 1`

/** Lua passes some 8,000 values at once. */
const mostAtOnce = 1000

export function createPlanPublisher(options: PlanPublisherOptions): PlanPublisher {
  const { ask, name, secret, plans, everyMs = 2000 } = options
  const names = redisNames(name)
  let timer: NodeJS.Timeout | undefined
  let running: Promise<boolean> = Promise.resolve(true)
  let isClosed = false

  const run = (script: string, keys: readonly string[], args: readonly string[]) =>
    ask((redis) => redis.eval(script, keys.length, ...keys, ...args))

  async function publishOnce(): Promise<boolean> {
    const pairs = [...(await plans())].map(([id, plan]) => [hashName(secret, id), plan] as const)
    pairs.sort(([one], [other]) => (one < other ? -1 : 1))
    const digest = createHash('sha1').update(JSON.stringify(pairs)).digest('hex')
    const has = [names.plansDigest, names.plans]
    if ((await run(isSame, has, [digest, pairs.length > 0 ? '1' : '0'])) === 1) return true
    // Two processes may be at it at once: each fills its own, and both are right.
    const fresh = `${names.plans}:${process.pid}-${createHash('sha1').update(String(performance.now())).digest('hex')}`
    for (let at = 0; at < pairs.length; at += mostAtOnce)
      await run(fill, [fresh], pairs.slice(at, at + mostAtOnce).flat())
    await run(swap, [fresh, names.plans, names.plansDigest], [digest])
    return true
  }

  function publish(): Promise<boolean> {
    // One after the other; while Redis or the records are away the next time will do.
    running = running.then(publishOnce).catch(() => false)
    return running
  }

  function later(): void {
    if (isClosed) return
    timer = setTimeout(() => void publish().then(later), everyMs)
    timer.unref()
  }

  void publish().then(later)
  return {
    publish,
    async close() {
      isClosed = true
      clearTimeout(timer)
      await running
    },
  }
}
