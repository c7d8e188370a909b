// An S3 address that works by itself until a moment: Signature Version 4 in the query.
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
import { createHash, createHmac } from 'node:crypto'
import { percentEncode } from '../percent-encoding.ts'

export interface Presigning {
  readonly url: URL
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string | undefined
  readonly now: number
  readonly until: number
}

/** The longest that S3 allows: seven days. */
const maxSeconds = 604_800

export function presign({ url, now, until, ...key }: Presigning): string {
  const at = new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, '')
  const scope = `${at.slice(0, 8)}/${key.region}/s3/aws4_request`
  const seconds = Math.max(1, Math.min(maxSeconds, Math.floor((until - now) / 1000)))
  const query = [
    ['X-Amz-Algorithm', 'AWS4-HMAC-SHA256'],
    ['X-Amz-Content-Sha256', 'UNSIGNED-PAYLOAD'],
    ['X-Amz-Credential', `${key.accessKeyId}/${scope}`],
    ['X-Amz-Date', at],
    ['X-Amz-Expires', String(seconds)],
    ...(key.sessionToken ? [['X-Amz-Security-Token', key.sessionToken]] : []),
    ['X-Amz-SignedHeaders', 'host'],
  ]
    .map(([name = '', value = '']) => `${name}=${percentEncode(value)}`)
    .join('&')
  const path = url.pathname
  const canonical = ['GET', path, query, `host:${url.host}`, '', 'host', 'UNSIGNED-PAYLOAD'].join('\n')
  const toSign = ['AWS4-HMAC-SHA256', at, scope, createHash('sha256').update(canonical).digest('hex')].join(
    '\n',
  )
  const signing = scope
    .split('/')
    .reduce((secret: string | Buffer, word) => hmac(secret, word), `AWS4${key.secretAccessKey}`)
  return `${url.origin}${path}?${query}&X-Amz-Signature=${hmac(signing, toSign).toString('hex')}`
}

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()
