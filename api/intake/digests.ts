// Digests that a client announces of what it sends: Content-MD5 (RFC 1864), Digest (RFC 3230), Content-Digest and
// Repr-Digest (RFC 9530), and the checksums of S3's clients. All are of the bytes as they are sent.
import { createHash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { Failure } from '../../errors.ts'

interface Hashing {
  update(chunk: Uint8Array): unknown
  digest(): Uint8Array | Promise<Uint8Array>
}

interface AnnouncedDigest {
  readonly header: string
  readonly algorithm: Algorithm
  readonly expected: Buffer
}

interface Algorithm {
  readonly bytes: number
  create(): Hashing | Promise<Hashing>
}

const hash = (name: string, bytes: number): Algorithm => ({ bytes, create: () => createHash(name) })

/** Loaded for a client that sends one: the package brings three megabytes of others. */
const check = (name: 'Crc32' | 'Crc32c' | 'Crc64Nvme', bytes: number): Algorithm => ({
  bytes,
  create: async () => new (await import('@aws-sdk/checksums/crc'))[name](),
})

const algorithms = new Map<string, Algorithm>([
  ['md5', hash('md5', 16)],
  ['sha1', hash('sha1', 20)],
  ['sha-256', hash('sha256', 32)],
  ['sha256', hash('sha256', 32)],
  ['sha-512', hash('sha512', 64)],
  ['crc32', check('Crc32', 4)],
  ['crc32c', check('Crc32c', 4)],
  ['crc64nvme', check('Crc64Nvme', 8)],
])

/** Each header of one digest, with its algorithm. */
const single: Readonly<Record<string, string>> = {
  'content-md5': 'md5',
  ...Object.fromEntries(
    ['crc32', 'crc32c', 'crc64nvme', 'sha1', 'sha256'].map((name) => [`x-amz-checksum-${name}`, name]),
  ),
}

/** `sha-256=:<base64>:`, and without colons in the Digest of before. */
const listed = ['content-digest', 'repr-digest', 'digest'] as const
const listItem = /(?<![\w-])([\w-]+)\s*=\s*(?::([^:]*):|([^:,\s]+))/g

/** Those of algorithms that we know; RFC 9530 2 has the others passed over. Fails with 'bad-body' for what is no digest. */
export function readDigests(headers: IncomingHttpHeaders): readonly AnnouncedDigest[] {
  return [
    ...Object.entries(single).flatMap(([header, name]) => one(header, name, textOf(headers[header]))),
    ...listed.flatMap((header) =>
      [...(textOf(headers[header]) ?? '').matchAll(listItem)].flatMap(([, name = '', value, bare]) =>
        one(header, name.toLowerCase(), value ?? bare),
      ),
    ),
    ...s3Digest(textOf(headers['x-amz-content-sha256'])),
  ]
}

function one(header: string, name: string, text: string | undefined): readonly AnnouncedDigest[] {
  const algorithm = algorithms.get(name)
  if (text === undefined || !algorithm) return []
  return [announceDigest(header, algorithm, Buffer.from(text.trim(), 'base64'))]
}

/** In hex; other words of S3's clients say that there is none. */
function s3Digest(text: string | undefined): readonly AnnouncedDigest[] {
  if (text === undefined || !/^[\da-f]{64}$/i.test(text)) return []
  return [announceDigest('x-amz-content-sha256', hash('sha256', 32), Buffer.from(text, 'hex'))]
}

function announceDigest(header: string, algorithm: Algorithm, expected: Buffer): AnnouncedDigest {
  if (expected.length === algorithm.bytes) return { header, algorithm, expected }
  throw new Failure('bad-body', `The header ${header} holds no digest of its kind.`, { option: header })
}

/** The same chunks. Fails with 'bad-body' behind the last when they are not what was announced. */
export async function* verifyDigests(
  chunks: AsyncGenerator<Buffer, void>,
  digests: readonly AnnouncedDigest[],
): AsyncGenerator<Buffer, void> {
  const announced = await Promise.all(
    digests.map(async (digest) => ({ ...digest, hashing: await digest.algorithm.create() })),
  )
  for await (const chunk of chunks) {
    for (const { hashing } of announced) hashing.update(chunk)
    yield chunk
  }
  for (const { header, hashing, expected } of announced)
    if (!expected.equals(await hashing.digest()))
      throw new Failure('bad-body', `The body is not the one that the header ${header} announces.`, {
        option: header,
      })
}

const textOf = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header.join(', ') : header
