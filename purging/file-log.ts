// The log of a process that keeps entries on disk: a file with a line for each purge, synced before it is acknowledged.
import { type FileHandle, open, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type Bounds, createKeptPurges, type KeptPurges, usualBounds } from './kept.ts'
import type { PurgeLog } from './log.ts'
import type { LogOptions } from './memory-log.ts'
import { type LoggedPurge, purgeIn } from './purge.ts'

export interface FileLogOptions extends LogOptions {
  /** Its folder is there. One process writes it. */
  readonly path: string
}

/** Rejects when there is a file that cannot be read. */
export async function openFileLog({ path, now = Date.now, ...bounds }: FileLogOptions): Promise<PurgeLog> {
  const kept = await keptIn(path, bounds, now())
  const followers: ((purge: LoggedPurge) => void)[] = []
  const mostLines = 2 * (bounds.most ?? usualBounds.most)
  // Written anew before the first line, so that nothing is ever appended to half a line.
  let file: FileHandle | undefined
  let lines = 0
  let last: Promise<unknown> = Promise.resolve()

  async function write(logged: readonly LoggedPurge[]): Promise<void> {
    const isLong = lines + logged.length > mostLines
    if (file === undefined || isLong) {
      await file?.close()
      file = undefined
      file = await rewritten(path, kept)
      lines = kept.since(0).length
    }
    try {
      await file.appendFile(logged.map(lineOf).join(''))
      await file.datasync()
    } catch (thrown) {
      // How much of it was written is not known.
      await file.close().catch(() => {})
      file = undefined
      throw thrown
    }
    lines += logged.length
  }

  async function append(purges: Parameters<PurgeLog['append']>[0]): Promise<readonly LoggedPurge[]> {
    const logged = kept.numbered(purges, now())
    await write(logged)
    for (const purge of logged) {
      kept.add(purge)
      for (const told of followers) told(purge)
    }
    return logged
  }

  return {
    append(purges) {
      const appended = last.then(() => append(purges))
      last = appended.catch(() => {})
      return appended
    },
    since: async (position) => kept.since(position),
    follow: (told) => void followers.push(told),
    async close() {
      await last
      await file?.close()
    },
  }
}

const lineOf = (purge: LoggedPurge): string => `${JSON.stringify(purge)}\n`

async function keptIn(path: string, bounds: Bounds, now: number): Promise<KeptPurges> {
  const kept = createKeptPurges(bounds)
  const written = await readFile(path, 'utf8').catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code === 'ENOENT') return ''
    throw thrown
  })
  // Behind the last line break stands what a crash cut off, which nobody was told of.
  const purges = written.split('\n').slice(0, -1).map(loggedIn)
  for (const purge of purges) if (purge) kept.add(purge)
  // What a damaged line said is not known, so it may have been about anything.
  const everything = { target: { kind: 'everything' }, isSoft: false } as const
  if (purges.includes(undefined)) for (const purge of kept.numbered([everything], now)) kept.add(purge)
  return kept
}

function loggedIn(line: string): LoggedPurge | undefined {
  try {
    const written = JSON.parse(line)
    const purge = purgeIn(written)
    return purge && Number.isSafeInteger(written.position)
      ? { ...purge, position: written.position }
      : undefined
  } catch {
    return undefined
  }
}

const linesAtOnce = 500

/** The whole log in a new file, in the place of the old one when it is on the disk. */
async function rewritten(path: string, kept: KeptPurges): Promise<FileHandle> {
  const purges = kept.since(0)
  const file = await open(`${path}.new`, 'w')
  try {
    for (let at = 0; at < purges.length; at += linesAtOnce)
      await file.appendFile(
        purges
          .slice(at, at + linesAtOnce)
          .map(lineOf)
          .join(''),
      )
    await file.sync()
    await rename(`${path}.new`, path)
    await using folder = await open(dirname(path))
    await folder.sync()
    return file
  } catch (thrown) {
    await file.close()
    throw thrown
  }
}
