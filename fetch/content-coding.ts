// Reads Content-Encoding, and undoes the codings of a body (RFC 9110 8.4).
//
// Stored objects also carry labels that are no codings: the way they were uploaded (aws-chunked), the character set of
// a text (utf-8), or a typing error.
import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate, inflateRaw, zstdDecompress } from 'node:zlib'
import { Failure } from '../errors.ts'
import { formatOf } from '../transforms/index.ts'

interface OutputLimit {
  readonly maxOutputLength: number
}

type Unpack = (packed: Uint8Array, bound: OutputLimit) => Promise<Buffer>

const inflated = promisify<Uint8Array, OutputLimit, Buffer>(inflate)
const inflatedRaw = promisify<Uint8Array, OutputLimit, Buffer>(inflateRaw)
const gunzipped = promisify<Uint8Array, OutputLimit, Buffer>(gunzip)

const unpackers: Readonly<Record<string, Unpack>> = {
  gzip: gunzipped,
  'x-gzip': gunzipped,
  // Some servers leave the wrapper of zlib away (RFC 9110 8.4.1.2).
  deflate: (packed, bound) =>
    inflated(packed, bound).catch((cause: unknown) => {
      if (isTooLong(cause)) throw cause
      return inflatedRaw(packed, bound)
    }),
  br: promisify<Uint8Array, OutputLimit, Buffer>(brotliDecompress),
  zstd: promisify<Uint8Array, OutputLimit, Buffer>(zstdDecompress),
}

/** Nobody packs a picture more often; each time costs a pass over all of it. */
const mostCodings = 3

const isTooLong = (cause: unknown): boolean => (cause as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE'

interface ContentCodings {
  /** The codings we know, in the order in which they are undone: the one applied last comes first. */
  readonly codings: readonly Unpack[]
  /** Whether it has words that we do not know. */
  readonly isStrange: boolean
}

function parseCodings(label: string): ContentCodings {
  const words = label
    .toLowerCase()
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '' && word !== 'identity')
  const codings = words.flatMap((word) => (Object.hasOwn(unpackers, word) ? [unpackers[word] as Unpack] : []))
  return { codings: codings.reverse(), isStrange: codings.length < words.length }
}

/** Whether a body under this label is another than the file. */
export const hasContentCoding = (label = ''): boolean => parseCodings(label).codings.length > 0

/**
 * The file in a body of this label, at most `maxBytes` of it. Words that are no coding are passed over where the bytes
 * are a picture. Fails with 'source-too-large', and with 'source-failed' for what does not unpack.
 */
export async function decodeBody(body: Uint8Array, label: string, maxBytes: number): Promise<Uint8Array> {
  const { codings, isStrange } = parseCodings(label)
  if (codings.length > mostCodings) throw new Failure('source-failed', 'The source is packed too often.')
  const file = await unpackBody(body, codings, maxBytes)
  if (isStrange && formatOf(file) === undefined)
    throw new Failure('source-failed', 'The source is sent in an unknown encoding.')
  return file
}

async function unpackBody(
  body: Uint8Array,
  codings: readonly Unpack[],
  maxBytes: number,
): Promise<Uint8Array> {
  let file = body
  try {
    for (const unpack of codings) file = await unpack(file, { maxOutputLength: maxBytes })
    return file
  } catch (cause) {
    if (isTooLong(cause)) throw tooLarge(maxBytes)
    // The label stayed on a file that is not packed any more.
    if (file === body && formatOf(body) !== undefined) return body
    throw new Failure('source-failed', 'The source does not unpack.', { cause })
  }
}

export const tooLarge = (maxBytes: number): Failure =>
  new Failure('source-too-large', 'The source has more bytes than are read.', {
    expected: `at most ${maxBytes} bytes`,
  })
