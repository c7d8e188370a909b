// The native API as its users meet it: over HTTP on loopback, with real records, storage, spool and workers; each
// answer is held against the document that the server gives.
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { pino } from 'pino'
import { Pool } from 'undici'
import { translateFileEvent } from '../../api/faces/file-webhook.ts'
import { createNative, nativeWebhook } from '../../api/faces/native/index.ts'
import type { ApiParts } from '../../api/faces/parts.ts'
import { createIntake } from '../../api/intake/index.ts'
import { createAccounts } from '../../api/services/accounts/index.ts'
import { createSeal } from '../../api/services/accounts/secret-sealing.ts'
import { createHooks } from '../../api/services/hooks/index.ts'
import { createBucketDelivery, createOptimising } from '../../api/services/optimising/index.ts'
import { createUploads } from '../../api/services/uploads/index.ts'
import { honoListener } from '../../assembly/hono-listener.ts'
import { purgesOf } from '../../edge/purges.ts'
import { createGuard } from '../../fetch/guard.ts'
import type { RuleTable } from '../../limits/rules.ts'
import { createLocalProcessing } from '../../processing/local.ts'
import { createMemoryLog } from '../../purging/index.ts'
import { openRecords } from '../../records/index.ts'
import { openBucket } from '../../storage/index.ts'
import { listen } from '../../wire/server.ts'
import type { Process } from '../journeys/processes.ts'
import { type Described, type Document, describedBy } from './described.ts'

/** Nobody is limited here; plans can be given. */
const rateTable: RuleTable = {
  rules: [{ name: 'calls', per: 'key', of: ['api'], rate: 5, burst: 10 }],
  plans: { small: { calls: { rate: 1, burst: 2 } }, large: { calls: { rate: 50, burst: 100 } } },
}

export const secret = 'the secret of this instance'
const loopback = ['127.0.0.1/32']
const log = pino({ level: 'silent' })

export interface Key {
  readonly id: string
  readonly secret: string
}

export interface Asked {
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array | FormData
  readonly json?: unknown
  /** By default the server's own key, which may do everything; null for none. */
  readonly key?: Key | null
}

export interface Answered {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly type: string
  readonly body: Buffer
  // biome-ignore lint/suspicious/noExplicitAny: held against the document's schema, and then against what a test expects
  json(): any
}

export type Server = Awaited<ReturnType<typeof aServer>>

async function services(dir: string, now: () => number) {
  const records = await openRecords({ file: join(dir, 'records.db') })
  const bucket = await openBucket({ kind: 'folder', dir: join(dir, 'storage') })
  const dispatcher = createGuard({ allowAddresses: loopback })
  const intake = createIntake({
    ...{ dir: join(dir, 'spool'), totalBytes: 1e9, stallMs: 30_000, connectMs: 10_000, fetchMs: 60_000 },
    dispatcher,
  })
  const processing = createLocalProcessing({
    ...{ workers: 2, maxWaiting: 100, maxWaitingPerOwner: 100, deadlineMs: 100_000, budgetMs: 5000 },
  })
  const accounts = createAccounts({ records, secret, isDemo: true, now })
  const seal = createSeal(secret)
  const hooks = createHooks({
    records,
    seal,
    dispatcher,
    allowAddresses: loopback,
    log,
    now,
    lookEveryMs: 50,
  })
  const uploads = createUploads({
    ...{ records, bucket, intake, hooks, log, now, unstoredMs: 86_400_000 },
    bases: { api: 'https://api.example', pictures: 'https://cdn.example' },
    translate: translateFileEvent,
    limits: { multipartBytes: 100e6 },
  })
  const optimising = createOptimising({
    ...{ records, bucket, intake, hooks, processing, log, now, most: 2, maxBytes: 8e6 },
    seal,
    deliver: createBucketDelivery({ dispatcher, endpoints: {} }),
    translators: { native: nativeWebhook, kraken: nativeWebhook, optidash: nativeWebhook },
    retentionMs: { api: 3_600_000, page: 12 * 3_600_000 },
  })
  const close = async () => {
    for (const end of [optimising.stop, uploads.stop, hooks.stop, processing.close, intake.close]) await end()
    await dispatcher.destroy()
    await bucket.close()
    await records.close()
    rmSync(dir, { recursive: true, force: true, maxRetries: 3 })
  }
  return { parts: { records, bucket, intake, accounts, hooks, uploads, optimising }, close }
}

