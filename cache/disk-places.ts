// Where things lie in a disk store's folder: <dir>/abc/<rest of the hash>, and temporary files in <dir>/tmp. One level of
// 4,096 folders: a new folder costs as much as a new file, so most entries must find theirs made already.
import { hash } from 'node:crypto'
import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isProcessGone, nameProcess } from '../work/process-name.ts'

export interface Place {
  /** The folder's name: the unit in which the store is counted. */
  readonly branch: string
  readonly folder: string
  readonly path: string
}

export function placeOf(dir: string, key: string): Place {
  const digest = hash('sha256', key)
  const branch = digest.slice(0, 3)
  const folder = join(dir, branch)
  return { branch, folder, path: join(folder, digest.slice(3)) }
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

/** Only the folders of entries: `tmp` and the summary are none. */
export async function branchesIn(dir: string): Promise<string[]> {
  return (await namesIn(dir)).filter((name) => /^[0-9a-f]{3}$/.test(name))
}

/** Three levels of folders, as they were made before there was one: nothing in them is found any more. */
export async function removeOldLevels(dir: string): Promise<void> {
  for (const name of await namesIn(dir)) {
    if (/^[0-9a-f]{2}$/.test(name))
      await rm(join(dir, name), { recursive: true, force: true }).catch(() => {})
  }
}

export interface Found {
  readonly path: string
  readonly fileBytes: number
  readonly usedAt: number
}

/** Of the entries in a branch those that are named; a busy cache changes meanwhile, so what is gone is skipped. */
export async function foundIn(branch: string, names: readonly string[]): Promise<Found[]> {
  const found: Found[] = []
  for (const name of names) {
    const path = join(branch, name)
    const about = await stat(path).catch(() => undefined)
    if (about) found.push({ path, fileBytes: about.size, usedAt: about.mtimeMs })
  }
  return found
}
