// Leases among the members that share a Redis. A lease is a hash that ends by itself unless it is renewed; whoever comes
// second leaves its name in it, and is told by a message to its own channel.
import { createHash, randomUUID } from 'node:crypto'
import type { RedisRoom } from '../redis.ts'
import type { Landing, Lease, Leases, LeaseTimes, Outcome, Taken } from './lease.ts'
import { releaseScript, renewScript, takeScript } from './scripts.ts'
import { createWaiting, overtaking } from './waiting.ts'

export interface RedisLeases extends Leases {
  /** Leases that are held now. */
  held(): number
}

export function createRedisLeases(redis: RedisRoom, { hedgeMs, leaseMs }: LeaseTimes): RedisLeases {
  const take = redis.script(takeScript)
  const release = redis.script(releaseScript)
  const renew = redis.script(renewScript)
  const waiting = createWaiting()
  const held = new Map<string, string>()
  const me = randomUUID()
  const channel = `to:${me}`
  let heart: NodeJS.Timeout | undefined

  void redis.listen(channel, (message) => {
    const told = toldIn(message)
    if (told) waiting.tell(told.name, told.landing)
  })
  const unwatch = redis.watch((state) => {
    if (state === 'away') waiting.tellAll('alone')
  })

  /** The shortest work is done before the first beat, and costs none. */
  function beat(): void {
    for (const [token, name] of held) void renew([name], [token, leaseMs]).catch(() => {})
  }

  function hold(name: string, token: string): Lease {
    held.set(token, name)
    heart ??= setInterval(beat, leaseMs / 3).unref()
    const { overtaken, leave } = overtaking(waiting, name)
    return {
      overtaken,
      release(outcome, keepMs) {
        leave()
        held.delete(token)
        if (held.size === 0) {
          clearInterval(heart)
          heart = undefined
        }
        const said = JSON.stringify([name, outcome.at ?? ''])
        const args = [token, outcome.at ?? '', Math.ceil(keepMs), redis.name('to:'), said]
        // A release that is lost is found by its absence: the lease ends by itself.
        void release([name], args).catch(() => {})
      },
    }
  }

  return {
    async take(key): Promise<Taken> {
      const name = redis.name(`lease:${createHash('sha256').update(key).digest('base64url')}`)
      const token = randomUUID()
      const waiter = waiting.join(name)
      const said = await take([name], [token, me, hedgeMs, leaseMs]).catch(() => undefined)
      const [kind, detail] = (said ?? ['alone']) as [string, string | undefined]
      if (kind === 'held') return { kind, wait: (signal) => waiter.wait(Math.max(1, Number(detail)), signal) }
      waiter.leave()
      if (kind === 'granted') return { kind, lease: hold(name, token) }
      return kind === 'done' && detail !== undefined ? { kind, at: detail } : { kind: 'alone' }
    },
    held: () => held.size,
    async close() {
      clearInterval(heart)
      unwatch()
      waiting.tellAll('alone')
    },
  }
}

interface Told {
  readonly name: string
  readonly landing: Landing
}

/** Undefined for what no member of ours says. */
function toldIn(message: string): Told | undefined {
  try {
    const [name, at] = JSON.parse(message) as [unknown, unknown]
    const landing: Outcome = typeof at === 'string' && at !== '' ? { at } : {}
    return typeof name === 'string' ? { name, landing } : undefined
  } catch {
    return undefined
  }
}
