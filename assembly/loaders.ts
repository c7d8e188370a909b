// A loader for each source of the configuration, with the cache its downloads are kept in.
import type { Store } from '../cache/store.ts'
import { type Config, plainUploads, type SourceConfig, uploadsName } from '../config.ts'
import type { Loader } from '../origin/index.ts'
import { createFolderLoader } from '../origin/loaders/folder.ts'
import { createHttpLoader } from '../origin/loaders/http.ts'
import { lenient } from '../origin/loaders/lenient.ts'
import { createRecent } from '../origin/recent-sources.ts'
import { samplesFolder } from '../samples/index.ts'
import { bucketLoader, type SharedStores, uploadsLoader } from './bucket-loaders.ts'
import { memoryOverDisk } from './cache-stores.ts'
import type { Assembly } from './context.ts'
import { seconds } from './from-config.ts'
import { lastingBelow } from './lasting.ts'
import { siteLoaders } from './site-loaders.ts'

export function assembleLoaders(assembly: Assembly): ReadonlyMap<string, Loader> {
  const { config } = assembly
  const recent = createRecent({ maxBytes: config.sourceMemoryBytes / 2 })
  const downloads = hasDownloads(config) ? downloadStore(assembly) : undefined
  const loaders = new Map<string, Loader>(siteLoaders(assembly))
  for (const [name, source] of new Map([[uploadsName, plainUploads] as const, ...config.sources]))
    loaders.set(name, applyLeniency(loaderOf(assembly, source, { recent, downloads }), source))
  if (config.samples) {
    const dir = samplesFolder
    loaders.set(
      'samples',
      createFolderLoader({ dir, maxBytes: config.maxSourceBytes, freshSeconds: 86_400, recent }),
    )
  }
  return loaders
}

const applyLeniency = (loader: Loader, source: SourceConfig): Loader =>
  source.lenient ? lenient(loader) : loader

/** Whether anything comes over a network. */
const hasDownloads = ({ sources, storage }: Config): boolean =>
  [storage, ...sources.values()].some((source) => source !== undefined && isFar(source))

function isFar(source: SourceConfig | NonNullable<Config['storage']>): boolean {
  if ('kind' in source) return source.kind !== 'folder'
  if ('bucket' in source) return source.bucket.kind !== 'folder'
  return 'site' in source || 'hosts' in source
}

const downloadStore = (assembly: Assembly): Store =>
  lastingBelow(
    assembly,
    'sources',
    memoryOverDisk(assembly, 'sources', {
      memoryBytes: assembly.config.sourceMemoryBytes / 2,
      diskBytes: assembly.config.sourceDiskBytes,
    }),
  )

function loaderOf(assembly: Assembly, source: SourceConfig, shared: SharedStores): Loader {
  if ('uploads' in source) return uploadsLoader(assembly, source, shared)
  if ('bucket' in source) return bucketLoader(assembly, source, shared)
  if ('folder' in source) {
    const { maxSourceBytes: maxBytes } = assembly.config
    const { recent } = shared
    return createFolderLoader({ dir: source.folder, maxBytes, freshSeconds: seconds(source.fresh), recent })
  }
  return httpLoader(assembly, source, shared)
}

type WebSource = Extract<SourceConfig, { readonly hosts: unknown }>

function httpLoader(assembly: Assembly, source: WebSource, { downloads }: SharedStores): Loader {
  const { config, metrics, closing, now = Date.now } = assembly
  if (!downloads) throw new Error('no store for downloads')
  const loader = createHttpLoader({
    ...('site' in source ? { base: source.site } : {}),
    allowHosts: source.hosts,
    allowAddresses: source.allowAddresses,
    headers: source.headers,
    ignoreCacheControl: source.ignoreCacheControl,
    maxBytes: config.maxSourceBytes,
    connectMs: config.connectMs,
    // Who is slow to begin has the whole of the deadline for it.
    idleMs: config.sourceDeadlineMs,
    totalMs: config.sourceDeadlineMs,
    maxRedirects: 5,
    freshSeconds: seconds(source.fresh),
    staleIfErrorSeconds: seconds(config.staleIfErrorMs),
    store: downloads,
    now,
    epochs: assembly.epochs,
    share: assembly.sharing?.share,
    observe: (outcome) => metrics.outcome('source', outcome),
  })
  closing.push(
    () => loader.close(),
    () => loader.idle(),
  )
  return loader
}
