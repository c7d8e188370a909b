// A body that one request cannot carry, in a multipart upload that begins and ends here: parts of it one after the other.
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { blocksOf } from '../blocks.ts'
import { checkPartNumber, maxParts } from '../multipart.ts'

/** The smallest part S3 takes, which is what a stream of unknown length costs in memory: 48 GiB fit into all parts. */
const leastPartBytes = 5 * 1024 ** 2

export interface Stream {
  readonly client: S3Client
  /** What the file is to be, without its body. */
  readonly file: Omit<PutObjectCommandInput, 'Body'>
  readonly chunks: AsyncIterable<Uint8Array>
  /** In bytes, where it is known. */
  readonly length?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** Gives the ETag. Whatever fails, no part stays behind that somebody would pay for, and the body is destroyed. */
export async function putStream(stream: Stream): Promise<string> {
  const { client, file, chunks, length = 0 } = stream
  const partBytes = Math.max(leastPartBytes, Math.ceil(length / maxParts))
  const blocks = blocksOf(chunks, partBytes)
  try {
    const first = await blocks.next()
    if (!first.done && first.value.length === partBytes) return await putParts(stream, first.value, blocks)
    const put = new PutObjectCommand({ ...file, Body: first.value ?? Buffer.alloc(0) })
    return (await client.send(put, optionsOf(stream))).ETag ?? ''
  } finally {
    await blocks.return(undefined)
  }
}

async function putParts(stream: Stream, first: Buffer, others: AsyncIterable<Buffer>): Promise<string> {
  const { client, file } = stream
  const options = optionsOf(stream)
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(file), options)
  const upload = { Bucket: file.Bucket, Key: file.Key, UploadId }
  const Parts: CompletedPart[] = []
  const putPart = async (Body: Buffer) => {
    const PartNumber = checkPartNumber(Parts.length + 1)
    const { ETag } = await client.send(new UploadPartCommand({ ...upload, PartNumber, Body }), options)
    Parts.push({ PartNumber, ETag })
  }
  try {
    await putPart(first)
    for await (const block of others) await putPart(block)
    const whole = { ...upload, IfNoneMatch: file.IfNoneMatch, MultipartUpload: { Parts } }
    return (await client.send(new CompleteMultipartUploadCommand(whole), options)).ETag ?? ''
  } catch (thrown) {
    // What went wrong first is what is told.
    await client.send(new AbortMultipartUploadCommand(upload)).catch(() => {})
    throw thrown
  }
}

const optionsOf = ({ signal }: Stream) => (signal ? { abortSignal: signal } : {})
