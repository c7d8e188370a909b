// The door of storage: a bucket by its settings. A provider's client is loaded when it is used, not before.
import type { AzureOptions } from './azure.ts'
import type { Bucket } from './bucket.ts'
import type { FolderOptions } from './folder.ts'
import type { S3Options } from './s3-client.ts'
import type { SwiftOptions } from './swift.ts'

export type { Body, Bucket, Facts, Found, Page, PutOptions, Range, Stored, Upload } from './bucket.ts'
export { isKey, keyFor, keyWords, uploadKey } from './key.ts'
export { createRetention, type Retention, resultKey } from './retention.ts'

export type BucketSettings =
  | ({ readonly kind: 'folder' } & FolderOptions)
  | ({ readonly kind: 's3' } & S3Options)
  | ({ readonly kind: 'azure' } & AzureOptions)
  | ({ readonly kind: 'swift' } & SwiftOptions)

/** A customer's bucket is opened with the guard as its `dispatcher`: its address is what a stranger wrote. */
export async function openBucket(settings: BucketSettings): Promise<Bucket> {
  switch (settings.kind) {
    case 'folder':
      return (await import('./folder.ts')).createFolderBucket(settings)
    case 's3':
      return (await import('./s3.ts')).createS3Bucket(settings)
    case 'azure':
      return (await import('./azure.ts')).createAzureBucket(settings)
    case 'swift':
      return (await import('./swift.ts')).createSwiftBucket(settings)
  }
}
