// Removal of whole folders from a folder of files: out of sight at once by a rename, then from the disk bit by bit.
//
// The bits are removed by threads of their own. The few threads that all file operations of the process share stay
// free for reads, and the thread that answers requests does not carry the weight of a million small calls.
import { randomUUID } from 'node:crypto'
import { mkdir, rename, rmdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Sweep, SweepResult } from '../bucket.ts'
import { checkPrefix } from '../key.ts'
import { codeOf, filesFolder, namesIn, removeEmpty, trashFolder } from './paths.ts'
import { type Remover, startRemover } from './removal-pool.ts'
import { createRemovalRate, type RemovalRate } from './removal-rate.ts'

/** Old folders are on the disk and not in memory, so each removal waits for reads: on a slow disk some wait together. */
const mostRemovers = 4

export async function sweepFolder(dir: string, sweep: Sweep): Promise<SweepResult> {
  await discard(dir, sweep)
  return empty(trashFolder(dir), sweep)
}

/** A reader that has a file open keeps it; from here on nobody finds it. */
async function discard(dir: string, { under, before }: Sweep): Promise<void> {
  const top = join(filesFolder(dir), checkPrefix(under))
  for (const folder of await foldersBefore(top, before.split('/'))) {
    await mkdir(trashFolder(dir), { recursive: true })
    // Another process may have been faster.
    await rename(join(top, folder), join(trashFolder(dir), `${Date.now()}-${randomUUID()}`)).catch(unlessGone)
    await removeEmpty(top, dirname(join(top, folder)))
  }
}

/**
 * As deep as `before` is, so that all discarded folders have one shape and are removed in pieces of one size.
 */
async function foldersBefore(top: string, [level = '', ...deeper]: readonly string[]): Promise<string[]> {
  const names = (await namesIn(top)).filter((name) => name < level || (name === level && deeper.length > 0))
  if (deeper.length === 0) return names
  const found = names.map(async (name) => {
    // Below an earlier folder all are earlier: nothing in it sorts behind this.
    const limit = name < level ? deeper.map(() => '~') : deeper
    return (await foldersBefore(join(top, name), limit)).map((below) => `${name}/${below}`)
  })
  return (await Promise.all(found)).flat()
}

/** Empties the trash, also of folders that a process left there when it died. */
async function empty(trash: string, { maxMs, signal }: Sweep): Promise<SweepResult> {
  const endsAt = performance.now() + maxMs
  const hasTime = () => performance.now() <= endsAt && !signal?.aborted
  const removers: Remover[] = []
  try {
    for (const folder of await namesIn(trash)) {
      const bits = (await namesIn(join(trash, folder))).map((bit) => join(trash, folder, bit))
      const pace = paceOf(join(trash, folder), bits.length)
      await removeBits({ bits, pace, hasTime, removers })
      if (bits.length > 0) return { isDone: false }
      paces.delete(join(trash, folder))
      await rmdir(join(trash, folder)).catch(unlessGone)
    }
    return { isDone: true }
  } finally {
    await Promise.all(removers.map((remover) => remover.end()))
  }
}

interface RemovalWork {
  /** Taken from, until there are none or there is no time. */
  readonly bits: string[]
  readonly pace: RemovalRate
  readonly hasTime: () => boolean
  /** Added to, as more are needed. */
  readonly removers: Remover[]
}

async function removeBits(work: RemovalWork, lane = 0): Promise<void> {
  const { bits, pace, hasTime, removers } = work
  let next: Promise<void> | undefined
  const faults: unknown[] = []
  while (bits.length > 0 && hasTime() && lane < pace.lanes(mostRemovers) && faults.length === 0) {
    removers[lane] ??= startRemover()
    const bit = bits.pop() ?? ''
    const some = await removers[lane].remove({ path: bit, perSecond: pace.perSecond() })
    pace.removed(some)
    if (some.left > 0) bits.push(bit)
    if (lane + 1 < pace.lanes(mostRemovers))
      next ??= removeBits(work, lane + 1)
        .catch((fault: unknown) => void faults.push(fault))
        .finally(() => {
          next = undefined
        })
  }
  await next
  if (faults.length > 0) throw faults[0]
}

/** Of folders that are removed in more than one go. */
const paces = new Map<string, RemovalRate>()

/** A folder's name says when it was put away. */
function paceOf(folder: string, bits: number): RemovalRate {
  const known = paces.get(folder)
  const pace =
    known ?? createRemovalRate({ since: Number.parseInt(basename(folder), 10), bits, now: Date.now })
  paces.set(folder, pace)
  return pace
}

function unlessGone(thrown: unknown): void {
  if (codeOf(thrown) !== 'ENOENT' && codeOf(thrown) !== 'ENOTEMPTY') throw thrown
}
