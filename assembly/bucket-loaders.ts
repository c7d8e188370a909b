// The loaders of sources that lie in a bucket: a configured one, or the process's own with its uploads.
import type { Store } from '../cache/store.ts'
import type { SourceConfig } from '../config.ts'
import type { Loader } from '../origin/index.ts'
import { createBucketLoader } from '../origin/loaders/bucket.ts'
import type { Recent } from '../origin/recent-sources.ts'
import { type Bucket, openBucket, uploadKey } from '../storage/index.ts'
import type { Assembly } from './context.ts'
import { seconds } from './from-config.ts'
import { openOwnBucket } from './own-bucket.ts'

/** What the loaders of an origin share. */
export interface SharedStores {
  readonly recent: Recent
  readonly downloads: Store | undefined
}

type BucketSource = Extract<SourceConfig, { readonly bucket: unknown }>
type UploadsSource = Extract<SourceConfig, { readonly uploads: unknown }>

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** An upload lies at the key of its identifier as soon as it is finished, and not before. */
export function uploadsLoader(assembly: Assembly, source: UploadsSource, shared: SharedStores): Loader {
  return loaderIn(assembly, {
    ...shared,
    open: () => openOwnBucket(assembly),
    isNear: (assembly.config.storage?.kind ?? 'folder') === 'folder',
    place: 'own',
    keyOf: (path) => (uuid.test(path) ? uploadKey(path) : undefined),
    fresh: source.fresh,
  })
}

export function bucketLoader(assembly: Assembly, source: BucketSource, shared: SharedStores): Loader {
  const { bucket: settings, prefix, fresh } = source
  // Not the keys that open it: they may be renewed, and the files stay the same.
  const { kind, ...where } = settings
  const place = ['dir', 'endpoint', 'account', 'bucket', 'container'].map((name) => Object(where)[name])
  return loaderIn(assembly, {
    ...shared,
    open: () => openSourceBucket(assembly, settings),
    isNear: kind === 'folder',
    place: JSON.stringify([kind, ...place]),
    keyOf: (path) => prefix + path,
    fresh,
  })
}

async function openSourceBucket({ closing }: Assembly, settings: BucketSource['bucket']): Promise<Bucket> {
  const bucket = await openBucket(settings)
  closing.push(() => bucket.close())
  return bucket
}

interface BucketAccess extends SharedStores {
  readonly open: () => Promise<Bucket>
  /** On this machine: a second copy on its disk would be in vain. */
  readonly isNear: boolean
  readonly place: string
  readonly keyOf: (path: string) => string | undefined
  readonly fresh: number
}

/** Opened with the first picture that is asked for: most processes never see one, and a provider's client is large. */
function loaderIn(
  { config, sharing }: Assembly,
  { open, isNear, place, keyOf, fresh, ...shared }: BucketAccess,
): Loader {
  let opening: Promise<Loader> | undefined
  async function make(): Promise<Loader> {
    return createBucketLoader({
      bucket: await open(),
      place,
      keyOf,
      maxBytes: config.maxSourceBytes,
      freshSeconds: seconds(fresh),
      recent: shared.recent,
      ...(!isNear && { share: sharing?.share }),
      ...(!isNear && shared.downloads && { store: shared.downloads }),
    })
  }
  return {
    async load(path, signal, wish) {
      opening ??= make().catch((thrown: unknown) => {
        // A disk may not be mounted yet; the next request tries again.
        opening = undefined
        throw thrown
      })
      return (await opening).load(path, signal, wish)
    },
  }
}
