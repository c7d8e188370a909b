// A body as a client wants it: bytes stay bytes, because only they can be sent again; a stream is held to its announcement.
import { Readable } from 'node:stream'
import type { StorageBody } from './bucket.ts'
import { asStream, type VerifiedBody } from './verified-body.ts'

export async function toClientBody(
  measured: VerifiedBody,
  body: StorageBody,
): Promise<Readable | Uint8Array> {
  const stream = await asStream(measured)
  if (body instanceof Readable) return stream
  // Runs the checks; the bytes themselves are already here.
  for await (const _ of stream);
  return body
}
