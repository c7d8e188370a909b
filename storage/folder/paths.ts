// Where things lie in a folder of files: files/<key>, parts/<upload>/<number>, and what is being written in tmp.
import { mkdir, open, readdir, rm, rmdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { isProcessGone, nameProcess } from '../../work/process-name.ts'
import { checkKey } from '../key.ts'
import { noUpload } from '../multipart.ts'

export const filesFolder = (dir: string): string => join(dir, 'files')
export const temporaryFolder = (dir: string): string => join(dir, 'tmp')
export const trashFolder = (dir: string): string => join(dir, 'trash')
export const partsFolder = (dir: string): string => join(dir, 'parts')

/** A checked key has no way up, so the path stays below the folder. */
export const pathOf = (dir: string, key: string): string => join(filesFolder(dir), checkKey(key))

export const partPath = (dir: string, upload: string, number: number): string =>
  join(uploadFolder(dir, upload), String(number))

export function uploadFolder(dir: string, upload: string): string {
  if (/^[0-9a-f-]{36}$/.test(upload)) return join(partsFolder(dir), upload)
  throw noUpload()
}

const own = nameProcess()
let made = 0

export const temporaryPath = (dir: string): string => join(temporaryFolder(dir), `${own}.${made++}`)

/** The names in a folder survive a power loss only when the folder itself was synced. */
export async function syncFolder(folder: string): Promise<void> {
  await using handle = await open(folder, 'r')
  await handle.sync()
}

export async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
}

/** From the folder up to `top`: another put may have made one of them and not have synced it yet. */
export async function syncUpTo(top: string, folder: string): Promise<void> {
  for (let at = folder; at.length >= top.length; at = dirname(at)) await syncFolder(at)
}

/** A file that is still written is touched more often than this. */
const longestWriteMs = 86_400_000
/** An upload nobody finished; longer than any client waits between two parts. */
const longestUploadMs = 7 * 86_400_000

/** Removes the files of processes that died while writing, and uploads that nobody will finish. */
export async function removeLeftovers(dir: string, now: number): Promise<void> {
  for (const name of await namesIn(temporaryFolder(dir))) {
    const path = join(temporaryFolder(dir), name)
    if (isLeftover(name, await untouchedMs(path, now))) await rm(path, { force: true }).catch(() => {})
  }
  for (const name of await namesIn(partsFolder(dir))) {
    const folder = join(partsFolder(dir), name)
    if ((await untouchedMs(folder, now)) > longestUploadMs)
      await rm(folder, { recursive: true, force: true }).catch(() => {})
  }
}

/** Of another container on the same folder we cannot see whether it lives, only that it writes. */
const isLeftover = (name: string, untouchedMs: number): boolean =>
  isProcessGone(name, untouchedMs) || untouchedMs > longestWriteMs

/** None when it is gone meanwhile. */
const untouchedMs = async (path: string, now: number): Promise<number> =>
  now - (await stat(path).catch(() => ({ mtimeMs: now }))).mtimeMs

/** Removes the folder and those above it, up to `top`, as far as they are empty. */
export async function removeEmpty(top: string, folder: string): Promise<void> {
  // Stops at the first folder that is not empty; that is the normal end, and no fault.
  try {
    for (let at = folder; at.length > top.length; at = dirname(at)) await rmdir(at)
  } catch {}
}

/** The names in a folder; none when it cannot be read. */
export const namesIn = (folder: string): Promise<string[]> => readdir(folder).catch(() => [])

export const codeOf = (thrown: unknown): string | undefined => (thrown as NodeJS.ErrnoException).code
