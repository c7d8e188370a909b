// Facts of one object in Swift, and its removal with all its segments.
import { text } from 'node:stream/consumers'
import type { FileFacts } from '../bucket.ts'
import { checkKey } from '../key.ts'
import { dismiss } from '../verified-body.ts'
import { factsFrom } from './headers.ts'
import type { SwiftRequest } from './requests.ts'

export function createSwiftFiles(ask: SwiftRequest, container: string) {
  async function head(key: string): Promise<Readonly<Record<string, string>> | undefined> {
    const got = await ask({ method: 'HEAD', container, key: checkKey(key) }, 404)
    dismiss(got.body)
    return got.status === 404 ? undefined : got.headers
  }

  async function stat(key: string): Promise<FileFacts | undefined> {
    const headers = await head(key)
    return headers && factsFrom(headers)
  }

  /** The parts of a large file go only when asked for, and a small file must not be asked so. */
  async function remove(key: string): Promise<void> {
    const headers = await head(key)
    if (!headers) return
    const isLarge = headers['x-static-large-object']?.toLowerCase() === 'true'
    const query = isLarge ? { 'multipart-manifest': 'delete' } : {}
    const got = await ask({ method: 'DELETE', container, key: checkKey(key), query }, 404)
    await text(got.body)
  }

  return { stat, remove }
}
