// The folder that arriving files are written to: one below `dir` for each process, named so that another process can
// tell whether its owner still lives.
import { randomBytes } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { diskFull, isDiskFull } from '../../errors.ts'
import type { Log } from '../../log.ts'
import { isProcessGone, nameProcess } from '../../work/process-name.ts'
import { type SpoolSpace, spoolFull } from './spool-space.ts'

export interface SpoolFile {
  readonly path: string
  write(chunk: Buffer): Promise<void>
  /** No more is written; the file stays. */
  close(): Promise<void>
  /** Closes and removes it; may be called twice. */
  discard(): Promise<void>
}

export interface Spool {
  create(): Promise<SpoolFile>
  sweep(): Promise<void>
  /** Removes this process's folder and all that is in it. */
  close(): Promise<void>
}

interface SpoolOptions {
  readonly dir: string
  readonly room: SpoolSpace
  readonly now: () => number
  readonly log: Log | undefined
}

/** How often a living process touches its folder, for those that cannot see it. */
const beatMs = 5 * 60_000

export function createSpool({ dir, room, now, log }: SpoolOptions): Spool {
  const own = join(dir, nameProcess())
  let isClosed = false

  async function openNew(): Promise<{ path: string; handle: FileHandle }> {
    const path = join(own, randomBytes(16).toString('hex'))
    const make = () => open(path, 'wx', 0o600)
    const handle = await make().catch(async (thrown: NodeJS.ErrnoException) => {
      if (thrown.code !== 'ENOENT' || isClosed) throw thrown
      await mkdir(own, { recursive: true, mode: 0o700 })
      return make()
    })
    return { path, handle }
  }

  async function sweep(): Promise<void> {
    for (const name of await readdir(dir).catch(() => []))
      if (join(dir, name) !== own && (await isGone(join(dir, name), name)))
        await rm(join(dir, name), { recursive: true, force: true }).catch((cause: unknown) =>
          log?.warn({ err: cause, folder: name }, 'a folder of the spool could not be removed'),
        )
  }

  async function isGone(folder: string, name: string): Promise<boolean> {
    const touched = await stat(folder).catch(() => undefined)
    return touched !== undefined && isProcessGone(name, now() - touched.mtimeMs)
  }

  const beat = setInterval(() => {
    const at = new Date(now())
    utimes(own, at, at).catch(() => {})
    sweep().catch(() => {})
  }, beatMs)
  beat.unref()

  return {
    async create() {
      const { path, handle } = await openNew().catch(translate)
      return spoolFile(path, handle, room)
    },
    sweep,
    async close() {
      isClosed = true
      clearInterval(beat)
      await rm(own, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}

function spoolFile(path: string, handle: FileHandle, room: SpoolSpace): SpoolFile {
  let taken = 0
  let closing: Promise<void> | undefined
  let discarding: Promise<void> | undefined
  const close = () => {
    closing ??= handle.close()
    return closing
  }
  return {
    path,
    async write(chunk) {
      room.take(chunk.length)
      taken += chunk.length
      // Writes whole or fails; `write` may write a part of it.
      await handle.appendFile(chunk).catch(translate)
    },
    close,
    discard() {
      discarding ??= close()
        .catch(() => {})
        .then(() => rm(path, { force: true }))
        .finally(() => room.give(taken))
      return discarding
    },
  }
}

/** What passes, and is not this client's fault. */
function translate(thrown: NodeJS.ErrnoException): never {
  if (isDiskFull(thrown)) throw diskFull(thrown)
  if (thrown.code === 'EMFILE') throw spoolFull(thrown)
  throw thrown
}
