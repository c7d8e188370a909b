// Where things lie in a disk store's folder: <dir>/aa/bb/cc/<rest of the hash>, and temporary files in <dir>/tmp.
import { createHash } from 'node:crypto'
import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isProcessGone, nameProcess } from '../work/process-name.ts'

export interface Place {
  /** The name of the first level: the unit in which the store is counted. */
  readonly branch: string
  readonly folder: string
  readonly path: string
}

export function placeOf(dir: string, key: string): Place {
  const hash = createHash('sha256').update(key).digest('hex')
  const branch = hash.slice(0, 2)
  const folder = join(dir, branch, hash.slice(2, 4), hash.slice(4, 6))
  return { branch, folder, path: join(folder, hash.slice(6)) }
}

export const temporaryFolder = (dir: string): string => join(dir, 'tmp')

const own = nameProcess()
let made = 0

export const temporaryPath = (dir: string): string => join(temporaryFolder(dir), `${own}.${made++}`)

/** Removes what processes left behind that died while writing. */
export async function removeLeftovers(dir: string): Promise<void> {
  for (const name of await namesIn(temporaryFolder(dir))) {
    const path = join(temporaryFolder(dir), name)
    if (await isLeftover(name, path)) await rm(path, { force: true }).catch(() => {})
  }
}

/** No write takes an hour: past that, the name is none of ours, or its process forgot it. */
const longestWriteMs = 3_600_000

async function isLeftover(name: string, path: string): Promise<boolean> {
  const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }))
  const untouchedMs = Date.now() - mtimeMs
  return isProcessGone(name, untouchedMs) || untouchedMs > longestWriteMs
}

/** The names in a folder; none when it cannot be read. */
export const namesIn = (folder: string): Promise<string[]> => readdir(folder).catch(() => [])

/** Only the two-character folders: `tmp` and the summary are not entries. */
export async function levelsIn(folder: string): Promise<string[]> {
  return (await namesIn(folder)).filter((name) => /^[0-9a-f]{2}$/.test(name))
}

export interface Found {
  readonly path: string
  readonly fileBytes: number
  readonly usedAt: number
}

/** The entries under a second level; a busy cache changes meanwhile, so what is gone is skipped. */
export async function entriesIn(second: string): Promise<Found[]> {
  const found: Found[] = []
  for (const third of await levelsIn(second)) {
    for (const name of await namesIn(join(second, third))) {
      const path = join(second, third, name)
      const about = await stat(path).catch(() => undefined)
      if (about) found.push({ path, fileBytes: about.size, usedAt: about.mtimeMs })
    }
  }
  return found
}
