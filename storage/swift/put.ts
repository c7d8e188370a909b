// A file into Swift, in one request; a stream of unknown length goes in chunks.
import { text } from 'node:stream/consumers'
import { Failure } from '../../errors.ts'
import type { Bucket, PutOptions, PutResult, StorageBody } from '../bucket.ts'
import { toClientBody } from '../client-body.ts'
import { quoteEtag } from '../etag.ts'
import { checkKey } from '../key.ts'
import { dismiss, verifyBody } from '../verified-body.ts'
import { describing } from './headers.ts'
import type { SwiftRequest } from './requests.ts'

export function createSwiftPut(ask: SwiftRequest, container: string): Bucket['put'] {
  async function put(key: string, body: StorageBody, asked: PutOptions): Promise<PutResult | undefined> {
    if (asked.acl === 'public-read')
      throw new Failure('bad-option', 'Swift knows public containers, not public files.', { option: 'acl' })
    const headers = {
      ...describing(asked),
      ...(asked.length !== undefined && { 'content-length': String(asked.length) }),
      ...(asked.ifAbsent && { 'if-none-match': '*' }),
    }
    const where = { container, key: checkKey(key) }
    const measured = verifyBody(body, asked)
    try {
      const sent = await toClientBody(measured, body)
      const got = await ask({ method: 'PUT', ...where, headers, body: sent, signal: asked.signal }, 412)
      await text(got.body)
      if (got.status !== 412) return { bytes: measured.bytes(), etag: quoteEtag(got.headers.etag) }
      dismiss(body)
      return undefined
    } catch (thrown) {
      throw measured.failure() ?? thrown
    }
  }

  return put
}
