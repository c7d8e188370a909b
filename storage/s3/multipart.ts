// Large uploads in S3: its own multipart uploads. What parts there are is asked of S3, so nobody keeps their tags.
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListPartsCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import type { PutResult, Upload } from '../bucket.ts'
import { toClientBody } from '../client-body.ts'
import { statusIn } from '../failures.ts'
import { checkKey } from '../key.ts'
import { checkMetadata } from '../metadata.ts'
import {
  checkPartNumber,
  checkTogether,
  inOrder,
  lengthOf,
  type MultipartUploads,
  missingPart,
  noUpload,
} from '../multipart.ts'
import { verifyBody } from '../verified-body.ts'

type Stat = (key: string) => Promise<PutResult | undefined>

export function createS3Parts(client: S3Client, bucket: string, stat: Stat): MultipartUploads {
  const at = ({ id, key }: Upload) => ({ Bucket: bucket, Key: checkKey(key), UploadId: id })

  return {
    async startParts(key, { type, metadata }) {
      const created = await client.send(
        new CreateMultipartUploadCommand({
          Bucket: bucket,
          Key: checkKey(key),
          ContentType: type,
          Metadata: { ...checkMetadata(metadata) },
        }),
      )
      return { id: created.UploadId ?? '', key, type, metadata: metadata ?? {} }
    },

    async putPart(upload, number, body, options = {}) {
      const measured = verifyBody(body, options)
      const part = new UploadPartCommand({
        ...at(upload),
        PartNumber: checkPartNumber(number),
        ContentLength: lengthOf(body, options.length),
        Body: await toClientBody(measured, body),
      })
      try {
        await client.send(part, options.signal ? { abortSignal: options.signal } : {})
      } catch (thrown) {
        throw measured.failure() ?? (isGone(thrown) ? noUpload() : thrown)
      }
    },

    async listParts(upload) {
      const listed = await partsOf(client, at(upload)).catch((thrown: unknown) => {
        throw isGone(thrown) ? noUpload() : thrown
      })
      return inOrder(listed.keys())
    },

    async finishParts(upload, count, bytes) {
      try {
        return await complete(client, at(upload), { count, bytes })
      } catch (thrown) {
        if (!isGone(thrown)) throw thrown
        // An answer that was lost is asked for again; the file is there and the upload is not.
        const stored = await stat(upload.key)
        if (stored) return { bytes: stored.bytes, etag: stored.etag }
        throw noUpload()
      }
    },

    async abortParts(upload) {
      await client.send(new AbortMultipartUploadCommand(at(upload))).catch((thrown: unknown) => {
        if (!isGone(thrown)) throw thrown
      })
    },
  }
}

type Part = Required<Pick<CompletedPart, 'ETag' | 'PartNumber'>> & { readonly Size: number }

interface UploadAddress {
  readonly Bucket: string
  readonly Key: string
  readonly UploadId: string
}

interface WholeFile {
  readonly count: number
  readonly bytes: number | undefined
}

async function complete(
  client: S3Client,
  upload: UploadAddress,
  { count, bytes }: WholeFile,
): Promise<PutResult> {
  const listed = await partsOf(client, upload)
  const parts = Array.from({ length: count }, (_, i) => {
    const part = listed.get(i + 1)
    if (!part) throw missingPart(i + 1)
    return part
  })
  const sizes = parts.map(({ Size }) => Size)
  checkTogether(sizes, bytes)
  const done = await client.send(
    new CompleteMultipartUploadCommand({
      ...upload,
      MultipartUpload: { Parts: parts.map(({ ETag, PartNumber }) => ({ ETag, PartNumber })) },
    }),
  )
  return { bytes: sizes.reduce((sum, size) => sum + size, 0), etag: done.ETag ?? '' }
}

async function partsOf(client: S3Client, at: UploadAddress): Promise<Map<number, Part>> {
  const parts = new Map<number, Part>()
  for (let marker: string | undefined, more = true; more; ) {
    const page = await client.send(
      new ListPartsCommand({ ...at, ...(marker && { PartNumberMarker: marker }) }),
    )
    for (const { PartNumber = 0, ETag = '', Size = 0 } of page.Parts ?? [])
      parts.set(PartNumber, { PartNumber, ETag, Size })
    marker = page.NextPartNumberMarker
    more = page.IsTruncated === true && marker !== undefined
  }
  return parts
}

const isGone = (thrown: unknown): boolean => statusIn(thrown) === 404
