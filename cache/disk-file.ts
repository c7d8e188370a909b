// One entry's file: read, written by way of a temporary file, removed. Faults are thrown; the store decides.
import { mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { identityOf } from '../work/body-files.ts'
import { type LinkPlace, withFolder } from './disk-links.ts'
import { type Place, temporaryPath } from './disk-places.ts'

export interface FileOptions {
  readonly now: number
  /** No entry is larger; what is, was not written by us. */
  readonly maxBytes: number
}

/** When an entry was last used is written down at most this often: precise enough to evict by, and hits stay reads. */
const touchEveryMs = 3_600_000

export async function readFileAt({ path }: Place, { now, maxBytes }: FileOptions): Promise<Buffer> {
  await using file = await open(path, 'r')
  const { size, mtimeMs } = await file.stat()
  const bytes = Buffer.allocUnsafeSlow(Math.min(size, maxBytes))
  const { bytesRead } = await file.read(bytes, 0, bytes.length, 0)
  if (now - mtimeMs > touchEveryMs) await file.utimes(now / 1000, now / 1000)
  return bytes.subarray(0, bytesRead)
}

export interface Written {
  /** Size of the file that was there before. */
  readonly replaced: number | undefined
  readonly identity: string | undefined
}

/** Puts the whole file in its place at once. */
export async function writeFileAt(dir: string, place: Place, parts: readonly Buffer[]): Promise<Written> {
  const temporary = temporaryPath(dir)
  try {
    const identity = await writeParts(temporary, parts)
    const replaced = await fileBytesOf(place)
    await withFolder(folderOf(place), () => rename(temporary, place.path))
    return { replaced, identity }
  } catch (thrown) {
    await rm(temporary, { force: true }).catch(() => {})
    throw thrown
  }
}

/** In one trip to the disk; what a nearly full one did not take is tried again, and then says why. */
async function writeParts(path: string, parts: readonly Buffer[]): Promise<string | undefined> {
  await using file = await open(path, 'wx')
  const { bytesWritten } = await file.writev(parts)
  const whole = parts.reduce((bytes, part) => bytes + part.length, 0)
  if (bytesWritten < whole) await file.writeFile(Buffer.concat(parts).subarray(bytesWritten))
  return identityOf(await file.stat({ bigint: true }))
}

export const placeLink = (dir: string, place: Place): LinkPlace => ({
  path: place.path,
  temporary: temporaryPath(dir),
  ...folderOf(place),
})

/** Its parent was made with the store, or is gone with all that was in it. */
const folderOf = ({ folder }: Place): Pick<LinkPlace, 'makeFolder'> => ({
  makeFolder: () => mkdir(folder, { recursive: true }),
})

/** Gives the size of what was removed, and undefined when there was nothing. */
export async function removeFileAt(place: Place): Promise<number | undefined> {
  const fileBytes = await fileBytesOf(place)
  if (fileBytes !== undefined) await rm(place.path)
  return fileBytes
}

const fileBytesOf = ({ path }: Place): Promise<number | undefined> =>
  stat(path).then(
    ({ size }) => size,
    () => undefined,
  )
