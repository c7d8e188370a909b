// A file into Swift, in one request; a stream of unknown length goes in chunks.
import { text } from 'node:stream/consumers'
import { Failure } from '../errors.ts'
import { bodyOf } from './body.ts'
import type { Body, Bucket, PutOptions, Stored } from './bucket.ts'
import { checkedKey } from './key.ts'
import { dismiss, measure } from './measure.ts'
import { quoted } from './quoted.ts'
import type { Ask } from './swift-calls.ts'
import { describing } from './swift-headers.ts'

export function createSwiftPut(ask: Ask, container: string): Bucket['put'] {
  async function put(key: string, body: Body, asked: PutOptions): Promise<Stored | undefined> {
    if (asked.acl === 'public-read')
      throw new Failure('bad-option', 'Swift knows public containers, not public files.', { option: 'acl' })
    const headers = {
      ...describing(asked),
      ...(asked.length !== undefined && { 'content-length': String(asked.length) }),
      ...(asked.ifAbsent && { 'if-none-match': '*' }),
    }
    const where = { container, key: checkedKey(key) }
    const measured = measure(body, asked)
    try {
      const sent = await bodyOf(measured, body)
      const got = await ask({ method: 'PUT', ...where, headers, body: sent, signal: asked.signal }, 412)
      await text(got.body)
      if (got.status !== 412) return { bytes: measured.bytes(), etag: quoted(got.headers.etag) }
      dismiss(body)
      return undefined
    } catch (thrown) {
      throw measured.failure() ?? thrown
    }
  }

  return put
}
