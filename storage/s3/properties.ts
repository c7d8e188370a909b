// What S3 says of a file, and how we say it.
import type { GetObjectCommandOutput } from '@aws-sdk/client-s3'
import { Failure } from '../../errors.ts'
import type { FileFacts, PutOptions } from '../bucket.ts'
import { statusIn } from '../failures.ts'
import { checkMetadata } from '../metadata.ts'

export function describing(
  { type, metadata, headers = {}, acl }: PutOptions,
  tags?: Readonly<Record<string, string>>,
) {
  const named: Readonly<Record<string, string>> = {
    'cache-control': 'CacheControl',
    'content-disposition': 'ContentDisposition',
    'content-encoding': 'ContentEncoding',
    'content-language': 'ContentLanguage',
  }
  const known = Object.entries(headers).map(([name, value]) => {
    const field = named[name.toLowerCase()]
    if (!field) throw new Failure('bad-option', `S3 keeps no header ${name}.`, { option: 'headers' })
    return [field, value]
  })
  return {
    ContentType: type,
    Metadata: { ...checkMetadata(metadata) },
    ...Object.fromEntries(known),
    ...(acl && { ACL: acl }),
    ...(tags && { Tagging: new URLSearchParams(tags).toString() }),
  }
}

type ObjectHead = Pick<
  GetObjectCommandOutput,
  'ContentType' | 'ContentEncoding' | 'ETag' | 'Metadata' | 'LastModified'
>

export const factsOf = (
  { ContentType, ContentEncoding, ETag, Metadata, LastModified }: ObjectHead,
  bytes: number,
): FileFacts => ({
  bytes,
  etag: ETag ?? '',
  type: ContentType ?? 'application/octet-stream',
  ...(ContentEncoding && { encoding: ContentEncoding }),
  metadata: Metadata ?? {},
  modifiedAt: LastModified?.getTime() ?? 0,
})

/** Of a range, the size of the whole stands behind the slash: bytes 0-9/200. */
export const wholeBytes = ({ ContentRange, ContentLength }: GetObjectCommandOutput): number =>
  Number(ContentRange?.split('/')[1] ?? ContentLength ?? 0)

/** A bucket that is missing is a fault; a HEAD cannot tell. */
export function missing(thrown: unknown): undefined {
  if (statusIn(thrown) === 404 && (thrown as Error).name !== 'NoSuchBucket') return undefined
  throw thrown
}
