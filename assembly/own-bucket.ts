// Where the uploads and results of this process lie: opened once, by whichever part asks first.
import { join } from 'node:path'
import { type Bucket, openBucket } from '../storage/index.ts'
import type { Assembly } from './context.ts'

const opened = new WeakMap<Assembly, Promise<Bucket>>()

/** The one bucket of the process, closed at its end, after everything that was made later. */
export function openOwnBucket(assembly: Assembly): Promise<Bucket> {
  const known = opened.get(assembly)
  if (known) return known
  const { config, closing } = assembly
  const settings = config.storage ?? { kind: 'folder', dir: join(config.dataDir, 'storage') }
  const bucket = openBucket(settings).then((made) => {
    closing.push(() => made.close())
    return made
  })
  opened.set(assembly, bucket)
  // If the bucket could not be opened, the next caller tries again.
  bucket.catch(() => opened.delete(assembly))
  return bucket
}
