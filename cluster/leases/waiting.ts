// Those of this member who wait for somebody else's work, by its key.
import { Failure } from '../../errors.ts'
import type { Landing } from './lease.ts'

export interface Waiting {
  /** Calls back with all that is told of this key, until the returned function is called. */
  listen(key: string, told: (landing: Landing) => void): () => void
  /** Listens from now on, so that nothing said between the question and the wait is missed. */
  join(key: string): Waiter
  /** Tells all who wait for this key. */
  tell(key: string, landing: Landing): void
  /** Tells everybody. */
  tellAll(landing: Landing): void
}

export interface Waiter {
  /** Settles with what was told, or with 'look-again' after `ms`. Rejects with 'abandoned' when `signal` aborts. */
  wait(ms: number, signal: AbortSignal): Promise<Landing>
  leave(): void
}

export function createWaiting(): Waiting {
  const listeners = new Map<string, Set<(landing: Landing) => void>>()

  function tell(key: string, landing: Landing): void {
    for (const told of listeners.get(key) ?? []) told(landing)
  }

  function listen(key: string, told: (landing: Landing) => void): () => void {
    const those = listeners.get(key) ?? new Set()
    listeners.set(key, those.add(told))
    return () => {
      those.delete(told)
      if (those.size === 0 && listeners.get(key) === those) listeners.delete(key)
    }
  }

  function join(key: string): Waiter {
    const { promise, resolve } = Promise.withResolvers<Landing>()
    const leave = listen(key, resolve)
    return {
      leave,
      async wait(ms, signal) {
        const gone = Promise.withResolvers<Landing>()
        const abandon = () => gone.reject(new Failure('abandoned', 'Nobody waits for this answer any more.'))
        const timer = setTimeout(resolve, ms, 'look-again')
        signal.addEventListener('abort', abandon, { once: true })
        if (signal.aborted) abandon()
        try {
          return await Promise.race([promise, gone.promise])
        } finally {
          clearTimeout(timer)
          signal.removeEventListener('abort', abandon)
          leave()
        }
      },
    }
  }

  return {
    listen,
    join,
    tell,
    tellAll(landing) {
      for (const key of [...listeners.keys()]) tell(key, landing)
    },
  }
}

/** Resolves with where the work lies when another member tells of it first; `leave` ends the listening. */
export function overtaking(waiting: Waiting, key: string): { overtaken: Promise<string>; leave: () => void } {
  const { promise, resolve } = Promise.withResolvers<string>()
  const leave = waiting.listen(key, (landing) => {
    if (typeof landing === 'object' && landing.at !== undefined) resolve(landing.at)
  })
  return { overtaken: promise, leave }
}
