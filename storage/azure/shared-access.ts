// The query with which an address of Azure works by itself until a moment: a shared access signature for reading.
import {
  BlobSASPermissions,
  generateBlobSASQueryParameters,
  type SASQueryParameters,
  type StorageSharedKeyCredential,
} from '@azure/storage-blob'

interface Blob {
  readonly containerName: string
  readonly blobName: string
}

/** Both in milliseconds since 1970. */
interface Period {
  readonly from: number
  readonly until: number
}

/** A server whose clock is a little behind ours would refuse a signature that begins now. */
const clockSkewMs = 300_000

export const readSignature = (
  blob: Blob,
  { from, until }: Period,
  credential: StorageSharedKeyCredential,
): SASQueryParameters =>
  generateBlobSASQueryParameters(
    {
      ...blob,
      permissions: BlobSASPermissions.parse('r'),
      startsOn: new Date(from - clockSkewMs),
      expiresOn: new Date(until),
    },
    credential,
  )
