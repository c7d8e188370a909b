// The client of an S3 server: the settings with which servers other than Amazon's understand it, and where files are.
import { createHash } from 'node:crypto'
import { S3Client } from '@aws-sdk/client-s3'
import type { HttpOptions } from '../http-client.ts'
import { percentEncode, percentEncodeKey } from '../percent-encoding.ts'
import type { createS3Handler } from './http-handler.ts'

export interface S3Options extends HttpOptions {
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

export function createClient(
  options: S3Options,
  requestHandler: ReturnType<typeof createS3Handler>,
): S3Client {
  const { region, endpoint, accessKeyId, secretAccessKey, sessionToken } = options
  const client = new S3Client({
    region,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) },
    ...(endpoint !== undefined && { endpoint }),
    forcePathStyle: isPathStyle(options),
    requestHandler,
    maxAttempts: 4,
    // The client's own log is off: a fault is thrown as a failure, and logged once where it is answered.
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

export function addressOf(options: S3Options, key: string): URL {
  const url = new URL(options.endpoint ?? `https://s3.${options.region}.amazonaws.com`)
  if (!isPathStyle(options)) url.hostname = `${options.bucket}.${url.hostname}`
  url.pathname = `${isPathStyle(options) ? `/${percentEncode(options.bucket)}` : ''}/${percentEncodeKey(key)}`
  return url
}
