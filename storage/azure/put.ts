// A file into Azure: small ones in one request, larger ones in blocks that are committed together.
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import type { ContainerClient } from '@azure/storage-blob'
import { Failure } from '../../errors.ts'
import type { Bucket, PutOptions, PutResult, StorageBody } from '../bucket.ts'
import { toClientBody } from '../client-body.ts'
import { quoteEtag } from '../etag.ts'
import { statusIn } from '../failures.ts'
import { checkKey } from '../key.ts'
import { verifyBody } from '../verified-body.ts'
import { describing } from './properties.ts'

/** Smaller bodies are held whole and take one request; of larger ones two such blocks are in memory at a time. */
const blockBytes = 4 * 1024 ** 2
export function createAzurePut(client: ContainerClient): Bucket['put'] {
  async function put(key: string, body: StorageBody, asked: PutOptions): Promise<PutResult | undefined> {
    if (asked.acl === 'public-read')
      throw new Failure('bad-option', 'Azure knows public containers, not public files.', { option: 'acl' })
    const blob = client.getBlockBlobClient(checkKey(key))
    const how = {
      ...describing(asked),
      ...(asked.ifAbsent && { conditions: { ifNoneMatch: '*' } }),
      ...(asked.signal && { abortSignal: asked.signal }),
    }
    const measured = verifyBody(body, asked)
    try {
      const sent = await toClientBody(measured, body)
      const isSmall = sent instanceof Uint8Array || (asked.length ?? Number.POSITIVE_INFINITY) <= blockBytes
      if (!isSmall) {
        const { etag } = await blob.uploadStream(sent, blockBytes, 2, how)
        return { bytes: measured.bytes(), etag: quoteEtag(etag) }
      }
      const bytes = sent instanceof Readable ? await buffer(sent) : sent
      const { etag } = await blob.upload(bytes, bytes.byteLength, how)
      return { bytes: bytes.byteLength, etag: quoteEtag(etag) }
    } catch (thrown) {
      const failure = measured.failure()
      if (failure) throw failure
      if (asked.ifAbsent && [409, 412].includes(statusIn(thrown) ?? 0)) return undefined
      throw thrown
    }
  }

  return put
}
