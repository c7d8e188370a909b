// The facts that are kept of an uploaded picture: its identification, capture time and print density.
import { open } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { Failure } from '../../../errors.ts'
import type { JsonObject } from '../../../records/index.ts'
import { type Bucket, uploadKey } from '../../../storage/index.ts'
import type { SourceFormat } from '../../../transforms/index.ts'
import { type Identification, identifyInDetail } from '../../../transforms/optimise/identification.ts'
import { formatIn } from '../../intake/media-type.ts'
import { readCaptureData } from './capture-data.ts'

/** EXIF stands in front, in a segment of at most 64 KB behind a few small ones. */
const headBytes = 128 * 1024
/** Profiles and previews in front of the pixels can be large. Facts further back are not needed of a stored file. */
const identifiedBytes = 4 * 1024 * 1024

export async function factsOfFile(path: string, found: Identification | null): Promise<JsonObject | null> {
  if (!found) return null
  await using file = await open(path, 'r')
  const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0)
  return joinFacts(found, buffer.subarray(0, bytesRead))
}

export interface UploadFacts {
  /** Null when it is no picture. */
  readonly facts: JsonObject | null
  /** What its bytes say that it is. */
  readonly format: SourceFormat | undefined
}

/** Of an upload that lies in the bucket, put together from parts. */
export async function factsOfUpload(bucket: Bucket, id: string): Promise<UploadFacts> {
  const found = await bucket.get(uploadKey(id), { range: { from: 0, to: identifiedBytes - 1 } })
  if (!found) return { facts: null, format: undefined }
  const head = Buffer.concat(await Readable.from(found.body).toArray())
  try {
    const found = identifyInDetail(head)
    return { facts: joinFacts(found, head.subarray(0, headBytes)), format: found.format }
  } catch (thrown) {
    if (thrown instanceof Failure) return { facts: null, format: formatIn(head) }
    throw thrown
  }
}

const joinFacts = (found: Identification, head: Buffer): JsonObject =>
  ({ ...found, ...readCaptureData(head) }) as unknown as JsonObject
