// One page of the names in a container.
import type { BlobItem, ContainerClient } from '@azure/storage-blob'
import type { ListedFile, ListPage } from '../bucket.ts'
import { checkPrefix } from '../key.ts'

interface ListBlobs {
  readonly prefix: string
  readonly pageSize: number
  /** Azure's continuation token, from the page before. */
  readonly after: string | undefined
}

export async function listBlobs(
  client: ContainerClient,
  { prefix, pageSize, after }: ListBlobs,
): Promise<ListPage> {
  const pages = client
    .listBlobsFlat({ prefix: checkPrefix(prefix) })
    .byPage({ maxPageSize: pageSize, ...(after !== undefined && { continuationToken: after }) })
  const { value } = await pages.next()
  const files = (value?.segment.blobItems ?? []).map(fileOf)
  return { files, ...(value?.continuationToken && { after: value.continuationToken }) }
}

const fileOf = ({ name, properties }: BlobItem): ListedFile => ({
  key: name,
  bytes: properties.contentLength ?? 0,
  modifiedAt: properties.lastModified.getTime(),
})
