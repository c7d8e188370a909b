// The content of a request: its body, checked against the announced digests and decoded by its Content-Encoding.
import type { IncomingHttpHeaders } from 'node:http'
import { Failure } from '../../errors.ts'
import { codings, type Unpacker, unpack, unpackerOf } from './content-coding.ts'
import { readDigests, verifyDigests } from './digests.ts'

/** Two codings come from a mistake; a body with more is an attempt to cost us time. */
const mostCodings = 2

/**
 * Fails at once with 'body-unsupported' for a coding that is not known, and with 'bad-body' for a digest that is
 * none; while it is read with 'bad-body' where it does not unpack or is not what was announced.
 */
export function contentOf(
  chunks: AsyncGenerator<Buffer, void>,
  headers: IncomingHttpHeaders = {},
): AsyncGenerator<Buffer, void> {
  const unpackers = unpackersOf(headers)
  const digests = readDigests(headers)
  const sent = digests.length > 0 ? verifyDigests(chunks, digests) : chunks
  return unpackers.reduce((packed, unpacker) => unpack(packed, unpacker, unpackFailure), sent)
}

/** Its Content-Length is then of something else than the content. */
export const isCoded = (headers: IncomingHttpHeaders): boolean => codingsOf(headers).length > 0

/** The last that was applied comes off first. */
function unpackersOf(headers: IncomingHttpHeaders): readonly Unpacker[] {
  const named = codingsOf(headers)
  const found = named.map(unpackerOf).filter((unpacker) => unpacker !== undefined)
  if (found.length === named.length && named.length <= mostCodings) return found.reverse()
  throw new Failure('body-unsupported', `The body's Content-Encoding is none of ${codings}.`, {
    ...{ option: 'content-encoding', expected: codings },
    received: named.join(', '),
  })
}

const codingsOf = (headers: IncomingHttpHeaders): readonly string[] =>
  (headers['content-encoding'] ?? '')
    .toLowerCase()
    .split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '' && coding !== 'identity')

const unpackFailure = (cause: unknown) =>
  new Failure('bad-body', 'The body does not unpack by its Content-Encoding.', { cause })
