// A folder as a bucket, the default: an acknowledged file survives kill -9 and power loss, and none is ever half there.
import { closeSync, fsyncSync, mkdirSync, openSync } from 'node:fs'
import { unlink } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { diskFull, Failure, isDiskFull } from '../../errors.ts'
import type {
  Bucket,
  FileFacts,
  GetOptions,
  ListedFile,
  ListPage,
  PutOptions,
  PutResult,
  StorageBody,
  StoredFile,
} from '../bucket.ts'
import { checkPrefix } from '../key.ts'
import { checkMetadata } from '../metadata.ts'
import { abandoned, dismiss, isAbort, verifyBody } from '../verified-body.ts'
import { copyTo, openFile, settle, writeTemporary } from './file-format.ts'
import { keysIn } from './list.ts'
import { createFolderParts } from './multipart.ts'
import {
  codeOf,
  filesFolder,
  partsFolder,
  pathOf,
  removeEmpty,
  removeLeftovers,
  temporaryFolder,
  trashFolder,
} from './paths.ts'
import { sweepFolder } from './removal.ts'

export interface FolderOptions {
  readonly dir: string
  readonly now?: () => number
  /** Files in a page of a listing. */
  readonly pageSize?: number
}

/** Several processes may share a folder. */
export function createFolderBucket(options: FolderOptions): Bucket {
  const { now = Date.now, pageSize = 1000 } = options
  const dir = resolve(options.dir)
  makeFolders(dir)
  const cleaning = removeLeftovers(dir, now()).catch(() => {})
  const parts = createFolderParts(dir)
  return {
    put: (key, body, options) => failing(() => put(dir, { key, body, options }), body),
    get: (key, options) => failing(() => get(pathOf(dir, key), options)),
    stat: (key) => failing(() => stat(pathOf(dir, key))),
    delete: (keys) => failing(() => removeAll(dir, keys)),
    list: (prefix, after) => failing(() => list({ dir, pageSize }, checkPrefix(prefix), after)),
    copy: (from, to) => failing(() => copyTo(dir, pathOf(dir, from), pathOf(dir, to))),
    startParts: (key, options) => failing(() => parts.startParts(key, options)),
    putPart: (upload, number, body, options) =>
      failing(() => parts.putPart(upload, number, body, options), body),
    listParts: (upload) => failing(() => parts.listParts(upload)),
    finishParts: (upload, count, bytes) => failing(() => parts.finishParts(upload, count, bytes)),
    abortParts: (upload) => failing(() => parts.abortParts(upload)),
    sweep: (asked) => failing(() => sweepFolder(dir, asked)),
    async close() {
      await cleaning
    },
  }
}

/** Before the first put is acknowledged: a folder must survive a power loss before a file in it can. */
function makeFolders(dir: string): void {
  const firstMade = mkdirSync(dir, { recursive: true })
  for (const make of [filesFolder, partsFolder, temporaryFolder, trashFolder])
    mkdirSync(make(dir), { recursive: true })
  const top = firstMade === undefined ? dir : dirname(firstMade)
  for (let at = dir; at.length >= top.length; at = dirname(at)) {
    const opened = openSync(at, 'r')
    fsyncSync(opened)
    closeSync(opened)
    if (at === dirname(at)) return
  }
}

/** Faults of the disk as failures; what a caller's own stream failed with is the caller's and stays as it is. */
async function failing<T>(work: () => Promise<T>, body?: StorageBody): Promise<T> {
  try {
    return await work()
  } catch (thrown) {
    if (body) dismiss(body)
    const code = codeOf(thrown)
    if (isAbort(thrown)) throw abandoned(thrown)
    if (isDiskFull(thrown)) throw diskFull(thrown)
    // A file where the key has a folder, or a folder where it has its file.
    if (code === 'ENOTDIR' || code === 'EISDIR' || code === 'EEXIST')
      throw new Failure('bad-option', 'The name of the file is in the way of another.', { cause: thrown })
    throw thrown
  }
}

interface Put {
  readonly key: string
  readonly body: StorageBody
  readonly options: PutOptions
}

async function put(dir: string, { key, body, options }: Put): Promise<PutResult | undefined> {
  const { type, ifAbsent, acl } = options
  const metadata = checkMetadata(options.metadata)
  const path = pathOf(dir, key)
  if (acl === 'public-read')
    throw new Failure('bad-option', 'A folder has no public files.', { option: 'acl' })
  if (ifAbsent && (await stat(path))) {
    dismiss(body)
    return undefined
  }
  let stored: PutResult = { bytes: 0, etag: '' }
  const temporary = await writeTemporary(dir, async (file) => {
    const measured = verifyBody(body, options)
    for await (const chunk of measured.chunks) await file.appendFile(chunk)
    stored = { bytes: measured.bytes(), etag: `"${measured.sha256().slice(0, 32)}"` }
    return { ...stored, type, metadata }
  })
  return (await settle({ dir, temporary, path, ifAbsent })) ? stored : undefined
}

async function get(path: string, { range, signal }: GetOptions = {}): Promise<StoredFile | undefined> {
  const file = await openFile(path)
  if (!file) return undefined
  try {
    signal?.throwIfAborted()
    const body = file.body(range)
    const stop = () => body.destroy(signal?.reason)
    signal?.addEventListener('abort', stop, { once: true })
    body.once('close', () => signal?.removeEventListener('abort', stop))
    return { ...file.facts, body }
  } catch (thrown) {
    await file.close()
    throw thrown
  }
}

async function stat(path: string): Promise<FileFacts | undefined> {
  const file = await openFile(path)
  await file?.close()
  return file?.facts
}

/** Not synced: a file that comes back after a power loss is removed again by the next attempt. */
async function removeAll(dir: string, keys: readonly string[]): Promise<void> {
  for (const path of keys.map((key) => pathOf(dir, key))) {
    await unlink(path).catch((thrown: unknown) => {
      if (!['ENOENT', 'ENOTDIR', 'EISDIR'].includes(codeOf(thrown) ?? '')) throw thrown
    })
    await removeEmpty(filesFolder(dir), dirname(path))
  }
}

interface ListOptions {
  readonly dir: string
  readonly pageSize: number
}

async function list({ dir, pageSize }: ListOptions, prefix: string, after?: string): Promise<ListPage> {
  const files: ListedFile[] = []
  for await (const key of keysIn(filesFolder(dir), prefix, after)) {
    if (files.length === pageSize) return { files, after: files.at(-1)?.key ?? '' }
    const facts = await stat(pathOf(dir, key))
    if (facts) files.push({ key, bytes: facts.bytes, modifiedAt: facts.modifiedAt })
  }
  return { files }
}
