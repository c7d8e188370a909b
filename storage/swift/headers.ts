// What Swift says of a file in its headers, and how we say it.
import { Failure } from '../../errors.ts'
import type { FileFacts, PutOptions } from '../bucket.ts'
import { quoteEtag } from '../etag.ts'
import { checkMetadata } from '../metadata.ts'

const prefix = 'x-object-meta-'
/** What Swift keeps and serves of a file's headers by default. */
const kept = new Set([
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'expires',
])

export function describing({
  type,
  metadata,
  headers = {},
}: Pick<PutOptions, 'type' | 'metadata' | 'headers'>): Record<string, string> {
  for (const name of Object.keys(headers))
    if (!kept.has(name.toLowerCase()))
      throw new Failure('bad-option', `Swift keeps no header ${name}.`, { option: 'headers' })
  const about = Object.entries(checkMetadata(metadata)).map(([name, value]) => [prefix + name, value])
  return { ...headers, ...Object.fromEntries(about), 'content-type': type }
}

export function factsFrom(headers: Readonly<Record<string, string>>): FileFacts {
  const about = Object.entries(headers)
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, value]) => [name.slice(prefix.length), value])
  return {
    // Of a range, the size of the whole stands behind the slash: bytes 0-9/200.
    bytes: Number(headers['content-range']?.split('/')[1] ?? headers['content-length'] ?? 0),
    etag: quoteEtag(headers.etag),
    type: headers['content-type'] ?? 'application/octet-stream',
    ...(headers['content-encoding'] && { encoding: headers['content-encoding'] }),
    metadata: Object.fromEntries(about),
    // Exact where `last-modified` is rounded up to the next second.
    modifiedAt: Number(headers['x-timestamp'] ?? 0) * 1000 || Date.parse(headers['last-modified'] ?? ''),
  }
}
