// A body as a client wants it: bytes stay bytes, because only they can be sent again; a stream is held to its announcement.
import { Readable } from 'node:stream'
import type { Body } from './bucket.ts'
import { asStream, type Measured } from './measure.ts'

export async function bodyOf(measured: Measured, body: Body): Promise<Readable | Uint8Array> {
  const stream = await asStream(measured)
  if (body instanceof Readable) return stream
  // Runs the checks; the bytes themselves are already here.
  for await (const _ of stream);
  return body
}
