// One entry's file: read, written by way of a temporary file, removed. Faults are thrown; the store decides.
import { mkdir, open, rename, rm, stat, writeFile } from 'node:fs/promises'
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

/** Puts the whole file in its place at once. Gives the size of the file that was there before. */
export async function writeFileAt(
  dir: string,
  place: Place,
  parts: readonly Buffer[],
): Promise<number | undefined> {
  const temporary = temporaryPath(dir)
  try {
    await writeFile(temporary, parts)
    const replaced = await fileBytesOf(place)
    await settle(temporary, place)
    return replaced
  } catch (thrown) {
    await rm(temporary, { force: true }).catch(() => {})
    throw thrown
  }
}

/** Gives the size of what was removed, and undefined when there was nothing. */
export async function removeFileAt(place: Place): Promise<number | undefined> {
  const fileBytes = await fileBytesOf(place)
  if (fileBytes !== undefined) await rm(place.path)
  return fileBytes
}

/** Eviction removes empty folders, perhaps between our making one and moving in: hence more than one try. */
async function settle(temporary: string, { folder, path }: Place): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await mkdir(folder, { recursive: true })
      return await rename(temporary, path)
    } catch (thrown) {
      if (codeOf(thrown) !== 'ENOENT' || tries === 3) throw thrown
    }
  }
}

const fileBytesOf = ({ path }: Place): Promise<number | undefined> =>
  stat(path).then(
    ({ size }) => size,
    () => undefined,
  )

export const codeOf = (thrown: unknown): string | undefined => (thrown as NodeJS.ErrnoException).code
