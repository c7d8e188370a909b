// A container of Azure Blob Storage as a bucket.
import type { Readable } from 'node:stream'
import {
  AnonymousCredential,
  type BlobDownloadOptions,
  ContainerClient,
  StorageSharedKeyCredential,
} from '@azure/storage-blob'
import type { Bucket, FileFacts, FileRange } from '../bucket.ts'
import { deleteEach } from '../delete-each.ts'
import { createHttpClient, type HttpOptions } from '../http-client.ts'
import { checkKey } from '../key.ts'
import { percentEncode } from '../percent-encoding.ts'
import { outOfRange } from '../range.ts'
import { wrapRemoteBucket } from '../remote-bucket.ts'
import { dismiss } from '../verified-body.ts'
import { createAzureHttp } from './http-client.ts'
import { listBlobs } from './list.ts'
import { createAzureParts } from './multipart.ts'
import { factsOf, missing } from './properties.ts'
import { createAzurePut } from './put.ts'
import { readSignature } from './shared-access.ts'

export interface AzureOptions extends HttpOptions {
  readonly account: string
  readonly container: string
  /** Of the account, in base64; or else `sas`. */
  readonly key?: string
  /** A shared access signature: the query of an address, from a customer who does not give the key. */
  readonly sas?: string
  /** Of a server other than Microsoft's; with the account in its path if that server expects it there. */
  readonly endpoint?: string
  readonly now?: () => number
  readonly pageSize?: number
}

export function createAzureBucket(options: AzureOptions): Bucket {
  const { key: accountKey, account, now = Date.now, pageSize = 1000 } = options
  const http = createHttpClient(options)
  const credential =
    accountKey === undefined ? new AnonymousCredential() : new StorageSharedKeyCredential(account, accountKey)
  const clientOf = (maxTries: number) =>
    new ContainerClient(addressOf(options), credential, {
      httpClient: createAzureHttp(http),
      retryOptions: { maxTries, retryDelayInMs: 200, maxRetryDelayInMs: 2000 },
    })
  const client = clientOf(4)
  const blobAt = (key: string) => client.getBlockBlobClient(checkKey(key))

  async function stat(key: string): Promise<FileFacts | undefined> {
    const properties = await blobAt(key).getProperties().catch(missing)
    return properties && factsOf(properties)
  }

  async function copy(from: string, to: string): Promise<boolean> {
    const poller = await blobAt(to)
      .beginCopyFromURL(client.getBlobClient(from).url, { intervalInMs: 500 })
      .catch(missing)
    await poller?.pollUntilDone()
    return poller !== undefined
  }

  const failing = wrapRemoteBucket([accountKey ?? '', options.sas ?? ''])
  return failing({
    put: createAzurePut(client),
    async get(key, { range, signal } = {}) {
      const how: BlobDownloadOptions = { ...(signal && { abortSignal: signal }), maxRetryRequests: 3 }
      const got = await blobAt(key).download(range?.from, countOf(range), how).catch(missing)
      if (!got) return undefined
      const [facts, body] = [factsOf(got), got.readableStreamBody as Readable]
      // Azure refuses it, Azurite sends nothing.
      if (!range || range.from < facts.bytes) return { ...facts, body }
      dismiss(body)
      throw outOfRange()
    },
    stat,
    delete: (keys) => deleteEach(keys, (key) => blobAt(key).deleteIfExists()),
    list: (prefix, after) => listBlobs(client, { prefix, pageSize, after }),
    copy: (from, to) => copy(checkKey(from), to),
    ...createAzureParts({ client, once: clientOf(1), copy, stat }),
    ...(credential instanceof StorageSharedKeyCredential && {
      async link(key: string, until: number): Promise<string> {
        const blob = { containerName: options.container, blobName: checkKey(key) }
        return `${blobAt(key).url}?${readSignature(blob, { from: now(), until }, credential)}`
      },
    }),
    close: () => http.close(),
  })
}

function addressOf({ account, container, endpoint, sas }: AzureOptions): string {
  const base = (endpoint ?? `https://${account}.blob.core.windows.net`).replace(/\/$/, '')
  return `${base}/${percentEncode(container)}${sas ? `?${sas.replace(/^\?/, '')}` : ''}`
}

function countOf(range: FileRange | undefined): number | undefined {
  return range?.to === undefined ? undefined : range.to - range.from + 1
}
