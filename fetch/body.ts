// The body of a download: counted while it streams, whole or refused, digested once, in one buffer of its own.
import { createHash } from 'node:crypto'
import type { Dispatcher } from 'undici'
import { decodeBody, tooLarge } from './content-coding.ts'
import { allocateBuffer, concatBuffers } from './own-buffer.ts'

export interface DownloadedBody {
  readonly body: Buffer
  /** SHA-256 of the body as it was sent, in base64url. */
  readonly digest: string
}

/** Fails with 'source-too-large' and with whatever cut the stream short; a body shorter than announced is an error. */
export async function readBody(response: Dispatcher.ResponseData, maxBytes: number): Promise<DownloadedBody> {
  const announced = Number(response.headers['content-length'])
  if (announced > maxBytes) {
    // Nobody reads on: the connection is given up, which undici reports to the stream.
    response.body.on('error', () => undefined).destroy()
    throw tooLarge(maxBytes)
  }
  const { bytes, digest } = await readBytes(response.body, announced, maxBytes)
  const label = String(response.headers['content-encoding'] ?? '')
  if (label === '') return { body: bytes, digest }
  return { body: concatBuffers([await decodeBody(bytes, label, maxBytes)]), digest }
}

/** Memory that is taken on the word of a stranger; a longer body doubles it as it comes. */
const takenAtOnce = 8 * 2 ** 20

async function readBytes(stream: AsyncIterable<Buffer>, announced: number, maxBytes: number) {
  // Filled as it arrives: parts that are gone when the next one comes cost the collector nothing, a list of all of them
  // made it run for every few sources.
  let whole = allocateBuffer(Math.min(announced || 65_536, takenAtOnce))
  // Digested part by part: the whole at once would hold up everybody else for the longest sources.
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of stream) {
    if (bytes + chunk.length > maxBytes) throw tooLarge(maxBytes)
    hash.update(chunk)
    whole = roomFor(whole, bytes + chunk.length, announced)
    whole.set(chunk, bytes)
    bytes += chunk.length
  }
  return {
    bytes: bytes === whole.length ? whole : concatBuffers([whole.subarray(0, bytes)]),
    digest: hash.digest('base64url'),
  }
}

function roomFor(buffer: Buffer, bytes: number, announced: number): Buffer {
  if (bytes <= buffer.length) return buffer
  const doubled = Math.max(bytes, buffer.length * 2)
  const larger = allocateBuffer(announced >= bytes ? Math.min(announced, doubled) : doubled)
  larger.set(buffer)
  return larger
}
