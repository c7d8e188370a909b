// A container of OpenStack Swift as a bucket.
import { createHmac } from 'node:crypto'
import { json, text } from 'node:stream/consumers'
import { Failure } from '../errors.ts'
import { bodyOf } from './body.ts'
import type { Body, Bucket, Facts, PutOptions, Stored } from './bucket.ts'
import { encoded, encodedKey } from './encoded.ts'
import { createHttp, type Way } from './http.ts'
import { checkedKey, checkedPrefix } from './key.ts'
import { dismiss, measure } from './measure.ts'
import { provided } from './provided.ts'
import { quoted } from './quoted.ts'
import { rangeHeader } from './range.ts'
import { createAsk } from './swift-calls.ts'
import { describing, factsFrom } from './swift-headers.ts'
import { createSwiftParts } from './swift-parts.ts'
import { createSessions, type SwiftAuth } from './swift-session.ts'

export interface SwiftOptions extends Way {
  readonly container: string
  readonly auth: SwiftAuth
  /** The key of temporary addresses, as set on the account or the container; without it there are no links. */
  readonly linkKey?: string
  readonly now?: () => number
  readonly pageSize?: number
}

/** Enough to hide the way to the server, few enough to be no burden on it. */
const deletesAtOnce = 8

export function createSwiftBucket(options: SwiftOptions): Bucket {
  const { container, auth, linkKey, now = Date.now, pageSize = 1000 } = options
  const http = createHttp(options)
  const sessions = createSessions(http, auth, now)
  const ask = createAsk(http, sessions)
  const at = (key: string) => ({ container, key: checkedKey(key) })

  async function put(key: string, body: Body, asked: PutOptions): Promise<Stored | undefined> {
    if (asked.acl === 'public-read')
      throw new Failure('bad-option', 'Swift knows public containers, not public files.', { option: 'acl' })
    const headers = {
      ...describing(asked),
      ...(asked.length !== undefined && { 'content-length': String(asked.length) }),
      ...(asked.ifAbsent && { 'if-none-match': '*' }),
    }
    const where = at(key)
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

  async function head(key: string): Promise<Readonly<Record<string, string>> | undefined> {
    const got = await ask({ method: 'HEAD', ...at(key) }, 404)
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
    const got = await ask({ method: 'DELETE', ...at(key), query }, 404)
    await text(got.body)
  }

  const failing = provided(secretsOf(auth, linkKey))
  return failing({
    put,
    async get(key, { range, signal } = {}) {
      const headers = range ? { range: rangeHeader(range) } : {}
      const got = await ask({ method: 'GET', ...at(key), headers, signal }, 404)
      if (got.status !== 404) return { ...factsFrom(got.headers), body: got.body }
      dismiss(got.body)
      return undefined
    },
    stat,
    async delete(keys) {
      const waiting = keys.map(checkedKey)
      const one = async () => {
        for (let key = waiting.pop(); key !== undefined; key = waiting.pop()) await remove(key)
      }
      await Promise.all(Array.from({ length: deletesAtOnce }, one))
    },
    async list(prefix, after) {
      const query = {
        format: 'json',
        prefix: checkedPrefix(prefix),
        limit: String(pageSize),
        ...(after !== undefined && { marker: after }),
      }
      const got = await ask({ method: 'GET', container, query })
      const listed = (await json(got.body)) as readonly {
        name: string
        bytes: number
        last_modified: string
      }[]
      const files = listed.map(({ name, bytes, last_modified }) => ({
        key: name,
        bytes,
        modifiedAt: Date.parse(`${last_modified}Z`),
      }))
      const last = files.at(-1)
      return { files, ...(files.length === pageSize && last && { after: last.key }) }
    },
    async copy(from, to) {
      const source = `${encoded(container)}/${encodedKey(checkedKey(from))}`
      const got = await ask({ method: 'PUT', ...at(to), headers: { 'x-copy-from': source } }, 404)
      await text(got.body)
      return got.status !== 404
    },
    ...createSwiftParts(ask, container),
    ...(linkKey !== undefined && {
      async link(key: string, until: number): Promise<string> {
        const { storageUrl } = await sessions.current()
        return temporaryAddress({ storageUrl, container, key: checkedKey(key), linkKey, until })
      },
    }),
    close: () => http.close(),
  })
}

const secretsOf = (auth: SwiftAuth, linkKey = ''): string[] => [
  auth.version === 1 ? auth.key : auth.password,
  linkKey,
]

interface Link {
  readonly storageUrl: string
  readonly container: string
  readonly key: string
  readonly linkKey: string
  readonly until: number
}

/** https://docs.openstack.org/swift/latest/api/temporary_url_middleware.html */
function temporaryAddress({ storageUrl, container, key, linkKey, until }: Link): string {
  const expires = Math.floor(until / 1000)
  // The signature is over the path as it reads, the address has it encoded.
  const path = `${decodeURIComponent(new URL(storageUrl).pathname)}/${container}/${key}`
  const signature = createHmac('sha256', linkKey).update(`GET\n${expires}\n${path}`).digest('hex')
  const address = `${storageUrl}/${encoded(container)}/${encodedKey(key)}`
  return `${address}?temp_url_sig=${signature}&temp_url_expires=${expires}`
}