export async function aServer() {
  const dir = mkdtempSync(join(tmpdir(), 'halftone-native-'))
  const clock = { ahead: 0 }
  const now = () => Date.now() + clock.ahead
  const { parts: real, close } = await services(dir, now)
  const purges = createMemoryLog({ now })
  const purge: ApiParts['purge'] = async (order) => {
    await purges.append(purgesOf(order, new Map([['photos', { defaults: '' }]])))
    return { parts: [{ part: 'edge', at: now() }], isPromised: false }
  }
  const parts: ApiParts = {
    delivery: { admit: () => undefined, address: (path) => path },
    ...real,
    purge,
    rateLimits: { table: rateTable, take: async () => {} },
    limits: { optimiseBytes: 8e6, uploadBytes: 20e6, multipartBytes: 100e6, jsonBytes: 100_000 },
    ...{ publicUrl: undefined, picturesUrl: undefined, version: 'test', log, now },
  }
  const app = createNative(parts)
  const server = await listen({
    ...{ host: '127.0.0.1', port: 0, limits: { lingerMs: 0 } },
    listener: honoListener(app.fetch),
  })
  const created = await parts.accounts.create({ project: 'shop', user: 'ann', scopes: ['*'] })
  const own: Key = { id: created.key.id, secret: created.secret }
  const pool = new Pool(server.url, { connections: 32 })
  let described: Described | undefined

  async function ask(method: string, path: string, asked: Asked = {}): Promise<Answered> {
    const { key = own, json, headers = {} } = asked
    const body =
      json === undefined ? await sent(asked.body) : { body: JSON.stringify(json), type: 'application/json' }
    const response = await pool.request({
      path,
      method,
      headers: {
        ...(body.type === undefined ? {} : { 'content-type': body.type }),
        ...(key ? { authorization: `Bearer ${key.id}.${key.secret}` } : {}),
        ...headers,
      },
      ...(body.body === undefined ? {} : { body: body.body }),
    } as Parameters<typeof pool.request>[0])
    const answer = Buffer.from(await response.body.arrayBuffer())
    return {
      status: response.statusCode,
      headers: response.headers,
      type: String(response.headers['content-type'] ?? ''),
      body: answer,
      json: () => JSON.parse(answer.toString()),
    }
  }

  const document = async (): Promise<Described> => {
    described ??= describedBy((await ask('GET', '/openapi.json')).json() as Document)
    return described
  }

  return {
    ...{ dir, clock, parts, url: server.url, key: own, ask, document },
    /** As `ask`, and the answer is as the document says. */
    async call(method: string, path: string, asked: Asked = {}): Promise<Answered> {
      const answer = await ask(method, path, asked)
      const [pathname = ''] = path.split('?')
      ;(await document()).check(method, pathname, answer)
      return answer
    },
    async keyWith(scopes: readonly string[], project = 'shop'): Promise<Key> {
      const { key, secret } = await parts.accounts.create({ project, user: 'bob', scopes })
      return { id: key.id, secret }
    },
    async stop() {
      await pool.destroy()
      await server.close(1000)
      await close()
    },
  }
}

async function sent(body: Asked['body']): Promise<{ body?: string | Uint8Array; type?: string }> {
  if (!(body instanceof FormData)) return body === undefined ? {} : { body }
  const form = new Response(body)
  const type = form.headers.get('content-type')
  return { body: new Uint8Array(await form.arrayBuffer()), ...(type === null ? {} : { type }) }
}

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The header of a key that may do everything, made by the command line beside the running process. */
export async function authorizationFor({ dataDir }: Process): Promise<string> {
  const asked = ['keys', 'add', '--project', 'shop', '--user', 'ann', '--json']
  const env = { ...process.env, HALFTONE_DATA: dataDir }
  const { stdout } = await promisify(execFile)(join(root, 'bin/halftone'), asked, { cwd: root, env })
  const { id, secret } = JSON.parse(stdout)
  return `Bearer ${id}.${secret}`
}

export interface Elsewhere {
  readonly url: string
  readonly webhooks: { readonly headers: IncomingHttpHeaders; readonly body: string }[]
  stop(): void
}

/** Somebody else's server: gives out a picture under any name, and takes webhooks. */
export async function anElsewhere(picture: Buffer): Promise<Elsewhere> {
  const webhooks: { headers: IncomingHttpHeaders; body: string }[] = []
  const server = createServer(async (request, response) => {
    if (request.method === 'GET') {
      const isThere = /\.(jpe?g|png)$/.test(request.url ?? '')
      return void response.writeHead(isThere ? 200 : 404).end(isThere ? picture : undefined)
    }
    let body = ''
    for await (const chunk of request) body += chunk
    webhooks.push({ headers: request.headers, body })
    response.end()
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    webhooks,
    stop: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
