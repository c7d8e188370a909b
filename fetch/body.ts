// The body of a download: counted while it streams, whole or refused, digested once, in one buffer of its own.
import { createHash } from 'node:crypto'
import type { Dispatcher } from 'undici'
import { decodeBody, tooLarge } from './content-coding.ts'
import { concatBuffers } from './own-buffer.ts'

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
  const { chunks, digest } = await readChunks(response.body, maxBytes)
  const label = String(response.headers['content-encoding'] ?? '')
  if (label === '') return { body: concatBuffers(chunks), digest }
  return { body: concatBuffers([await decodeBody(Buffer.concat(chunks), label, maxBytes)]), digest }
}

async function readChunks(stream: AsyncIterable<Buffer>, maxBytes: number) {
  const chunks: Buffer[] = []
  // Digested part by part: the whole at once would hold up everybody else for the longest sources.
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of stream) {
    bytes += chunk.length
    if (bytes > maxBytes) throw tooLarge(maxBytes)
    hash.update(chunk)
    chunks.push(chunk)
  }
  return { chunks, digest: hash.digest('base64url') }
}
