// One stored file on disk: the body first, then a footer with what is known of it. One unit, in its place at once.
//
// A footer, not a header: length and checksum are known only when the body has passed, a range of the body is a range
// of the file, and a picture opened with another program still shows.
import { constants } from 'node:fs'
import { copyFile, type FileHandle, link, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Readable } from 'node:stream'
import { crc32 } from 'node:zlib'
import { Failure } from '../../errors.ts'
import type { FileFacts, FileRange } from '../bucket.ts'
import { resolveRange } from '../range.ts'
import { codeOf, filesFolder, makeFolder, syncUpTo, temporaryPath } from './paths.ts'

/** The last character is the version of the format. */
const magic = Buffer.from('HTF1')
const endBytes = 4 + 4 + magic.length
/** Read in one go: the footer, and a small file's body with it. */
const tailBytes = 64 * 1024

export type Footer = Omit<FileFacts, 'modifiedAt'>

export function encodeFooter(footer: Footer): Buffer {
  const json = Buffer.from(JSON.stringify(footer))
  const end = Buffer.alloc(endBytes)
  end.writeUInt32LE(json.length, 0)
  end.writeUInt32LE(crc32(json), 4)
  magic.copy(end, 8)
  return Buffer.concat([json, end])
}

function decodeFooter(tail: Buffer, fileBytes: number): Footer {
  const at = tail.length - endBytes
  if (at >= 0 && tail.subarray(at + 8).equals(magic)) {
    const json = tail.subarray(Math.max(0, at - tail.readUInt32LE(at)), at)
    if (crc32(json) === tail.readUInt32LE(at + 4)) {
      const footer = JSON.parse(json.toString()) as Footer
      if (footer.bytes + json.length + endBytes === fileBytes) return footer
    }
  }
  throw new Failure('internal', 'A stored file is damaged.')
}

/** Writes under a temporary name, synced; `fill` gives the footer once the body is written. */
export async function writeTemporary(
  dir: string,
  fill: (file: FileHandle) => Promise<Footer | undefined>,
): Promise<string> {
  const temporary = temporaryPath(dir)
  try {
    await using file = await open(temporary, 'wx')
    const footer = await fill(file)
    if (footer) await file.appendFile(encodeFooter(footer))
    await file.sync()
    return temporary
  } catch (thrown) {
    await rm(temporary, { force: true }).catch(() => {})
    throw thrown
  }
}

export interface Settling {
  readonly dir: string
  readonly temporary: string
  readonly path: string
  readonly ifAbsent?: boolean | undefined
}

/** Puts the file in its place at once and for good. False when it may not replace and the place is taken. */
export async function settle({ dir, temporary, path, ifAbsent }: Settling): Promise<boolean> {
  try {
    const isSettled = await moveTo(temporary, path, ifAbsent === true)
    if (isSettled) await syncUpTo(filesFolder(dir), dirname(path))
    return isSettled
  } finally {
    await rm(temporary, { force: true }).catch(() => {})
  }
}

/** Removal takes empty folders away, perhaps between our making one and moving in: hence more than one try. */
async function moveTo(temporary: string, path: string, ifAbsent: boolean): Promise<boolean> {
  for (let tries = 1; ; tries++) {
    try {
      await makeFolder(dirname(path))
      // A link never replaces, so of many at once one wins.
      await (ifAbsent ? link(temporary, path) : rename(temporary, path))
      return true
    } catch (thrown) {
      if (ifAbsent && codeOf(thrown) === 'EEXIST') return false
      if (codeOf(thrown) !== 'ENOENT' || tries === 5) throw thrown
    }
  }
}

export interface OpenedFile {
  readonly facts: FileFacts
  body(range: FileRange | undefined): Readable
  close(): Promise<void>
}

/** Undefined when there is no such file. */
export async function openFile(path: string): Promise<OpenedFile | undefined> {
  const file = await openQuietly(path).catch(absent)
  if (!file) return undefined
  try {
    const { size, mtimeMs } = await file.stat()
    const tail = Buffer.allocUnsafe(Math.min(size, tailBytes))
    await file.read(tail, 0, tail.length, size - tail.length)
    const facts: FileFacts = { ...decodeFooter(tail, size), modifiedAt: mtimeMs }
    return {
      facts,
      body: (range) => streamBody({ file, tail, facts, isWhole: size === tail.length }, range),
      close: () => file.close(),
    }
  } catch (thrown) {
    await file.close()
    // A folder opens like a file and fails at the first read.
    return absent(thrown)
  }
}

/**
 * Without a note of when it was read: the first read of each file would otherwise be a write, which waits behind all
 * other writes. Only the owner of a file may ask for that.
 */
async function openQuietly(path: string): Promise<FileHandle> {
  const quietly = constants.O_RDONLY | (constants.O_NOATIME ?? 0)
  return open(path, quietly).catch((thrown: unknown) => {
    if (codeOf(thrown) === 'EPERM') return open(path, 'r')
    throw thrown
  })
}

interface FileTail {
  readonly file: FileHandle
  readonly tail: Buffer
  readonly facts: FileFacts
  readonly isWhole: boolean
}

function streamBody({ file, tail, facts, isWhole }: FileTail, range: FileRange | undefined): Readable {
  const { from, to } = resolveRange(range, facts.bytes)
  if (!isWhole && to >= from)
    return file.createReadStream({ start: from, end: to, highWaterMark: 256 * 1024 })
  file.close().catch(() => {})
  return Readable.from(to < from ? [] : [tail.subarray(from, to + 1)], { objectMode: false })
}

export async function copyTo(dir: string, from: string, to: string): Promise<boolean> {
  const temporary = temporaryPath(dir)
  try {
    await copyFile(from, temporary)
    await using file = await open(temporary, 'r+')
    await file.sync()
  } catch (thrown) {
    await rm(temporary, { force: true }).catch(() => {})
    absent(thrown)
    return false
  }
  return settle({ dir, temporary, path: to })
}

function absent(thrown: unknown): undefined {
  if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes(codeOf(thrown) ?? '')) return undefined
  throw thrown
}
