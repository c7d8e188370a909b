// An entry kept in the file of a body that lies elsewhere already: its label goes behind the others (disk-format.ts), and
// the file gets a second name in this store's folder.
import { constants } from 'node:fs'
import { link, open, rename, rm, stat } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import { type BodyFile, isSameFile } from '../work/body-files.ts'
import { encodeLabel, mostLabels } from './disk-format.ts'
import type { Entry } from './entry.ts'

export interface LinkPlace {
  readonly path: string
  readonly temporary: string
  readonly makeFolder: () => Promise<unknown>
}

/**
 * Gives the size of the file that was there before. Throws where the body's file is gone or full of labels, and on a
 * file system without links: then the body is written anew.
 */
export async function linkEntry(file: BodyFile, entry: Entry, place: LinkPlace): Promise<number | undefined> {
  if (file.labels >= mostLabels) throw new RangeError('the file has all the labels that one may have')
  file.labels++
  file.checksum ??= crc32(entry.body)
  await append(file, encodeLabel(entry, file.checksum))
  try {
    await withFolder(place, () => link(file.path, place.path))
    return undefined
  } catch (thrown) {
    if (codeOf(thrown) !== 'EEXIST') throw thrown
    return replace(file, place)
  }
}

/** The system itself finds the end (O_APPEND), so two that do this at once do not meet. */
async function append(file: BodyFile, label: Buffer): Promise<void> {
  await using handle = await open(file.path, constants.O_WRONLY | constants.O_APPEND)
  if (!isSameFile(file, await handle.stat({ bigint: true })))
    throw new RangeError('another file lies there now')
  await handle.write(label)
  const from = file.bytes
  file.bytes += label.length
  for (const tell of file.grown) tell(from, file.bytes)
}

/** What was there gives way at once, to a second name that is moved there. */
async function replace(
  { path: from }: BodyFile,
  { path, temporary }: LinkPlace,
): Promise<number | undefined> {
  await link(from, temporary)
  try {
    const { size } = await stat(path)
    await rename(temporary, path)
    return size
  } finally {
    // Two names of one file stay where they are (rename(2)): the label alone was new.
    await rm(temporary, { force: true })
  }
}

/** Folders are there but for the first entries, so nobody looks beforehand. */
export async function withFolder<T>(
  { makeFolder }: Pick<LinkPlace, 'makeFolder'>,
  move: () => Promise<T>,
): Promise<T> {
  // Eviction removes empty folders, perhaps between our making one and moving in: hence more than one try.
  for (let tries = 1; ; tries++) {
    try {
      return await move()
    } catch (thrown) {
      if (codeOf(thrown) !== 'ENOENT' || tries === 3) throw thrown
      await makeFolder()
    }
  }
}

export const codeOf = (thrown: unknown): string | undefined => (thrown as NodeJS.ErrnoException).code
