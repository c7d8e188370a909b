// Removes uploads that were never stored when their day is over, and what is left of those that never came.
import type { FileRecord } from '../../../records/index.ts'
import { removeOne } from './changes.ts'
import type { Kit } from './context.ts'
import { eraseNow } from './erase.ts'
import { giveUp } from './lifecycle.ts'
import { planOf } from './multipart.ts'

const atOnce = 100

/** How many there were. Several processes may sweep at once: each file goes once. */
export async function sweepUnstored(kit: Kit, before: number): Promise<number> {
  let swept = 0
  for (;;) {
    const due = await kit.records.files.findUnstored({ before, limit: atOnce })
    let isGoingOn = false
    for (const file of due) {
      const isGone = await (file.state === 'uploading' ? dropComing(kit, file) : dropUnstored(kit, file))
      if (isGone) swept++
      isGoingOn ||= isGone
    }
    // None went though some are due: they are being stored, or the storage fails. The next sweep sees.
    if (due.length < atOnce || !isGoingOn) return swept
  }
}

async function dropComing(kit: Kit, file: FileRecord): Promise<boolean> {
  const plan = planOf(file)
  try {
    if (plan) await kit.bucket.abortParts(plan.bucket)
  } catch (error) {
    kit.log.warn({ file: file.id, error: String(error) }, 'the parts of an upload could not be removed')
    return false
  }
  return giveUp(kit, file.id)
}

async function dropUnstored(kit: Kit, { id }: FileRecord): Promise<boolean> {
  const removed = await kit.records.transaction(async (t) => {
    const file = await t.files.hold(id)
    // It may have been stored since it was found.
    if (file?.state !== 'ready' || file.stored !== null) return undefined
    const done = await removeOne(kit, t, file)
    await kit.tell(t, file.project, [{ event: 'file.deleted', file: done.file, isBySystem: true }])
    return done.file
  })
  if (!removed) return false
  await eraseNow(kit, [removed])
  kit.poke()
  return true
}
