// Where answers of sites are kept: one store for all of them, whose keys begin with the site's name.
import { join } from 'node:path'
import { createDiskStore } from '../cache/disk.ts'
import { createMemoryStore } from '../cache/memory.ts'
import { createTieredStore } from '../cache/tiered.ts'
import { createSiteStore, type SiteStore } from '../site/cache/index.ts'
import { warning, watchStore } from './cache-stores.ts'
import type { Assembly } from './context.ts'

export function assembleSiteStore(assembly: Assembly): SiteStore {
  const { config, metrics, closing, log } = assembly
  const { siteMemoryBytes: memoryBytes, siteDiskBytes: diskBytes } = config
  const memory = createMemoryStore({ maxBytes: memoryBytes })
  const disk = createDiskStore({
    dir: join(config.dataDir, 'sites'),
    maxBytes: diskBytes,
    observe: warning(assembly, 'sites'),
  })
  watchStore(metrics, 'sites_memory', memory)
  watchStore(metrics, 'sites_disk', disk)
  const tiered = createTieredStore({ memory, disk })
  closing.push(() => tiered.close())
  const failed = (err: unknown): void => log.warn({ err }, 'the store of sites failed')
  return createSiteStore({ memory, memoryBytes, tiered, disk, diskBytes, failed })
}
