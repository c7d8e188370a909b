// Where entries are kept: memory over disk, each bounded, each seen in the metrics.
import { join } from 'node:path'
import { createDiskStore } from '../cache/disk.ts'
import { createMemoryStore } from '../cache/memory.ts'
import type { Store } from '../cache/store.ts'
import { createTieredStore } from '../cache/tiered.ts'
import type { Metrics } from '../metrics.ts'
import type { Assembly } from './parts.ts'

interface Bounds {
  readonly memoryBytes: number
  readonly diskBytes: number
}

/** `name` is the folder below the data directory and the label in the metrics. */
export function memoryOverDisk(assembly: Assembly, name: string, { memoryBytes, diskBytes }: Bounds): Store {
  const memory = createMemoryStore({ maxBytes: memoryBytes })
  const disk = createDiskStore({ dir: join(assembly.config.dataDir, name), maxBytes: diskBytes })
  watchStore(assembly.metrics, `${name}_memory`, memory)
  watchStore(assembly.metrics, `${name}_disk`, disk)
  const store = createTieredStore({ memory, disk })
  assembly.closing.push(() => store.close())
  return store
}

export function watchStore(metrics: Metrics, name: string, store: Store): void {
  metrics.gauge(`halftone_cache_${name}_bytes`, `Bytes held by the ${name} cache.`, () => store.size().bytes)
  metrics.gauge(
    `halftone_cache_${name}_entries`,
    `Entries held by the ${name} cache.`,
    () => store.size().entries,
  )
}
