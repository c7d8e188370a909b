// A bucket of S3, or of any of the many servers that speak its protocol.
import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import {
  CopyObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
} from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import { Failure } from '../errors.ts'
import { bodyOf } from './body.ts'
import type { Body, Bucket, Facts, PutOptions, Stored } from './bucket.ts'
import { encoded, encodedKey } from './encoded.ts'
import { statusIn } from './failures.ts'
import { createHttp, type Way } from './http.ts'
import { checkedKey, checkedPrefix } from './key.ts'
import { dismiss, type Measured, measure } from './measure.ts'
import { checkedMetadata } from './metadata.ts'
import { provided } from './provided.ts'
import { rangeHeader } from './range.ts'
import { createS3Handler } from './s3-handler.ts'
import { createS3Parts } from './s3-parts.ts'
import { presigned } from './s3-presign.ts'

export interface S3Options extends Way {
  readonly bucket: string
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
  /** Of a server that is not Amazon's. */
  readonly endpoint?: string
  /** Whether the bucket stands in the path and not in the host name; by default with an endpoint of its own. */
  readonly pathStyle?: boolean
  /** False for servers that do not know If-None-Match on PUT: then two at once may both believe they were first. */
  readonly conditionalPuts?: boolean
  readonly tags?: Readonly<Record<string, string>>
  readonly now?: () => number
  readonly pageSize?: number
}

/** The most S3 takes in one request; longer and unknown bodies go in parts. */
const maxPutBytes = 5 * 1024 ** 3
/** The smallest part S3 takes. With two under way, this is what a stream of unknown length costs in memory. */
const partBytes = 5 * 1024 ** 2

export function createS3Bucket(options: S3Options): Bucket {
  const http = createHttp(options)
  const client = createClient(options, createS3Handler(http))
  const { bucket, now = Date.now, pageSize = 1000, conditionalPuts = true } = options
  const at = (key: string) => ({ Bucket: bucket, Key: checkedKey(key) })

  async function put(key: string, body: Body, asked: PutOptions): Promise<Stored | undefined> {
    const input: PutObjectCommandInput = { ...at(key), ...inputOf(asked, options.tags) }
    if (asked.ifAbsent && !conditionalPuts && (await stat(key))) {
      dismiss(body)
      return undefined
    }
    if (asked.ifAbsent && conditionalPuts) input.IfNoneMatch = '*'
    const measured = measure(body, asked)
    const length = asked.length ?? (body instanceof Uint8Array ? body.byteLength : undefined)
    try {
      const Body = await bodyOf(measured, body)
      const isOne = length !== undefined && length <= maxPutBytes
      const etag = isOne
        ? await putWhole({ ...input, Body, ContentLength: length }, asked.signal)
        : await putInParts({ ...input, Body }, asked.signal)
      return { bytes: measured.bytes(), etag }
    } catch (thrown) {
      return unlessTaken(measured, thrown)
    }
  }

  async function putWhole(input: PutObjectCommandInput, signal?: AbortSignal): Promise<string> {
    const stored = await client.send(new PutObjectCommand(input), signal ? { abortSignal: signal } : {})
    return stored.ETag ?? ''
  }

  async function putInParts(params: PutObjectCommandInput, signal?: AbortSignal): Promise<string> {
    const upload = new Upload({ client, params, partSize: partBytes, queueSize: 2 })
    const stop = () => void upload.abort()
    signal?.addEventListener('abort', stop, { once: true })
    const stored = await upload.done().finally(() => signal?.removeEventListener('abort', stop))
    return stored.ETag ?? ''
  }

  async function stat(key: string): Promise<Facts | undefined> {
    const head = await client.send(new HeadObjectCommand(at(key))).catch(missing)
    return head && factsOf(head, head.ContentLength ?? 0)
  }

  const failing = provided([options.secretAccessKey, options.sessionToken ?? ''])
  return failing({
    put,
    async get(key, { range, signal } = {}) {
      const command = new GetObjectCommand({ ...at(key), ...(range && { Range: rangeHeader(range) }) })
      const got = await client.send(command, signal ? { abortSignal: signal } : {}).catch(missing)
      if (!got) return undefined
      return { ...factsOf(got, wholeBytes(got)), body: got.Body as Readable }
    },
    stat,
    async delete(keys) {
      for (let from = 0; from < keys.length; from += 1000) {
        const Objects = keys.slice(from, from + 1000).map((key) => ({ Key: checkedKey(key) }))
        const done = await client.send(
          new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }),
        )
        const [fault] = done.Errors ?? []
        if (fault) throw Object.assign(new Error(fault.Message), { name: fault.Code })
      }
    },
    async list(prefix, after) {
      const page = await client.send(
        new ListObjectsV2Command({
          Bucket: bucket,
          Prefix: checkedPrefix(prefix),
          MaxKeys: pageSize,
          ...(after !== undefined && { StartAfter: after }),
        }),
      )
      const files = (page.Contents ?? []).map(({ Key = '', Size = 0, LastModified }) => ({
        key: Key,
        bytes: Size,
        modifiedAt: LastModified?.getTime() ?? 0,
      }))
      const last = files.at(-1)
      return { files, ...(page.IsTruncated && last && { after: last.key }) }
    },
    async copy(from, to) {
      const CopySource = `${encoded(bucket)}/${encodedKey(checkedKey(from))}`
      return (
        (await client.send(new CopyObjectCommand({ ...at(to), CopySource })).catch(missing)) !== undefined
      )
    },
    ...createS3Parts(client, bucket, stat),
    async link(key, until) {
      return presigned({ ...options, url: addressOf(options, checkedKey(key)), now: now(), until })
    },
    async close() {
      client.destroy()
      await http.close()
    },
  })
}

