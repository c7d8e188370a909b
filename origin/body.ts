// The body of a download: counted while it streams, whole or refused, digested once, in one buffer of its own.
import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate, type ZlibOptions } from 'node:zlib'
import type { Dispatcher } from 'undici'
import { Failure } from '../errors.ts'
import { ownCopy } from './memory.ts'

export interface Body {
  readonly body: Buffer
  /** SHA-256 of the body as it was sent, in base64url. */
  readonly digest: string
}

/** Fails with 'source-too-large' and with whatever cut the stream short; a body shorter than announced is an error. */
export async function readBody(response: Dispatcher.ResponseData, maxBytes: number): Promise<Body> {
  const announced = Number(response.headers['content-length'])
  if (announced > maxBytes) {
    // Nobody reads on: the connection is given up, which undici reports to the stream.
    response.body.on('error', () => undefined).destroy()
    throw tooLarge(maxBytes)
  }
  const { chunks, digest } = await counted(response.body, maxBytes)
  const body = await decoded(chunks, String(response.headers['content-encoding'] ?? ''), maxBytes)
  return { body: ownCopy(body), digest }
}

async function counted(stream: AsyncIterable<Buffer>, maxBytes: number) {
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

type Unpack = (packed: Buffer, options: ZlibOptions) => Promise<Buffer>

const unpackers: Readonly<Record<string, Unpack>> = {
  gzip: promisify<Buffer, ZlibOptions, Buffer>(gunzip),
  'x-gzip': promisify<Buffer, ZlibOptions, Buffer>(gunzip),
  deflate: promisify<Buffer, ZlibOptions, Buffer>(inflate),
  br: promisify<Buffer, ZlibOptions, Buffer>(brotliDecompress),
}

/** Some servers compress SVG whatever they are asked; the limit holds for what comes out as well. */
async function decoded(chunks: Buffer[], encoding: string, maxBytes: number): Promise<Buffer[]> {
  const name = encoding.trim().toLowerCase()
  if (name === '' || name === 'identity') return chunks
  const unpack = unpackers[name]
  if (unpack === undefined) throw new Failure('source-failed', 'The source is sent in an unknown encoding.')
  try {
    return [await unpack(Buffer.concat(chunks), { maxOutputLength: maxBytes })]
  } catch (cause) {
    if ((cause as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(maxBytes)
    throw new Failure('source-failed', 'The source does not unpack.', { cause })
  }
}

function tooLarge(maxBytes: number): Failure {
  return new Failure('source-too-large', 'The source has more bytes than are read.', {
    expected: `at most ${maxBytes} bytes`,
  })
}
