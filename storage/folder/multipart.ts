// Large uploads in a folder: each part a file of its own, put together by copying, never held in memory.
import { randomUUID } from 'node:crypto'
import { open, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { PutResult, Upload } from '../bucket.ts'
import { checkKey } from '../key.ts'
import {
  checkPartNumber,
  checkTogether,
  inOrder,
  type MultipartUploads,
  missingPart,
  noUpload,
} from '../multipart.ts'
import { verifyBody } from '../verified-body.ts'
import { openFile, settle, writeTemporary } from './file-format.ts'
import {
  codeOf,
  makeFolder,
  partPath,
  partsFolder,
  pathOf,
  syncFolder,
  trashFolder,
  uploadFolder,
} from './paths.ts'

export function createFolderParts(dir: string): MultipartUploads {
  return {
    async startParts(key, { type, metadata = {} }) {
      const upload: Upload = { id: randomUUID(), key: checkKey(key), type, metadata }
      await makeFolder(uploadFolder(dir, upload.id))
      await syncFolder(partsFolder(dir))
      return upload
    },

    async putPart({ id }, number, body, options = {}) {
      const path = partPath(dir, id, checkPartNumber(number))
      const measured = verifyBody(body, options)
      const temporary = await writeTemporary(dir, async (file) => {
        for await (const chunk of measured.chunks) await file.appendFile(chunk)
        return undefined
      })
      try {
        await rename(temporary, path)
        await syncFolder(uploadFolder(dir, id))
      } catch (thrown) {
        await rm(temporary, { force: true }).catch(() => {})
        throw codeOf(thrown) === 'ENOENT' ? noUpload() : thrown
      }
    },

    async listParts({ id }) {
      const names = await readdir(uploadFolder(dir, id)).catch((thrown: unknown) => {
        throw codeOf(thrown) === 'ENOENT' ? noUpload() : thrown
      })
      return inOrder(names.map(Number))
    },

    async finishParts(upload, count, bytes) {
      const stored = (await assemble(dir, upload, { count, bytes })) ?? (await alreadyThere(dir, upload))
      await removeParts(dir, upload)
      return stored
    },

    abortParts: (upload) => removeParts(dir, upload),
  }
}

/** One rename for all parts: a process that is killed leaves all parts or none, never a part of the upload. */
async function removeParts(dir: string, { id }: Upload): Promise<void> {
  const trash = join(trashFolder(dir), id)
  await rename(uploadFolder(dir, id), trash).catch((thrown: unknown) => {
    if (codeOf(thrown) !== 'ENOENT') throw thrown
  })
  await rm(trash, { recursive: true, force: true })
}

interface Together {
  readonly count: number
  readonly bytes: number | undefined
}

/** Undefined when the parts are gone: then the upload was finished, or ended, before. */
async function assemble(
  dir: string,
  { id, key, type, metadata }: Upload,
  { count, bytes }: Together,
): Promise<PutResult | undefined> {
  if (!(await stat(uploadFolder(dir, id)).catch(() => undefined))) return undefined
  let stored = { bytes: 0, etag: '' }
  const temporary = await writeTemporary(dir, async (file) => {
    const measured = verifyBody(Readable.from(partsOf(dir, id, count)))
    for await (const chunk of measured.chunks) await file.appendFile(chunk)
    checkTogether([measured.bytes()], bytes)
    stored = { bytes: measured.bytes(), etag: `"${measured.sha256().slice(0, 32)}"` }
    return { ...stored, type, metadata }
  })
  await settle({ dir, temporary, path: pathOf(dir, key) })
  return stored
}

async function* partsOf(dir: string, id: string, count: number): AsyncGenerator<Uint8Array> {
  for (let number = 1; number <= count; number++) {
    const file = await open(partPath(dir, id, number), 'r').catch((thrown: unknown) => {
      throw codeOf(thrown) === 'ENOENT' ? missingPart(number) : thrown
    })
    yield* file.createReadStream({ highWaterMark: 256 * 1024 })
  }
}

/** An answer that was lost is asked for again; the file is there and the parts are not. */
async function alreadyThere(dir: string, { key }: Upload): Promise<PutResult> {
  const file = await openFile(pathOf(dir, key))
  if (!file) throw noUpload()
  await file.close()
  return { bytes: file.facts.bytes, etag: file.facts.etag }
}
