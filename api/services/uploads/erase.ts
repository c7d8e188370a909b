// How the bytes of a file go, and all that was made from them: at once where that is possible, and else by a job that was
// promised with its row's end.
import { createQueueWorker, type FileRecord, type QueueWorker } from '../../../records/index.ts'
import { uploadKey } from '../../../storage/index.ts'
import type { UploadsContext } from './context.ts'

const eraseQueue = 'erase'
/** Time enough for whoever removed it to erase it at once; then the job finds nothing to do. */
export const erasureJob = (id: string) => ({ queue: eraseQueue, payload: { file: id }, delayMs: 30_000 })

/** Before a removal is acknowledged; what fails here the job does later. */
export async function eraseNow(context: UploadsContext, files: readonly Pick<FileRecord, 'id'>[]): Promise<void> {
  await erase(
    context,
    files.map(({ id }) => id),
  ).catch((error: unknown) => context.log.warn({ error: String(error) }, 'files are erased later'))
}

/** Purged last: what is read meanwhile is the file that was there. */
async function erase({ bucket, purge }: UploadsContext, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  await bucket.delete(ids.map(uploadKey))
  await purge(ids)
}

export function createEraser(context: UploadsContext): QueueWorker {
  const { records, now, log } = context
  const work = createQueueWorker({
    records,
    queue: eraseQueue,
    most: 4,
    leaseMs: 60_000,
    now,
    run: async (job) => {
      await erase(context, [String(job.payload.file)])
      await records.jobs.finish(job, now())
    },
    onError: (error) => log.error({ error: String(error) }, 'a removed file could not be erased'),
  })
  work.poke()
  return work
}
