// A file into S3: in one request when its length is known, else in parts that are put together.
import { PutObjectCommand, type PutObjectCommandInput, type S3Client } from '@aws-sdk/client-s3'
import type { Bucket, PutOptions, PutResult, StorageBody } from '../bucket.ts'
import { toClientBody } from '../client-body.ts'
import { statusIn } from '../failures.ts'
import { checkKey } from '../key.ts'
import { dismiss, type VerifiedBody, verifyBody } from '../verified-body.ts'
import type { S3Options } from './client.ts'
import { describing } from './properties.ts'
import { putStream } from './put-stream.ts'

/** The most S3 takes in one request; longer and unknown bodies go in parts. */
const maxPutBytes = 5 * 1024 ** 3

export function createS3Put(client: S3Client, options: S3Options, stat: Bucket['stat']): Bucket['put'] {
  const { bucket, tags, conditionalPuts = true } = options

  async function put(key: string, body: StorageBody, asked: PutOptions): Promise<PutResult | undefined> {
    const input: PutObjectCommandInput = { Bucket: bucket, Key: checkKey(key), ...describing(asked, tags) }
    if (asked.ifAbsent && !conditionalPuts && (await stat(key))) {
      dismiss(body)
      return undefined
    }
    if (asked.ifAbsent && conditionalPuts) input.IfNoneMatch = '*'
    const measured = verifyBody(body, asked)
    const length = asked.length ?? (body instanceof Uint8Array ? body.byteLength : undefined)
    try {
      const etag =
        length !== undefined && length <= maxPutBytes
          ? await putWhole(
              { ...input, Body: await toClientBody(measured, body), ContentLength: length },
              asked.signal,
            )
          : await putStream({ client, file: input, chunks: measured.chunks, length, signal: asked.signal })
      return { bytes: measured.bytes(), etag }
    } catch (thrown) {
      return unlessTaken(measured, thrown)
    }
  }

  async function putWhole(input: PutObjectCommandInput, signal?: AbortSignal): Promise<string> {
    const stored = await client.send(new PutObjectCommand(input), signal ? { abortSignal: signal } : {})
    return stored.ETag ?? ''
  }

  return put
}

function unlessTaken(measured: VerifiedBody, thrown: unknown): undefined {
  const failure = measured.failure()
  if (failure) throw failure
  if (statusIn(thrown) === 412) return undefined
  throw thrown
}
