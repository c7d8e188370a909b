// One download of a file from an address: fetched, kept, and its job ended in the transaction that says so.
import { Failure } from '../../../errors.ts'
import type { JobRecord } from '../../../records/index.ts'
import type { UploadsContext } from './context.ts'
import { keep } from './direct-upload.ts'
import { arrive, giveUp, resumeQuota } from './lifecycle.ts'

/** The payload of a job in the queue of downloads. */
export type DownloadPayload = {
  readonly file: string
  readonly url: string
  readonly isNamed: boolean
  readonly name: string
  readonly remember: boolean
}

/** How far the downloads of this process are, in bytes, by token. */
export type RunningDownloads = Map<string, { done: number; total?: number }>

interface Download {
  readonly job: JobRecord
  readonly running: RunningDownloads
  /** Aborts when the lease was lost, or this process ends. */
  readonly signal: AbortSignal
}

export async function carryOutDownload(context: UploadsContext, download: Download): Promise<void> {
  const { job, running, signal } = download
  running.set(job.id, { done: 0 })
  try {
    await bringIn(context, download)
  } catch (thrown) {
    if (signal.aborted || !isFinal(thrown)) throw thrown
    await refuse(context, job, thrown)
  } finally {
    running.delete(job.id)
  }
  context.poke()
}

async function bringIn(context: UploadsContext, { job, running, signal }: Download): Promise<void> {
  const { file: id, url, ...order } = payloadOf(job)
  const progress = (done: number, total: number | undefined) =>
    running.set(job.id, { done, ...(total === undefined ? {} : { total }) })
  const naming = order.isNamed ? { name: order.name } : {}
  const hold = await resumeQuota(context, id)
  const taking = { maxBytes: context.maxBytes, within: hold.left, progress, signal }
  const received = await context.intake.fetch(url, { ...taking, ...naming })
  try {
    const { type, bytes } = received
    const name = order.isNamed ? order.name : received.name
    await hold.take(bytes)
    const facts = await keep(context, id, received)
    await context.records.transaction(async (t) => {
      const file = await arrive(context, t, { id, type, bytes, name, facts })
      if (order.remember) await t.fetched.remember({ project: file.project, url, file: id })
      // Nothing of this holds when another worker has the job by now: it brings the file in itself.
      if (!(await t.jobs.finish(job, context.now()))) throw new Failure('abandoned', 'The lease was lost.')
    })
  } finally {
    await received.discard()
  }
}

async function refuse(context: UploadsContext, job: JobRecord, { kind, message }: Failure): Promise<void> {
  const error = JSON.stringify({ kind, message })
  // When the lease was lost another worker is at it, and may fare better.
  if (await context.records.jobs.giveUp(job, error, context.now())) await giveUp(context, payloadOf(job).file)
}

const payloadOf = ({ payload }: JobRecord): DownloadPayload => payload as unknown as DownloadPayload

/** What the source said ends it; what failed on our side, or for want of room, is tried again. */
function isFinal(thrown: unknown): thrown is Failure {
  return (
    thrown instanceof Failure &&
    !['busy', 'disk-full', 'records-unavailable', 'internal', 'abandoned', 'upstream-failed'].includes(
      thrown.kind,
    )
  )
}
