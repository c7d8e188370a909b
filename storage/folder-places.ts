// Where things lie in a folder of files: files/<key>, parts/<upload>/<number>, and what is being written in tmp.
import { randomBytes } from 'node:crypto'
import { mkdir, open, readdir, rm, rmdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { checkedKey } from './key.ts'
import { noUpload } from './parts.ts'

export const filesFolder = (dir: string): string => join(dir, 'files')
export const temporaryFolder = (dir: string): string => join(dir, 'tmp')
export const trashFolder = (dir: string): string => join(dir, 'trash')
export const partsFolder = (dir: string): string => join(dir, 'parts')

/** A checked key has no way up, so the path stays below the folder. */
export const pathOf = (dir: string, key: string): string => join(filesFolder(dir), checkedKey(key))

export const partPath = (dir: string, upload: string, number: number): string =>
  join(uploadFolder(dir, upload), String(number))

export function uploadFolder(dir: string, upload: string): string {
  if (/^[0-9a-f-]{36}$/.test(upload)) return join(partsFolder(dir), upload)
  throw noUpload()
}

/** Names this life of this process; process numbers come again, in containers at every start. */
const life = randomBytes(4).toString('hex')
let made = 0

export const temporaryPath = (dir: string): string =>
  join(temporaryFolder(dir), `${process.pid}-${life}-${made++}`)

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

/** An upload nobody finished; longer than any client waits between two parts. */
const longestUploadMs = 7 * 86_400_000

/** Removes what processes left behind that died while writing, and uploads that nobody will finish. */
export async function removeLeftovers(dir: string, now: number): Promise<void> {
  for (const name of await namesIn(temporaryFolder(dir)))
    if (isLeftover(name)) await rm(join(temporaryFolder(dir), name), { force: true }).catch(() => {})
  for (const name of await namesIn(partsFolder(dir))) {
    const folder = join(partsFolder(dir), name)
    const { mtimeMs } = await stat(folder).catch(() => ({ mtimeMs: now }))
    if (now - mtimeMs > longestUploadMs) await rm(folder, { recursive: true, force: true }).catch(() => {})
  }
}

function isLeftover(name: string): boolean {
  const [pid, token] = name.split('-')
  if (token === life) return false
  return Number(pid) === process.pid || !isAlive(Number(pid))
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (thrown) {
    // EPERM: there is such a process, and it is somebody else's.
    return codeOf(thrown) === 'EPERM'
  }
}

/** Removes the folder and those above it, up to `top`, as far as they are empty. */
export async function removeEmpty(top: string, folder: string): Promise<void> {
  // It stops at the first folder that is not empty; that is how it ends, not a fault.
  try {
    for (let at = folder; at.length > top.length; at = dirname(at)) await rmdir(at)
  } catch {}
}

/** The names in a folder; none when it cannot be read. */
export const namesIn = (folder: string): Promise<string[]> => readdir(folder).catch(() => [])

export const codeOf = (thrown: unknown): string | undefined => (thrown as NodeJS.ErrnoException).code
