// Large uploads in Azure: the parts are blocks of a hidden blob, and the whole blob is copied to its key at the end.
//
// They are not blocks of the file itself, because such blocks can only be dropped by replacing the file.
import { randomUUID } from 'node:crypto'
import type { BlockBlobClient, ContainerClient } from '@azure/storage-blob'
import type { Bucket, FileFacts, PutPartOptions, PutResult, StorageBody, Upload } from '../bucket.ts'
import { toClientBody } from '../client-body.ts'
import { statusIn } from '../failures.ts'
import { checkKey } from '../key.ts'
import {
  checkPartNumber,
  checkTogether,
  checkUploadId,
  inOrder,
  lengthOf,
  type MultipartUploads,
  missingPart,
  noUpload,
} from '../multipart.ts'
import { verifyBody } from '../verified-body.ts'
import { describing, missing } from './properties.ts'

export interface AzureParts {
  readonly client: ContainerClient
  /** Sends once: a stream cannot be sent again. */
  readonly once: ContainerClient
  readonly copy: Bucket['copy']
  stat(key: string): Promise<FileFacts | undefined>
}

export function createAzureParts({ client, once, copy, stat }: AzureParts): MultipartUploads {
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
      const sender = body instanceof Uint8Array ? client : once
      await stagePart(sender.getBlockBlobClient(keyOf(upload)), number, { body, ...options })
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

interface PartToStage extends PutPartOptions {
  readonly body: StorageBody
}

async function stagePart(blob: BlockBlobClient, number: number, part: PartToStage): Promise<void> {
  const { body, signal } = part
  const verified = verifyBody(body, part)
  const length = lengthOf(body, part.length)
  try {
    const sent = await toClientBody(verified, body)
    const content = sent instanceof Uint8Array ? sent : () => sent
    await blob.stageBlock(blockName(checkPartNumber(number)), content, length, {
      ...(signal && { abortSignal: signal }),
    })
  } catch (thrown) {
    throw verified.failure() ?? thrown
  }
}

/** Names of blocks are in base64 and all of one length. */
const blockName = (number: number): string => Buffer.from(String(number).padStart(6, '0')).toString('base64')

const numberOf = (name: string): number => Number(Buffer.from(name, 'base64').toString())

const keyOf = ({ id }: Upload): string => `.parts/${checkUploadId(id)}`
