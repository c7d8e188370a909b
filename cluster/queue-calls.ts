// Calls between the workers of all members: something was promised to a queue. The promise itself stands in the database.
import { randomUUID } from 'node:crypto'
import type { QueueCalls } from '../records/queue-calls.ts'
import type { RedisRoom } from './redis.ts'

/** A burst of promises is one call. */
const gatherMs = 10

export function createQueueCalls(redis: RedisRoom): QueueCalls {
  const me = randomUUID()
  const hearing = new Map<string, Set<() => void>>()
  const gathered = new Set<string>()
  const channel = redis.name('jobs')

  void redis.listen('jobs', (message) => {
    const [from, queue = ''] = message.split(' ', 2)
    if (from !== me) for (const told of hearing.get(queue) ?? []) told()
  })

  return {
    tell(queue) {
      if (gathered.has(queue)) return
      gathered.add(queue)
      setTimeout(() => {
        gathered.delete(queue)
        // Who misses a call looks by itself a little later.
        redis.ask((client) => client.publish(channel, `${me} ${queue}`)).catch(() => {})
      }, gatherMs).unref()
    },
    hear(queue, told) {
      const those = hearing.get(queue) ?? new Set()
      hearing.set(queue, those.add(told))
      return () => void those.delete(told)
    },
  }
}
