// Defaults that fit the machine: its cores, and the memory that this process may have of it.
import { availableParallelism, totalmem } from 'node:os'

export interface Machine {
  readonly cores: number
  /** Bytes. */
  readonly memoryBytes: number
}

/** The limit of the control group (a container, a systemd unit) where there is one, else what the machine has. */
export function thisMachine(): Machine {
  const limit = process.constrainedMemory()
  const total = totalmem()
  return { cores: availableParallelism(), memoryBytes: limit > 0 ? Math.min(limit, total) : total }
}

/** A default that is worked out at start. */
export interface Fitted {
  fit(machine: Machine): number
  /** As the documentation and `--help` show it. */
  readonly text: string
}

export const isFitted = (fallback: unknown): fallback is Fitted =>
  typeof fallback === 'object' && fallback !== null && 'fit' in fallback

/** A default as it is shown to people; empty where there is none. */
export const describeDefault = (fallback: unknown): string =>
  isFitted(fallback) ? fallback.text : String(fallback ?? '')

/** From here on the caches have the size that they are written with; below, so much less of it. */
const plentyBytes = 1.75e9

/** A cache in memory: all caches together take at most 0.4 of what there is. */
export const cacheOf = (megabytes: number): Fitted => ({
  fit: ({ memoryBytes }) => Math.round(megabytes * 1e6 * Math.min(1, memoryBytes / plentyBytes)),
  text: `${megabytes}MB`,
})

/** A worker takes 100 MB for a large picture, and as much again for the score of another. */
const workerBytes = 400e6

export const workers: Fitted = {
  fit: ({ cores, memoryBytes }) => Math.max(1, Math.min(cores, Math.floor(memoryBytes / workerBytes))),
  text: 'cores',
}

export const memory: Fitted = { fit: ({ memoryBytes }) => memoryBytes, text: 'all there is' }
