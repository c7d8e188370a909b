// Loaded into a server that is measured (`NODE_OPTIONS=--import`): what only the process itself can tell of its memory and
// of its event loop. Each SIGUSR2 collects garbage and writes it to a file.
import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { isMainThread } from 'node:worker_threads'

/** What the file holds. */
export interface Inside {
  /** Bytes that are in use after a collection: JavaScript's heap, and what lies outside of it. */
  readonly heapUsed: number
  readonly external: number
  readonly arrayBuffers: number
  /** Milliseconds for which the event loop was held up since the last look: the longest, and the 99th of 100. */
  readonly longestMs: number
  readonly p99Ms: number
}

const folder = process.env.BENCH_INSIDE

if (folder !== undefined && isMainThread) {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const resolution = 1
  const delays = monitorEventLoopDelay({ resolution })
  delays.enable()
  process.on('SIGUSR2', () => {
    const held = {
      longestMs: delays.max / 1e6 - resolution,
      p99Ms: delays.percentile(99) / 1e6 - resolution,
    }
    collect()
    collect()
    const { heapUsed, external, arrayBuffers } = process.memoryUsage()
    const inside: Inside = { heapUsed, external, arrayBuffers, ...held }
    // What the collection held up is nobody's.
    setTimeout(() => {
      delays.reset()
      const file = join(folder, `${process.pid}.json`)
      writeFileSync(`${file}.new`, JSON.stringify(inside))
      renameSync(`${file}.new`, file)
    }, 50)
  })
}
