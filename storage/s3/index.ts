// A bucket of S3, or of any of the many servers that speak its protocol.
import type { Readable } from 'node:stream'
import {
  CopyObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
} from '@aws-sdk/client-s3'
import type { Bucket, FileFacts, ListPage } from '../bucket.ts'
import { createHttpClient } from '../http-client.ts'
import { checkKey, checkPrefix } from '../key.ts'
import { percentEncode, percentEncodeKey } from '../percent-encoding.ts'
import { rangeHeader } from '../range.ts'
import { wrapRemoteBucket } from '../remote-bucket.ts'
import { addressOf, createClient, type S3Options } from './client.ts'
import { createS3Handler } from './http-handler.ts'
import { createS3Parts } from './multipart.ts'
import { presign } from './presign.ts'
import { factsOf, missing, wholeBytes } from './properties.ts'
import { createS3Put } from './put.ts'

export function createS3Bucket(options: S3Options): Bucket {
  const http = createHttpClient(options)
  const client = createClient(options, createS3Handler(http))
  const { bucket, now = Date.now, pageSize = 1000 } = options
  const at = (key: string) => ({ Bucket: bucket, Key: checkKey(key) })

  async function stat(key: string): Promise<FileFacts | undefined> {
    const head = await client.send(new HeadObjectCommand(at(key))).catch(missing)
    return head && factsOf(head, head.ContentLength ?? 0)
  }

  const failing = wrapRemoteBucket([options.secretAccessKey, options.sessionToken ?? ''])
  return failing({
    put: createS3Put(client, options, stat),
    async get(key, { range, signal } = {}) {
      const command = new GetObjectCommand({ ...at(key), ...(range && { Range: rangeHeader(range) }) })
      const got = await client.send(command, signal ? { abortSignal: signal } : {}).catch(missing)
      if (!got) return undefined
      return { ...factsOf(got, wholeBytes(got)), body: got.Body as Readable }
    },
    stat,
    async delete(keys) {
      for (let from = 0; from < keys.length; from += 1000) {
        const Objects = keys.slice(from, from + 1000).map((key) => ({ Key: checkKey(key) }))
        const done = await client.send(
          new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }),
        )
        const [fault] = done.Errors ?? []
        if (fault) throw Object.assign(new Error(fault.Message), { name: fault.Code })
      }
    },
    async list(prefix, after) {
      const query = {
        Bucket: bucket,
        Prefix: checkPrefix(prefix),
        MaxKeys: pageSize,
        ...(after !== undefined && { StartAfter: after }),
      }
      return pageOf(await client.send(new ListObjectsV2Command(query)))
    },
    async copy(from, to) {
      const CopySource = `${percentEncode(bucket)}/${percentEncodeKey(checkKey(from))}`
      return (
        (await client.send(new CopyObjectCommand({ ...at(to), CopySource })).catch(missing)) !== undefined
      )
    },
    ...createS3Parts(client, bucket, stat),
    async link(key, until) {
      return presign({ ...options, url: addressOf(options, checkKey(key)), now: now(), until })
    },
    async close() {
      client.destroy()
      await http.close()
    },
  })
}

function pageOf({ Contents = [], IsTruncated }: ListObjectsV2CommandOutput): ListPage {
  const files = Contents.map(({ Key = '', Size = 0, LastModified }) => ({
    key: Key,
    bytes: Size,
    modifiedAt: LastModified?.getTime() ?? 0,
  }))
  const last = files.at(-1)
  return { files, ...(IsTruncated && last && { after: last.key }) }
}
