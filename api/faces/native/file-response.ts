// A stored file as HTTP answers it: ranges (RFC 9110 14), validators (RFC 9110 13), and nothing that a browser runs.
import { Readable } from 'node:stream'
import { Failure } from '../../../errors.ts'
import type { FileRange, StoredFile } from '../../../storage/index.ts'
import type { NativeContext } from './authenticate.ts'
import { problemResponse } from './problems.ts'
import { dispositionOf } from './result-headers.ts'

export interface StoredBytes {
  readonly name: string
  readonly bytes: number
  readonly type: string
  readonly etag: string
  readonly cacheControl: string
  open(range?: FileRange): Promise<StoredFile | undefined>
}

export async function bytesOf(c: NativeContext, stored: StoredBytes): Promise<Response> {
  const headers = headersFor(stored)
  if (isKnown(c.req.header('if-none-match'), stored.etag)) return new Response(null, { status: 304, headers })
  const range = rangeOf(c, stored)
  if (range === 'unsatisfiable') return unsatisfiable(c, stored)
  const { from, to } = range ?? { from: 0, to: stored.bytes - 1 }
  const sent = {
    ...headers,
    'content-length': String(to - from + 1),
    ...(range ? { 'content-range': `bytes ${from}-${to}/${stored.bytes}` } : {}),
  }
  const status = range ? 206 : 200
  if (c.req.method === 'HEAD') return new Response(null, { status, headers: sent })
  const found = await stored.open(range)
  if (!found) throw gone()
  return new Response(Readable.toWeb(found.body) as ReadableStream, { status, headers: sent })
}

/** RFC 9110 15.5.17: with how much there is. */
function unsatisfiable(c: NativeContext, { bytes }: StoredBytes): Response {
  const received = c.req.header('range') ?? ''
  const failure = new Failure('bad-range', `Of these ${bytes} bytes there is no such part.`, { received })
  const response = problemResponse(c, failure)
  response.headers.set('content-range', `bytes */${bytes}`)
  return response
}

export const gone = (): Failure => new Failure('not-found', 'There is no such file, or not any more.')

function headersFor({ name, type, etag, cacheControl }: StoredBytes): Record<string, string> {
  return {
    'content-type': type,
    'content-disposition': dispositionOf('inline', name),
    'cache-control': cacheControl,
    etag,
    'accept-ranges': 'bytes',
    'x-content-type-options': 'nosniff',
    // An SVG may carry a script, and so may whatever else a browser shows as a document.
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox",
  }
}

const isKnown = (given: string | undefined, etag: string): boolean =>
  given !== undefined &&
  (given.trim() === '*' || given.split(',').some((one) => one.trim().replace(/^W\//, '') === etag))

type ByteRange = { readonly from: number; readonly to: number }

/** One range; several, or one that cannot be read, are answered with the whole (RFC 9110 14.2). */
function rangeOf(c: NativeContext, { bytes, etag }: StoredBytes): ByteRange | 'unsatisfiable' | undefined {
  const condition = c.req.header('if-range')
  if (condition !== undefined && condition !== etag) return undefined
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(c.req.header('range') ?? '') ?? []
  if (first === '' && last === '') return undefined
  if (first === '') {
    const from = Math.max(0, bytes - Number(last))
    return Number(last) === 0 || bytes === 0 ? 'unsatisfiable' : { from, to: bytes - 1 }
  }
  const [from, to] = [Number(first), last === '' ? bytes - 1 : Math.min(Number(last), bytes - 1)]
  if (last !== '' && Number(last) < from) return undefined
  return from >= bytes ? 'unsatisfiable' : { from, to }
}
