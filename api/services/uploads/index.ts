// The uploads: files that are kept, from the moment they come until they go.
import type { Log } from '../../../log.ts'
import type { Records } from '../../../records/index.ts'
import { type Bucket, uploadKey } from '../../../storage/index.ts'
import type { Intake } from '../../intake/intake.ts'
import type { Hooks } from '../hooks/hooks.ts'
import { changeOne, removeMany, storeMany } from './changes.ts'
import type { UploadsContext } from './context.ts'
import { addWhole, copyFile } from './direct-upload.ts'
import { createEraser } from './erase.ts'
import { createFileEvents } from './events.ts'
import type { FileEventTranslator, PublicBases } from './file-event.ts'
import { createUrlUploads, type DownloadOptions } from './from-url.ts'
import { createGroups } from './groups.ts'
import { createMultipartUploads } from './multipart.ts'
import { sweepUnstored } from './sweep.ts'
import type { Uploads } from './uploads.ts'

export type {
  Batch,
  DownloadProgress,
  MultipartUploadOptions,
  UploadOptions,
  Uploads,
  UrlUploadOptions,
} from './uploads.ts'

export interface UploadsOptions {
  readonly records: Records
  readonly bucket: Bucket
  readonly intake: Pick<Intake, 'fetch'>
  readonly hooks: Hooks
  /** Purges all that was made from these files, wherever it is kept; nothing where it is not given. */
  readonly purge?: UploadsContext['purge']
  /** Writes the webhooks of files' events. */
  readonly translate: FileEventTranslator
  /** Of an upload in parts, and of a download. */
  readonly limits: { readonly multipartBytes: number }
  /** How long a file that was not stored is kept. */
  readonly unstoredMs: number
  /** How long the sender of a part may send nothing. */
  readonly stallMs?: number
  /** For what webhooks tell. */
  readonly bases: PublicBases
  readonly log: Pick<Log, 'warn' | 'error'>
  readonly now?: () => number
  readonly fetching?: Partial<DownloadOptions>
  /** How often unstored files are looked for. */
  readonly sweepEveryMs?: number
}

export interface SweptUploads extends Uploads {
  /** Removes what was not stored in its time; how many there were. Also done every so often by itself. */
  sweep(): Promise<number>
}

const usualStallMs = 30_000
const usualFetching: DownloadOptions = { most: 8, leaseMs: 15_000, graceMs: 5_000 }

export function createUploads(options: UploadsOptions): SweptUploads {
  const { records, bucket, intake, hooks, translate, limits, bases, log, now = Date.now } = options
  const announce = createFileEvents({ hooks, translate, bases })
  const context: UploadsContext = {
    records,
    bucket,
    intake,
    announce,
    poke: hooks.poke,
    purge: options.purge ?? (async () => {}),
    maxBytes: limits.multipartBytes,
    comingMs: options.unstoredMs + 3_600_000,
    stallMs: options.stallMs ?? usualStallMs,
    log,
    now,
  }
  const urls = createUrlUploads(context, { ...usualFetching, ...options.fetching })
  const eraser = createEraser(context)
  const sweep = once(() => sweepUnstored(context, now() - options.unstoredMs))
  const sweeping = setInterval(() => {
    sweep().catch((error) => log.error({ error: String(error) }, 'unstored files could not be removed'))
  }, options.sweepEveryMs ?? 600_000).unref()

  return {
    ...urls,
    ...createMultipartUploads(context),
    ...createGroups(context),
    add: (received, wanted) => addWhole(context, received, wanted),
    copy: (id, wanted) => copyFile(context, id, wanted),
    get: async (project, id) => {
      const file = await records.files.get(id)
      return file?.project === project && file.state !== 'uploading' ? file : undefined
    },
    find: records.files.find,
    totals: records.files.totals,
    store: (project, ids) => storeMany(context, project, ids),
    remove: (project, ids) => removeMany(context, project, ids),
    change: (project, id, change) => changeOne(context, { project, id }, change),
    open: (file, range) => bucket.get(uploadKey(file.id), range ? { range } : {}),
    sweep,
    stop: async () => {
      clearInterval(sweeping)
      await Promise.all([urls.stop(), eraser.stop(), sweep.idle()])
    },
  }
}

/** One at a time: who asks meanwhile gets the same. */
function once<T>(work: () => Promise<T>) {
  let running: Promise<T> | undefined
  const run = (): Promise<T> => {
    running ??= work().finally(() => {
      running = undefined
    })
    return running
  }
  return Object.assign(run, { idle: async () => void (await running?.catch(() => undefined)) })
}
