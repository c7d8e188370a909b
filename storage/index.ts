// The door of storage: a bucket by its settings. A provider's client is loaded when it is used, not before.
import type { AzureOptions } from './azure/index.ts'
import type { Bucket } from './bucket.ts'
import type { FolderOptions } from './folder/index.ts'
import type { S3Options } from './s3/client.ts'
import type { SwiftOptions } from './swift/index.ts'

export type {
  Bucket,
  FileFacts,
  FileRange,
  ListPage,
  PutOptions,
  PutResult,
  StorageBody,
  StoredFile,
  Upload,
} from './bucket.ts'
export { isKey, keyFor, keyWords, uploadKey } from './key.ts'
export { createRetention, type Retention, removeBefore, resultKey } from './retention.ts'

export type BucketSettings =
  | ({ readonly kind: 'folder' } & FolderOptions)
  | ({ readonly kind: 's3' } & S3Options)
  | ({ readonly kind: 'azure' } & AzureOptions)
  | ({ readonly kind: 'swift' } & SwiftOptions)

/** A customer's bucket is opened with the guard as its `dispatcher`: its address is what a stranger wrote. */
export async function openBucket(settings: BucketSettings): Promise<Bucket> {
  switch (settings.kind) {
    case 'folder':
      return (await import('./folder/index.ts')).createFolderBucket(settings)
    case 's3':
      return (await import('./s3/index.ts')).createS3Bucket(settings)
    case 'azure':
      return (await import('./azure/index.ts')).createAzureBucket(settings)
    case 'swift':
      return (await import('./swift/index.ts')).createSwiftBucket(settings)
  }
}
