// Files from an address: promised as a job that survives this process, and how far it is.
import { Failure } from '../../../errors.ts'
import { createQueueWorker, type FileRecord, type JobRecord, newId } from '../../../records/index.ts'
import { safeName } from '../../intake/file-name.ts'
import type { UploadsContext } from './context.ts'
import { carryOutDownload, type DownloadPayload, type RunningDownloads } from './download.ts'
import { begin } from './lifecycle.ts'
import type { DownloadProgress, Uploads, UrlUploadOptions } from './uploads.ts'

const queue = 'fetch'
/** A download is begun anew when its process dies, or when there is no room: as often as a webhook is sent anew. */
const maxAttempts = 20

export interface DownloadOptions {
  /** Downloads at once in this process. */
  readonly most: number
  /** How long a job is another's no more, when its process died. */
  readonly leaseMs: number
  /** How long downloads may go on after `stop`; those that take longer are begun anew elsewhere. */
  readonly graceMs: number
  readonly lookEveryMs?: number
}

type UrlUploads = Pick<Uploads, 'fromUrl' | 'progress' | 'stop'>

export function createUrlUploads(
  context: UploadsContext,
  { graceMs, ...working }: DownloadOptions,
): UrlUploads {
  const { records, now, log } = context
  const stopping = new AbortController()
  const running: RunningDownloads = new Map()
  const worker = createQueueWorker({
    ...{ ...working, records, queue, now },
    run: (job, { signal }) =>
      carryOutDownload(context, { job, running, signal: AbortSignal.any([signal, stopping.signal]) }),
    onError: (error, job) =>
      log.error({ error: String(error), job: job?.id }, 'a download is to be tried again'),
  })
  worker.poke()

  return {
    fromUrl: async (options) => {
      checkUrl(options.url)
      const before = options.checkDuplicates ? await duplicateOf(context, options) : undefined
      if (before) return { file: before }
      const token = await promiseDownload(context, options)
      worker.poke()
      return { token }
    },
    progress: (token, project) => progressOf(context, running, { token, project }),
    stop: async () => {
      const timer = setTimeout(() => stopping.abort(), graceMs)
      await worker.stop()
      clearTimeout(timer)
    },
  }
}

/** Returns the token of its progress. Whoever knows it is told of the file: the Upload API asks for no key there. */
async function promiseDownload(context: UploadsContext, options: UrlUploadOptions): Promise<string> {
  const { url, name, saveDuplicates: remember = false, project } = options
  const { records, now } = context
  const said = safeName(name)
  const token = newId(now())
  await records.transaction(async (t) => {
    const pending = { wanted: options, name: said, type: 'application/octet-stream', bytes: 0 }
    const file = await begin(context, { ...pending, upload: { token } }, t)
    const payload: DownloadPayload = { file, url, name: said, isNamed: name !== undefined, remember }
    await t.jobs.promise({ id: token, queue, project, payload, maxAttempts }, now())
  })
  await options.hold?.keep(context.comingMs)
  return token
}

async function duplicateOf(
  { records }: UploadsContext,
  { project, url }: UrlUploadOptions,
): Promise<FileRecord | undefined> {
  const id = await records.fetched.find(project, url)
  const file = id === undefined ? undefined : await records.files.get(id)
  return file?.state === 'ready' && file.project === project ? file : undefined
}

async function progressOf(
  { records }: UploadsContext,
  running: RunningDownloads,
  { token, project }: { readonly token: string; readonly project: string | undefined },
): Promise<DownloadProgress | undefined> {
  const job = await records.jobs.get(token)
  if (job?.queue !== queue || (project !== undefined && job.project !== project)) return undefined
  if (job.state === 'dead') return { state: 'error', failure: reasonOf(job) }
  if (job.state === 'waiting') return { state: 'waiting' }
  if (job.state === 'running') return { state: 'progress', ...(running.get(token) ?? { done: 0 }) }
  const file = await records.files.get((job.payload as unknown as DownloadPayload).file)
  return file?.state === 'ready' ? { state: 'success', file } : { state: 'error', failure: gone }
}

const gone = { kind: 'not-found', message: 'The file has been removed.' }

function reasonOf({ error }: JobRecord): { readonly kind: string; readonly message: string } {
  const unknown = { kind: 'internal', message: 'The download failed on our side.' }
  return error?.startsWith('{') ? JSON.parse(error) : unknown
}

/** By its text alone; where it leads is looked at when it is fetched. */
function checkUrl(text: string): void {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return
  throw new Failure('bad-address', 'The source address is not an http or https URL.', { received: text })
}
