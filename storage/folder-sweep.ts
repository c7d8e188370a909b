// Removal of whole folders from a folder of files: out of sight at once by a rename, then from the disk bit by bit.
//
// The bits are removed by threads of their own. The few threads that all file operations of the process share stay
// free for reads, and the thread that answers requests does not carry the weight of a million small calls.
import { randomUUID } from 'node:crypto'
import { mkdir, rename, rmdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import type { Sweep, Swept } from './bucket.ts'
import { codeOf, filesFolder, namesIn, removeEmpty, trashFolder } from './folder-places.ts'
import { checkedPrefix } from './key.ts'

/** Old folders are on the disk and not in memory, so each removal waits for reads: four at once wait together. */
const removersAtOnce = 4
/** A rest after each bit, as a share of the time it took: the disk gets to what others asked of it. */
const restShare = 0.1

export async function sweepFolder(dir: string, sweep: Sweep): Promise<Swept> {
  await discard(dir, sweep)
  return empty(trashFolder(dir), sweep)
}

/** A reader that has a file open keeps it; from here on nobody finds it. */
async function discard(dir: string, { under, before }: Sweep): Promise<void> {
  const top = join(filesFolder(dir), checkedPrefix(under))
  for (const folder of await foldersBefore(top, before.split('/'))) {
    await mkdir(trashFolder(dir), { recursive: true })
    // Another process may have been faster.
    await rename(join(top, folder), join(trashFolder(dir), randomUUID())).catch(unlessGone)
    await removeEmpty(top, dirname(join(top, folder)))
  }
}

/** As deep as `before` is, so that what is discarded has one shape and comes in bits of one size. */
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

/** Whatever lies in the trash goes, also what a process left there that died. */
async function empty(trash: string, sweep: Sweep): Promise<Swept> {
  const folders = await namesIn(trash)
  if (folders.length === 0) return { isDone: true }
  const removers = Array.from({ length: removersAtOnce }, startRemover)
  try {
    const endsAt = performance.now() + sweep.maxMs
    const hasTime = () => performance.now() <= endsAt && !sweep.signal?.aborted
    for (const folder of folders) {
      const bits = (await namesIn(join(trash, folder))).map((bit) => join(trash, folder, bit))
      await Promise.all(removers.map((remover) => removeBits(remover, bits, hasTime)))
      if (bits.length > 0) return { isDone: false }
      await rmdir(join(trash, folder)).catch(unlessGone)
    }
    return { isDone: true }
  } finally {
    await Promise.all(removers.map((remover) => remover.end()))
  }
}

/** Takes from `bits` what it removes, until there are none or there is no time. */
async function removeBits(remover: Remover, bits: string[], hasTime: () => boolean): Promise<void> {
  while (bits.length > 0 && hasTime()) {
    const began = performance.now()
    await remover.remove(bits.pop() ?? '')
    await pause((performance.now() - began) * restShare)
  }
}

type Remover = ReturnType<typeof startRemover>

function startRemover() {
  const worker = new Worker(new URL('./folder-remover.ts', import.meta.url))
  worker.unref()
  return {
    remove: (path: string) =>
      new Promise<void>((resolve, reject) => {
        worker.ref()
        const settle = (fault?: Error) => {
          worker.off('message', onMessage).off('error', settle).unref()
          if (fault) reject(fault)
          else resolve()
        }
        const onMessage = (fault: Error | undefined) => settle(fault)
        worker.once('message', onMessage).once('error', settle)
        worker.postMessage(path)
      }),
    async end() {
      await worker.terminate()
    },
  }
}

function unlessGone(thrown: unknown): void {
  if (codeOf(thrown) !== 'ENOENT' && codeOf(thrown) !== 'ENOTEMPTY') throw thrown
}
