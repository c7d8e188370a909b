// A loader for each source of the configuration, with the cache its downloads are kept in.
import { join } from 'node:path'
import type { Store } from '../cache/store.ts'
import type { Config, SourceConfig } from '../config.ts'
import type { Loader } from '../origin/index.ts'
import { createFolderLoader } from '../origin/loaders/folder.ts'
import { createHttpLoader, type HttpLoader } from '../origin/loaders/http.ts'
import { createRecent, type Recent } from '../origin/recent.ts'
import { ensureSamples } from '../samples/index.ts'
import type { Assembly } from './parts.ts'
import { seconds } from './seconds.ts'
import { memoryOverDisk } from './stores.ts'

export async function assembleLoaders(assembly: Assembly): Promise<ReadonlyMap<string, Loader>> {
  const { config } = assembly
  const recent = createRecent({ maxBytes: config.sourceMemoryBytes / 2 })
  const downloads = hasDownloads(config) ? downloadStore(assembly) : undefined
  const loaders = new Map<string, Loader>()
  for (const [name, source] of config.sources)
    loaders.set(name, loaderOf(assembly, { source, recent, downloads }))
  if (config.samples) {
    const dir = join(config.dataDir, 'samples')
    await ensureSamples(dir)
    loaders.set(
      'samples',
      createFolderLoader({ dir, maxBytes: config.maxSourceBytes, freshSeconds: 86_400, recent }),
    )
  }
  return loaders
}

const hasDownloads = ({ sources }: Config): boolean =>
  [...sources.values()].some((source) => !('folder' in source))

const downloadStore = (assembly: Assembly): Store =>
  memoryOverDisk(assembly, 'sources', {
    memoryBytes: assembly.config.sourceMemoryBytes / 2,
    diskBytes: assembly.config.sourceDiskBytes,
  })

interface Made {
  readonly source: SourceConfig
  readonly recent: Recent
  readonly downloads: Store | undefined
}

function loaderOf(assembly: Assembly, { source, recent, downloads }: Made): Loader {
  const { maxSourceBytes: maxBytes } = assembly.config
  const freshSeconds = seconds(source.fresh)
  if ('folder' in source) return createFolderLoader({ dir: source.folder, maxBytes, freshSeconds, recent })
  if (!downloads) throw new Error('no store for downloads')
  const loader = httpLoaderOf(assembly, source, downloads, recent)
  assembly.closing.push(
    () => loader.close(),
    () => loader.idle(),
  )
  return loader
}

function httpLoaderOf(
  { config, metrics, now = Date.now }: Assembly,
  source: Exclude<SourceConfig, { folder: string }>,
  store: Store,
  recent: Recent,
): HttpLoader {
  return createHttpLoader({
    ...('site' in source ? { base: source.site } : {}),
    allowHosts: source.hosts,
    allowAddresses: source.allowAddresses,
    headers: source.headers,
    ignoreCacheControl: source.ignoreCacheControl,
    maxBytes: config.maxSourceBytes,
    connectMs: config.connectMs,
    idleMs: config.sourceDeadlineMs / 2,
    totalMs: config.sourceDeadlineMs,
    maxRedirects: 5,
    freshSeconds: seconds(source.fresh),
    staleIfErrorSeconds: seconds(config.staleIfErrorMs),
    store,
    recent,
    now,
    observe: (outcome) => metrics.outcome('source', outcome),
  })
}