function createClient(options: S3Options, requestHandler: ReturnType<typeof createS3Handler>): S3Client {
  const { region, endpoint, accessKeyId, secretAccessKey, sessionToken } = options
  const client = new S3Client({
    region,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) },
    ...(endpoint !== undefined && { endpoint }),
    forcePathStyle: isPathStyle(options),
    requestHandler,
    maxAttempts: 4,
    // What went wrong leaves as a failure and is logged once, by whoever answers.
    logger: { trace() {}, debug() {}, info() {}, warn() {}, error() {} },
    // The client's own checksums come as a framing of the body that most servers other than Amazon's store as it is.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  })
  // Removal of many wants a checksum; the old one is known to all servers, Amazon's included.
  client.middlewareStack.add(
    (next, context) => (args) => {
      const request = args.request as { headers: Record<string, string>; body: string }
      if (context.commandName === 'DeleteObjectsCommand') {
        for (const name of Object.keys(request.headers))
          if (/^x-amz-(sdk-)?checksum-/i.test(name)) delete request.headers[name]
        request.headers['content-md5'] = createHash('md5').update(request.body).digest('base64')
      }
      return next(args)
    },
    { step: 'build', priority: 'low', name: 'contentMd5' },
  )
  return client
}

const isPathStyle = ({ pathStyle, endpoint }: S3Options): boolean => pathStyle ?? endpoint !== undefined

function addressOf(options: S3Options, key: string): URL {
  const url = new URL(options.endpoint ?? `https://s3.${options.region}.amazonaws.com`)
  if (!isPathStyle(options)) url.hostname = `${options.bucket}.${url.hostname}`
  url.pathname = `${isPathStyle(options) ? `/${encoded(options.bucket)}` : ''}/${encodedKey(key)}`
  return url
}

function inputOf({ type, metadata, headers = {}, acl }: PutOptions, tags?: S3Options['tags']) {
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
    Metadata: { ...checkedMetadata(metadata) },
    ...Object.fromEntries(known),
    ...(acl && { ACL: acl }),
    ...(tags && { Tagging: new URLSearchParams(tags).toString() }),
  }
}

type Head = Pick<GetObjectCommandOutput, 'ContentType' | 'ETag' | 'Metadata' | 'LastModified'>

const factsOf = ({ ContentType, ETag, Metadata, LastModified }: Head, bytes: number): Facts => ({
  bytes,
  etag: ETag ?? '',
  type: ContentType ?? 'application/octet-stream',
  metadata: Metadata ?? {},
  modifiedAt: LastModified?.getTime() ?? 0,
})

/** Of a range, the size of the whole stands behind the slash: bytes 0-9/200. */
const wholeBytes = ({ ContentRange, ContentLength }: GetObjectCommandOutput): number =>
  Number(ContentRange?.split('/')[1] ?? ContentLength ?? 0)

/** A bucket that is missing is a fault; a HEAD cannot tell. */
function missing(thrown: unknown): undefined {
  if (statusIn(thrown) === 404 && (thrown as Error).name !== 'NoSuchBucket') return undefined
  throw thrown
}

function unlessTaken(measured: Measured, thrown: unknown): undefined {
  const failure = measured.failure()
  if (failure) throw failure
  if (statusIn(thrown) === 412) return undefined
  throw thrown
}
