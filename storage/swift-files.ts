// What Swift knows of one file, and its removal with all that belongs to it.
import { text } from 'node:stream/consumers'
import type { Facts } from './bucket.ts'
import { checkedKey } from './key.ts'
import { dismiss } from './measure.ts'
import type { Ask } from './swift-calls.ts'
import { factsFrom } from './swift-headers.ts'

export function createSwiftFiles(ask: Ask, container: string) {
  async function head(key: string): Promise<Readonly<Record<string, string>> | undefined> {
    const got = await ask({ method: 'HEAD', container, key: checkedKey(key) }, 404)
    dismiss(got.body)
    return got.status === 404 ? undefined : got.headers
  }

  async function stat(key: string): Promise<Facts | undefined> {
    const headers = await head(key)
    return headers && factsFrom(headers)
  }

  /** The parts of a large file go only when asked for, and a small file must not be asked so. */
  async function remove(key: string): Promise<void> {
    const headers = await head(key)
    if (!headers) return
    const isLarge = headers['x-static-large-object']?.toLowerCase() === 'true'
    const query = isLarge ? { 'multipart-manifest': 'delete' } : {}
    const got = await ask({ method: 'DELETE', container, key: checkedKey(key), query }, 404)
    await text(got.body)
  }

  return { stat, remove }
}
