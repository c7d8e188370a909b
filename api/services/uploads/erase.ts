// Erases the bytes of removed files and all that was made from them: at once, and where that fails by a job that was
// promised when the row was removed.
import { createQueueWorker, type FileRecord, type QueueWorker } from '../../../records/index.ts'
import { uploadKey } from '../../../storage/index.ts'
import type { UploadsContext } from './context.ts'

const eraseQueue = 'erase'
/** A file has one, under its own identifier. The delay lets the caller erase the bytes at once, who then withdraws it. */
export const erasureJob = (id: string) => ({
  id,
  queue: eraseQueue,
  payload: { file: id },
  delayMs: 30_000,
})

/** Called before a removal is acknowledged. What fails here is done by the job. */
export async function eraseNow(
  context: UploadsContext,
  files: readonly Pick<FileRecord, 'id'>[],
): Promise<void> {
  const ids = files.map(({ id }) => id)
  try {
    await erase(context, ids)
    await context.records.jobs.withdraw(ids, context.now())
  } catch (error) {
    context.log.warn({ error: String(error) }, 'files are erased later')
  }
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
