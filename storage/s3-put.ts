// A file into S3: in one request when its length is known, else in parts that are put together.
import { PutObjectCommand, type PutObjectCommandInput, type S3Client } from '@aws-sdk/client-s3'
import { bodyOf } from './body.ts'
import type { Body, Bucket, PutOptions, Stored } from './bucket.ts'
import { statusIn } from './failures.ts'
import { checkedKey } from './key.ts'
import { dismiss, type Measured, measure } from './measure.ts'
import type { S3Options } from './s3-client.ts'
import { describing } from './s3-facts.ts'
import { putStream } from './s3-stream.ts'

/** The most S3 takes in one request; longer and unknown bodies go in parts. */
const maxPutBytes = 5 * 1024 ** 3

export function createS3Put(client: S3Client, options: S3Options, stat: Bucket['stat']): Bucket['put'] {
  const { bucket, tags, conditionalPuts = true } = options

  async function put(key: string, body: Body, asked: PutOptions): Promise<Stored | undefined> {
    const input: PutObjectCommandInput = { Bucket: bucket, Key: checkedKey(key), ...describing(asked, tags) }
    if (asked.ifAbsent && !conditionalPuts && (await stat(key))) {
      dismiss(body)
      return undefined
    }
    if (asked.ifAbsent && conditionalPuts) input.IfNoneMatch = '*'
    const measured = measure(body, asked)
    const length = asked.length ?? (body instanceof Uint8Array ? body.byteLength : undefined)
    try {
      const etag =
        length !== undefined && length <= maxPutBytes
          ? await putWhole(
              { ...input, Body: await bodyOf(measured, body), ContentLength: length },
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

function unlessTaken(measured: Measured, thrown: unknown): undefined {
  const failure = measured.failure()
  if (failure) throw failure
  if (statusIn(thrown) === 412) return undefined
  throw thrown
}
