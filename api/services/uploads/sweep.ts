// Removes uploads that were not stored within a day, and the remains of uploads that never completed.
import type { FileRecord } from '../../../records/index.ts'
import { removeOne } from './changes.ts'
import type { UploadsContext } from './context.ts'
import { eraseNow } from './erase.ts'
import { giveUp } from './lifecycle.ts'
import { planOf } from './multipart.ts'

const atOnce = 100

/** How many there were. Several processes may sweep at once: each file goes once. */
export async function sweepUnstored(context: UploadsContext, before: number): Promise<number> {
  let swept = 0
  for (;;) {
    const due = await context.records.files.findUnstored({ before, limit: atOnce })
    let isGoingOn = false
    for (const file of due) {
      const isGone = await (file.state === 'uploading'
        ? dropComing(context, file)
        : dropUnstored(context, file))
      if (isGone) swept++
      isGoingOn ||= isGone
    }
    // None went though some are due: they are being stored, or the storage fails. The next sweep sees.
    if (due.length < atOnce || !isGoingOn) return swept
  }
}

async function dropComing(context: UploadsContext, file: FileRecord): Promise<boolean> {
  const plan = planOf(file)
  try {
    if (plan) await context.bucket.abortParts(plan.bucket)
  } catch (error) {
    context.log.warn({ file: file.id, error: String(error) }, 'the parts of an upload could not be removed')
    return false
  }
  return giveUp(context, file.id)
}

async function dropUnstored(context: UploadsContext, { id }: FileRecord): Promise<boolean> {
  const removed = await context.records.transaction(async (t) => {
    const file = await t.files.hold(id)
    // It may have been stored since it was found.
    if (file?.state !== 'ready' || file.stored !== null) return undefined
    const done = await removeOne(context, t, file)
    await context.announce(t, file.project, [{ event: 'file.deleted', file: done.file, isBySystem: true }])
    return done.file
  })
  if (!removed) return false
  await eraseNow(context, [removed])
  context.poke()
  return true
}
