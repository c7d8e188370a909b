// Large uploads in Azure: parts are blocks of a blob that nobody sees yet, put in its place by a copy when it is whole.
//
// Not blocks of the file itself: those cannot be taken back without replacing what lies there.
import { randomUUID } from 'node:crypto'
import type { ContainerClient } from '@azure/storage-blob'
import type { Bucket, FileFacts, PutResult, Upload } from '../bucket.ts'
import { toClientBody } from '../client-body.ts'
import { statusIn } from '../failures.ts'
import { checkKey } from '../key.ts'
import { checkPartNumber, checkTogether, inOrder, lengthOf, missingPart, noUpload } from '../multipart.ts'
import { verifyBody } from '../verified-body.ts'
import { describing, missing } from './properties.ts'

type Parts = Pick<Bucket, 'startParts' | 'putPart' | 'listParts' | 'finishParts' | 'abortParts'>

export interface AzureParts {
  readonly client: ContainerClient
  /** Sends once: a stream cannot be sent again. */
  readonly once: ContainerClient
  readonly copy: Bucket['copy']
  stat(key: string): Promise<FileFacts | undefined>
}

export function createAzureParts({ client, once, copy, stat }: AzureParts): Parts {
  const keyOf = ({ id }: Upload) => `.parts/${checkUploadId(id)}`
  const blobOf = (upload: Upload) => client.getBlockBlobClient(keyOf(upload))

  async function waiting(upload: Upload): Promise<Map<string, number>> {
    const list = await blobOf(upload).getBlockList('uncommitted').catch(missing)
    return new Map((list?.uncommittedBlocks ?? []).map(({ name, size }) => [name, size]))
  }

  /** The blob that holds the parts as one; undefined when it was put together before. */
  async function assemble(upload: Upload, count: number, bytes: number | undefined): Promise<void> {
    const blocks = await waiting(upload)
    if (blocks.size === 0) return
    const names = Array.from({ length: count }, (_, i) => blockName(i + 1))
    const gap = names.findIndex((name) => !blocks.has(name))
    if (gap >= 0) throw missingPart(gap + 1)
    checkTogether(
      names.map((name) => blocks.get(name) ?? 0),
      bytes,
    )
    await blobOf(upload).commitBlockList(names, describing(upload))
  }

  return {
    async startParts(key, { type, metadata = {} }) {
      describing({ type, metadata })
      return { id: randomUUID(), key: checkKey(key), type, metadata }
    },

    async putPart(upload, number, body, options = {}) {
      const measured = verifyBody(body, options)
      const length = lengthOf(body, options.length)
      const to = (body instanceof Uint8Array ? client : once).getBlockBlobClient(keyOf(upload))
      try {
        const sent = await toClientBody(measured, body)
        await to.stageBlock(
          blockName(checkPartNumber(number)),
          sent instanceof Uint8Array ? sent : () => sent,
          length,
          {
            ...(options.signal && { abortSignal: options.signal }),
          },
        )
      } catch (thrown) {
        throw measured.failure() ?? thrown
      }
    },

    async listParts(upload) {
      return inOrder([...(await waiting(upload)).keys()].map(numberOf))
    },

    async finishParts(upload, count, bytes): Promise<PutResult> {
      await assemble(upload, count, bytes)
      // Gone when it was finished before and only the answer was lost.
      await copy(keyOf(upload), checkKey(upload.key))
      await blobOf(upload).deleteIfExists()
      const facts = await stat(upload.key)
      if (facts) return { bytes: facts.bytes, etag: facts.etag }
      throw noUpload()
    },

    async abortParts(upload) {
      // Writing the blob drops the blocks that wait for it.
      await blobOf(upload).upload('', 0)
      await blobOf(upload)
        .delete()
        .catch((thrown: unknown) => {
          if (statusIn(thrown) !== 404) throw thrown
        })
    },
  }
}

/** Names of blocks are in base64 and all of one length. */
const blockName = (number: number): string => Buffer.from(String(number).padStart(6, '0')).toString('base64')

const numberOf = (name: string): number => Number(Buffer.from(name, 'base64').toString())

function checkUploadId(id: string): string {
  if (/^[0-9a-f-]{36}$/.test(id)) return id
  throw noUpload()
}
