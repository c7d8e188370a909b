// Pictures from a folder of this machine: regular files below it, and nothing that a path or a link leads out to.
import { createHash } from 'node:crypto'
import type { BigIntStats } from 'node:fs'
import { constants, type FileHandle, lstat, open, realpath, stat } from 'node:fs/promises'
import { join, resolve, sep } from 'node:path'
import type { Readable } from 'node:stream'
import { Failure } from '../../errors.ts'
import { allocateBuffer } from '../../fetch/own-buffer.ts'
import type { ByteRange } from '../../tier.ts'
import { nameOf } from '../../transforms/index.ts'
import { assumedFor } from '../caching.ts'
import type { Loader, Source } from '../loader.ts'
import { createRecent, type Recent } from '../recent-sources.ts'

export interface FolderOptions {
  readonly dir: string
  /** Of one file. */
  readonly maxBytes: number
  /** A file says nothing of its future: how long it may be taken as unchanged. */
  readonly freshSeconds: number
  /** Bytes read lately, shared by all loaders of an origin. */
  readonly recent?: Recent
}

export function createFolderLoader(options: FolderOptions): Loader {
  const { maxBytes, freshSeconds, recent = createRecent({ maxBytes }) } = options
  const caching = assumedFor(freshSeconds)
  return {
    async load(path, _signal, wish = {}): Promise<Source> {
      const file = await locate(options.dir, nameIn(path))
      const stats = await stat(file, { bigint: true }).catch(refuse)
      if (!stats.isFile()) throw missing()
      const version = versionOf(file, stats)
      return {
        version,
        caching,
        lastModified: new Date(Number(stats.mtimeMs)).toUTCString(),
        file: { length: Number(stats.size), open: (range) => openVersion(file, version, range) },
        read: async (signal) => {
          if (stats.size > maxBytes) throw tooLarge(maxBytes)
          return recent.read({ ...wish, version }, signal, () => readVersion(file, version, maxBytes))
        },
      }
    },
  }
}

function nameIn(path: string): string {
  try {
    return nameOf(path)
  } catch {
    throw missing()
  }
}

/** The file's real place, with every link followed, if that is inside the folder's real place. */
async function locate(dir: string, path: string): Promise<string> {
  // A folder that is not there is a disk that is not mounted. That is a failure, so caches go on serving stale copies.
  const root = await realpath(dir).catch((cause: unknown) => {
    throw new Failure('source-failed', 'The folder of this source cannot be read.', { cause })
  })
  // `join` would fold these away before the file system sees them; a path that needs folding is nobody's picture.
  if (path.includes('\0') || path.split(/[/\\]/).some((part) => part === '..' || part === '.'))
    throw missing()
  const file = await realpath(join(resolve(root), path)).catch(() =>
    otherwiseWritten(root, path).catch(refuse),
  )
  if (!file.startsWith(root.endsWith(sep) ? root : root + sep)) throw missing()
  return file
}

/**
 * The same name in the other form of Unicode: one system stores what is typed, another takes accents apart (UAX 15), and
 * a folder that was copied may have both.
 */
async function otherwiseWritten(root: string, path: string): Promise<string> {
  if (path.normalize('NFC') === path.normalize('NFD')) return realpath(join(root, path))
  let place = root
  for (const segment of path.split('/')) place = await firstThere(place, segment)
  return realpath(place)
}

async function firstThere(dir: string, segment: string): Promise<string> {
  const forms = new Set([segment, segment.normalize('NFC'), segment.normalize('NFD')])
  for (const form of forms) {
    const found = await lstat(join(dir, form)).catch((thrown: NodeJS.ErrnoException) => {
      if (thrown.code !== 'ENOENT') throw thrown
    })
    if (found) return join(dir, form)
  }
  throw missing()
}

/**
 * The change time counts as well as the modification time: `cp -p` or `rsync --inplace` may leave the latter and the
 * size alone. The path is part of it because two file systems may number their inodes alike.
 */
function versionOf(file: string, { ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  const place = createHash('sha256').update(file).digest('base64url').slice(0, 16)
  return `file-${place}-${[ino, size, mtimeNs, ctimeNs].map((part) => part.toString(36)).join('-')}`
}

/** Undefined when the file is not, or does not stay, the version that was promised. */
async function readVersion(file: string, version: string, maxBytes: number): Promise<Uint8Array | undefined> {
  const handle = await openFile(file)
  try {
    const before = await handle.stat({ bigint: true })
    if (!before.isFile() || versionOf(file, before) !== version) return undefined
    const bytes = await readWhole(handle, Math.min(Number(before.size), maxBytes))
    const after = await handle.stat({ bigint: true })
    return bytes && versionOf(file, after) === version ? bytes : undefined
  } finally {
    await handle.close()
  }
}

/** A file that is written to while it is read ends in another version; its reader cannot know, as with any file. */
async function openVersion(file: string, version: string, range: ByteRange): Promise<Readable> {
  const handle = await openFile(file)
  try {
    const stats = await handle.stat({ bigint: true })
    if (!stats.isFile() || versionOf(file, stats) !== version) throw replacedFailure()
    // The stream closes the handle, also when it is destroyed.
    return handle.createReadStream(range)
  } catch (thrown) {
    await handle.close()
    throw thrown
  }
}

/** What was a file a moment ago may be a pipe or a link now: opening must neither wait nor follow. */
const openFile = (file: string): Promise<FileHandle> =>
  open(file, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW).catch(refuse)

async function readWhole(handle: FileHandle, length: number): Promise<Uint8Array | undefined> {
  const bytes = allocateBuffer(length)
  for (let at = 0; at < length; ) {
    const { bytesRead } = await handle.read(bytes, at, length - at, at)
    if (bytesRead === 0) return undefined
    at += bytesRead
  }
  return bytes
}

/** Error codes that mean "there is no such picture here". Every other code is a fault of our disk. */
const absent: ReadonlySet<string> = new Set([
  'ENOENT',
  'ENOTDIR',
  'EISDIR',
  'ELOOP',
  'ENAMETOOLONG',
  'ENXIO',
  'EINVAL',
  'ERR_INVALID_ARG_VALUE',
])

/** A mistake with the rights of a folder: the pictures are not gone, so caches may go on serving them. */
const closed: ReadonlySet<string> = new Set(['EACCES', 'EPERM'])

function refuse(thrown: unknown): never {
  if (thrown instanceof Failure) throw thrown
  if (closed.has((thrown as { code?: string }).code ?? '')) throw new Failure('source-refused', nothingHere)
  if (absent.has((thrown as { code?: string }).code ?? '')) throw missing()
  throw new Failure('source-failed', 'The file could not be read.', { cause: thrown })
}

const nothingHere = 'There is no picture at this path.'
const missing = () => new Failure('source-missing', nothingHere)

const replacedFailure = () => new Failure('source-failed', 'The source was replaced while it was read.')

const tooLarge = (maxBytes: number) =>
  new Failure('source-too-large', 'The source has more bytes than are read.', {
    expected: `at most ${maxBytes} bytes`,
  })
