// A change of a webhook, by whichever face: a project has each event and address once.
import type { HookRecord, NewHook, Records } from '../../../records/index.ts'

type HookFields = Partial<Omit<NewHook, 'project'>>

/** Undefined when it is gone. */
export async function changeHook(
  records: Records,
  id: number,
  change: HookFields,
  now: number,
): Promise<HookRecord | 'taken' | undefined> {
  try {
    return await records.hooks.change(id, change, now)
  } catch (thrown) {
    // Asked only now: before, somebody else could still have come between the question and the change.
    if (await isTaken(records, id, change)) return 'taken'
    throw thrown
  }
}

/** In a transaction, which sees also what has been written and is not on the disk yet. */
const isTaken = (records: Records, id: number, change: HookFields): Promise<boolean> =>
  records.transaction(async ({ hooks }) => {
    const hook = await hooks.get(id)
    if (!hook) return false
    const { event, targetUrl } = { ...hook, ...change }
    const all = await hooks.find(hook.project)
    return all.some((one) => one.id !== id && one.event === event && one.targetUrl === targetUrl)
  })
