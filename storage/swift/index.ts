// A container of OpenStack Swift as a bucket.
import { json, text } from 'node:stream/consumers'
import type { Bucket, ListedFile } from '../bucket.ts'
import { deleteEach } from '../delete-each.ts'
import { createHttpClient, type HttpOptions } from '../http-client.ts'
import { checkKey, checkPrefix } from '../key.ts'
import { percentEncode, percentEncodeKey } from '../percent-encoding.ts'
import { rangeHeader } from '../range.ts'
import { wrapRemoteBucket } from '../remote-bucket.ts'
import { dismiss } from '../verified-body.ts'
import { factsFrom } from './headers.ts'
import { createSwiftParts } from './large-objects.ts'
import { createSwiftFiles } from './objects.ts'
import { createSwiftPut } from './put.ts'
import { createSwiftRequest } from './requests.ts'
import { createSessions, type SwiftAuth } from './session.ts'
import { temporaryAddress } from './temp-url.ts'

export interface SwiftOptions extends HttpOptions {
  readonly container: string
  readonly auth: SwiftAuth
  /** The key of temporary addresses, as set on the account or the container; without it there are no links. */
  readonly linkKey?: string
  readonly now?: () => number
  readonly pageSize?: number
}

export function createSwiftBucket(options: SwiftOptions): Bucket {
  const { container, auth, linkKey, now = Date.now, pageSize = 1000 } = options
  const http = createHttpClient(options)
  const sessions = createSessions(http, auth, now)
  const ask = createSwiftRequest(http, sessions)
  const at = (key: string) => ({ container, key: checkKey(key) })

  const files = createSwiftFiles(ask, container)

  const failing = wrapRemoteBucket(secretsOf(auth, linkKey))
  return failing({
    put: createSwiftPut(ask, container),
    async get(key, { range, signal } = {}) {
      const headers = range ? { range: rangeHeader(range) } : {}
      const got = await ask({ method: 'GET', ...at(key), headers, signal }, 404)
      if (got.status !== 404) return { ...factsFrom(got.headers), body: got.body }
      dismiss(got.body)
      return undefined
    },
    stat: files.stat,
    delete: (keys) => deleteEach(keys, files.remove),
    async list(prefix, after) {
      const query = {
        format: 'json',
        prefix: checkPrefix(prefix),
        limit: String(pageSize),
        ...(after !== undefined && { marker: after }),
      }
      const got = await ask({ method: 'GET', container, query })
      const files = ((await json(got.body)) as readonly SwiftListed[]).map(fileOf)
      const last = files.at(-1)
      return { files, ...(files.length === pageSize && last && { after: last.key }) }
    },
    async copy(from, to) {
      const source = `${percentEncode(container)}/${percentEncodeKey(checkKey(from))}`
      const got = await ask({ method: 'PUT', ...at(to), headers: { 'x-copy-from': source } }, 404)
      await text(got.body)
      return got.status !== 404
    },
    ...createSwiftParts(ask, container),
    ...(linkKey !== undefined && {
      async link(key: string, until: number): Promise<string> {
        const { storageUrl } = await sessions.current()
        return temporaryAddress({ storageUrl, container, key: checkKey(key), linkKey, until })
      },
    }),
    close: () => http.close(),
  })
}

interface SwiftListed {
  readonly name: string
  readonly bytes: number
  /** In UTC, without saying so. */
  readonly last_modified: string
}

const fileOf = ({ name, bytes, last_modified }: SwiftListed): ListedFile => ({
  key: name,
  bytes,
  modifiedAt: Date.parse(`${last_modified}Z`),
})

const secretsOf = (auth: SwiftAuth, linkKey = ''): string[] => [
  auth.version === 1 ? auth.key : auth.password,
  linkKey,
]
