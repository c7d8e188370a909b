// Where entries are kept: memory over disk, each bounded, each seen in the metrics.
import { join } from 'node:path'
import { createDiskStore, type DiskEvent, type DiskObserver } from '../cache/disk.ts'
import { createMemoryStore } from '../cache/memory.ts'
import type { Store } from '../cache/store.ts'
import { createTieredStore } from '../cache/tiered.ts'
import type { Metrics } from '../metrics.ts'
import type { Assembly } from './context.ts'

interface StoreSizes {
  readonly memoryBytes: number
  readonly diskBytes: number
}

/** `name` is the folder below the data directory and the label in the metrics. */
export function memoryOverDisk(
  assembly: Assembly,
  name: string,
  { memoryBytes, diskBytes }: StoreSizes,
): Store {
  const memory = createMemoryStore({ maxBytes: memoryBytes })
  const disk = createDiskStore({
    dir: join(assembly.config.dataDir, name),
    maxBytes: diskBytes,
    observe: warning(assembly, name),
    bodies: assembly.bodies,
  })
  watchStore(assembly.metrics, `${name}_memory`, memory)
  watchStore(assembly.metrics, `${name}_disk`, disk)
  const store = createTieredStore({ memory, disk })
  assembly.closing.push(() => store.close())
  return store
}

const worthALine: ReadonlySet<DiskEvent> = new Set(['disk-full', 'write-failed', 'read-failed', 'corrupt'])
/** A disk that is full is full for each picture. */
const silentMs = 60_000

/** A cache without its disk still serves, so only the log can say that it has none. */
export function warning({ log, now = Date.now }: Assembly, cache: string): DiskObserver {
  const said = new Map<DiskEvent, number>()
  return (event, cause) => {
    const at = now()
    if (!worthALine.has(event) || at - (said.get(event) ?? Number.NEGATIVE_INFINITY) < silentMs) return
    said.set(event, at)
    log.warn({ cache, event, err: cause }, 'a cache cannot use its disk as it should')
  }
}

export function watchStore(metrics: Metrics, name: string, store: Store): void {
  metrics.gauge(`halftone_cache_${name}_bytes`, `Bytes held by the ${name} cache.`, () => store.size().bytes)
  metrics.gauge(
    `halftone_cache_${name}_entries`,
    `Entries held by the ${name} cache.`,
    () => store.size().entries,
  )
}
