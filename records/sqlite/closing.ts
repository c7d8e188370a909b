// Counts the connections in use, so that closing the database waits for them.
import { setImmediate } from 'node:timers/promises'

export interface OpenConnections {
  come(): void
  go(): void
  /** Resolves when all have gone, or after `mostMs`: whoever waits for himself is not waited for. */
  gone(mostMs: number): Promise<void>
}

export function countOpenConnections(): OpenConnections {
  let present = 0
  let lastGone: (() => void) | undefined
  return {
    come: () => {
      present++
    },
    go: () => {
      if (--present === 0) lastGone?.()
    },
    gone: async (mostMs) => {
      // What was called just before is still on its way to its connection.
      await setImmediate()
      if (present === 0) return
      const { promise, resolve } = Promise.withResolvers<void>()
      const timer = setTimeout(resolve, mostMs)
      lastGone = resolve
      await promise
      clearTimeout(timer)
    },
  }
}
