// Files from an address: a job that survives this process, and how far it is.
import { Failure } from '../../../errors.ts'
import {
  createQueueWorker,
  type FileRecord,
  type JobRecord,
  type LeaseSignal,
  newId,
} from '../../../records/index.ts'
import { safeName } from '../../intake/file-name.ts'
import type { UploadsContext } from './context.ts'
import { keep } from './direct-upload.ts'
import { arrive, begin, giveUp, resumeQuota } from './lifecycle.ts'
import type { DownloadProgress, Uploads, UrlUploadOptions } from './uploads.ts'

/** The payload of a job in this queue. */
type DownloadPayload = {
  readonly file: string
  readonly url: string
  readonly isNamed: boolean
  readonly name: string
  readonly remember: boolean
}

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
  /** Of the downloads of this process, by token. */
  const running = new Map<string, { done: number; total?: number }>()
  const work = createQueueWorker({
    ...working,
    records,
    queue,
    now,
    run: (job, held) => fetchOne(job, held),
    onError: (error, job) =>
      log.error({ error: String(error), job: job?.id }, 'a download is to be tried again'),
  })
  work.poke()

  async function fromUrl(wanted: UrlUploadOptions) {
    checkUrl(wanted.url)
    const before = wanted.checkDuplicates ? await duplicateOf(wanted) : undefined
    if (before) return { file: before }
    const { url, name, saveDuplicates: remember = false, project } = wanted
    const said = safeName(name)
    // Whoever knows it is told of the file: the Upload API asks for no key there.
    const token = newId(now())
    await records.transaction(async (t) => {
      const coming = { wanted, name: said, type: 'application/octet-stream', bytes: 0 }
      const file = await begin(context, { ...coming, upload: { token } }, t)
      const payload: DownloadPayload = { file, url, name: said, isNamed: name !== undefined, remember }
      await t.jobs.promise({ id: token, queue, project, payload, maxAttempts }, now())
    })
    await wanted.hold?.keep(context.comingMs)
    work.poke()
    return { token }
  }

  async function duplicateOf({ project, url }: UrlUploadOptions): Promise<FileRecord | undefined> {
    const id = await records.fetched.find(project, url)
    const file = id === undefined ? undefined : await records.files.get(id)
    return file?.state === 'ready' && file.project === project ? file : undefined
  }

  async function fetchOne(job: JobRecord, { signal: lost }: LeaseSignal): Promise<void> {
    const order = job.payload as unknown as DownloadPayload
    const signal = AbortSignal.any([lost, stopping.signal])
    running.set(job.id, { done: 0 })
    try {
      await bringIn(job, order, signal)
    } catch (thrown) {
      if (signal.aborted || !isFinal(thrown)) throw thrown
      await refuse(job, order, thrown)
    } finally {
      running.delete(job.id)
    }
    context.poke()
  }

  async function bringIn(job: JobRecord, { file: id, url, ...order }: DownloadPayload, signal: AbortSignal) {
    const progress = (done: number, total: number | undefined) =>
      running.set(job.id, { done, ...(total === undefined ? {} : { total }) })
    const naming = order.isNamed ? { name: order.name } : {}
    const hold = await resumeQuota(context, id)
    const taking = { maxBytes: context.maxBytes, within: hold.left, progress, signal }
    const received = await context.intake.fetch(url, { ...taking, ...naming })
    try {
      const { type, bytes, name } = received
      await hold.take(bytes)
      const facts = await keep(context, id, received)
      await records.transaction(async (t) => {
        const file = await arrive(context, t, {
          id,
          type,
          bytes,
          name: order.isNamed ? order.name : name,
          facts,
        })
        if (order.remember) await t.fetched.remember({ project: file.project, url, file: id })
        // Nothing of this holds when another worker has the job by now: it brings the file in itself.
        if (!(await t.jobs.finish(job, now()))) throw new Failure('abandoned', 'The lease was lost.')
      })
    } finally {
      await received.discard()
    }
  }

  async function refuse(
    job: JobRecord,
    { file }: DownloadPayload,
    { kind, message }: Failure,
  ): Promise<void> {
    // When the lease was lost another worker is at it, and may fare better.
    if (await records.jobs.giveUp(job, JSON.stringify({ kind, message }), now())) await giveUp(context, file)
  }

  async function progress(token: string, project?: string): Promise<DownloadProgress | undefined> {
    const job = await records.jobs.get(token)
    if (job?.queue !== queue || (project !== undefined && job.project !== project)) return undefined
    if (job.state === 'dead') return { state: 'error', failure: reasonOf(job) }
    if (job.state === 'waiting') return { state: 'waiting' }
    if (job.state === 'running') return { state: 'progress', ...(running.get(token) ?? { done: 0 }) }
    const file = await records.files.get((job.payload as unknown as DownloadPayload).file)
    return file?.state === 'ready' ? { state: 'success', file } : { state: 'error', failure: gone }
  }

  return {
    fromUrl,
    progress,
    stop: async () => {
      const timer = setTimeout(() => stopping.abort(), graceMs)
      await work.stop()
      clearTimeout(timer)
    },
  }
}

const gone = { kind: 'not-found', message: 'The file has been removed.' }

/** What the source said ends it; what failed on our side, or for want of room, is tried again. */
function isFinal(thrown: unknown): thrown is Failure {
  return (
    thrown instanceof Failure &&
    !['busy', 'disk-full', 'records-unavailable', 'internal', 'abandoned', 'upstream-failed'].includes(
      thrown.kind,
    )
  )
}

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
