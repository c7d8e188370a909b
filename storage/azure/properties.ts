// What Azure says of a file, and how we say it.
import type { BlobHTTPHeaders } from '@azure/storage-blob'
import { Failure } from '../../errors.ts'
import type { FileFacts, PutOptions } from '../bucket.ts'
import { quoteEtag } from '../etag.ts'
import { statusIn } from '../failures.ts'
import { checkMetadata } from '../metadata.ts'

const named: Readonly<Record<string, keyof BlobHTTPHeaders>> = {
  'cache-control': 'blobCacheControl',
  'content-disposition': 'blobContentDisposition',
  'content-encoding': 'blobContentEncoding',
  'content-language': 'blobContentLanguage',
}

export function describing({
  type,
  metadata,
  headers = {},
}: Pick<PutOptions, 'type' | 'metadata' | 'headers'>): {
  blobHTTPHeaders: BlobHTTPHeaders
  metadata: Record<string, string>
} {
  const kept = Object.entries(headers).map(([name, value]) => {
    const field = named[name.toLowerCase()]
    if (!field) throw new Failure('bad-option', `Azure keeps no header ${name}.`, { option: 'headers' })
    return [field, value]
  })
  // Azure's names are those of a programming language: no hyphens. Ours have no underscores.
  const about = Object.entries(checkMetadata(metadata)).map(([name, value]) => [
    name.replaceAll('-', '_'),
    value,
  ])
  return {
    blobHTTPHeaders: { blobContentType: type, ...Object.fromEntries(kept) },
    metadata: Object.fromEntries(about),
  }
}

interface Properties {
  readonly contentLength?: number
  readonly contentRange?: string
  readonly contentType?: string
  readonly contentEncoding?: string
  readonly etag?: string
  readonly lastModified?: Date
  readonly metadata?: Record<string, string>
}

export const factsOf = (properties: Properties): FileFacts => ({
  // Of a range, the size of the whole stands behind the slash: bytes 0-9/200.
  bytes: Number(properties.contentRange?.split('/')[1] ?? properties.contentLength ?? 0),
  etag: quoteEtag(properties.etag),
  type: properties.contentType ?? 'application/octet-stream',
  ...(properties.contentEncoding && { encoding: properties.contentEncoding }),
  modifiedAt: properties.lastModified?.getTime() ?? 0,
  metadata: Object.fromEntries(
    Object.entries(properties.metadata ?? {}).map(([name, value]) => [name.replaceAll('_', '-'), value]),
  ),
})

/** A container that is missing is a fault. */
export function missing(thrown: unknown): undefined {
  if (statusIn(thrown) === 404 && (thrown as { code?: string }).code !== 'ContainerNotFound') return undefined
  throw thrown
}
