// A face of the API over real services, listening on loopback: records, storage, intake, processing, webhooks.

import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Hono } from 'hono'
import { pino } from 'pino'
import { onTestFinished } from 'vitest'
import { krakenWebhook } from '../../api/faces/kraken/index.ts'
import { optidashWebhook } from '../../api/faces/optidash/index.ts'
import type { ApiEnv, ApiParts } from '../../api/faces/parts.ts'
import { createIntake } from '../../api/intake/index.ts'
import { createAccounts, type Quotas } from '../../api/services/accounts/index.ts'
import { createSeal } from '../../api/services/accounts/secret-sealing.ts'
import { createHooks } from '../../api/services/hooks/index.ts'
import {
  type CustomerBucket,
  createBucketDelivery,
  createOptimising,
} from '../../api/services/optimising/index.ts'
import { honoListener } from '../../assembly/hono-listener.ts'
import { createGuard } from '../../fetch/guard.ts'
import { noLimits } from '../../limits/rules.ts'
import { createLocalProcessing } from '../../processing/local.ts'
import { openRecords, type Records } from '../../records/index.ts'
import { openBucket } from '../../storage/index.ts'
import { listen } from '../../wire/server.ts'
import { aServer, type Site } from '../origin/servers.ts'
import { aFile } from '../records/folder.ts'

export interface Desk {
  readonly url: string
  readonly parts: ApiParts
  /** A new key of the project 'shop'. */
  key(options?: {
    scopes?: readonly string[]
    quotas?: Quotas
    project?: string
  }): Promise<{ id: string; secret: string }>
  /** The bytes behind an address of a result. */
  result(url: string): Promise<Buffer>
  /** How many results lie in storage. */
  stored(): Promise<number>
  /** How many files lie in the spool. */
  spooled(): number
  stop(): Promise<void>
}

export interface DeskOptions {
  readonly create: (parts: ApiParts) => Hono<ApiEnv>
  readonly endpoints?: Partial<Record<CustomerBucket['kind'], string>>
  readonly optimiseBytes?: number
  readonly budgetMs?: number
  readonly deadlineMs?: number
}

const allowAddresses = ['127.0.0.1']

export async function aDesk({ create, endpoints = {}, ...options }: DeskOptions): Promise<Desk> {
  const { optimiseBytes = 4 << 20, budgetMs = 3000, deadlineMs = 100_000 } = options
  const dir = mkdtempSync(join(tmpdir(), 'halftone-desk-'))
  const log = pino({ level: 'silent' })
  const now = Date.now
  const records = await openRecords({ file: join(dir, 'records.db') })
  const bucket = await openBucket({ kind: 'folder', dir: join(dir, 'files') })
  const secret = 'of this instance'
  const accounts = createAccounts({ records, secret, isDemo: false })
  const dispatcher = createGuard({ allowAddresses })
  const intake = createIntake({
    ...{ dir: join(dir, 'spool'), totalBytes: 64 << 20, stallMs: 30_000, dispatcher, connectMs: 10_000 },
    fetchMs: 60_000,
  })
  const processing = createLocalProcessing({
    ...{ workers: 2, maxWaiting: 50, maxWaitingPerOwner: 50, deadlineMs, budgetMs },
  })
  const seal = createSeal(secret)
  const hooks = createHooks({
    records,
    seal,
    dispatcher,
    allowAddresses,
    log,
    random: () => 0,
    lookEveryMs: 50,
  })
  const optimising = createOptimising({
    ...{ records, bucket, intake, hooks, processing, log },
    seal,
    deliver: createBucketDelivery({ dispatcher, endpoints }),
    translators: { native: () => ({}), kraken: krakenWebhook, optidash: optidashWebhook },
    retentionMs: { api: 3_600_000, page: 3_600_000 },
    ...{ maxBytes: optimiseBytes, most: 2 },
  })
  const parts: ApiParts = {
    delivery: { admit: () => undefined, address: (path) => path },
    ...{ records, bucket, accounts, intake, optimising, hooks, log, now },
    uploads: undefined as never,
    purge: async () => ({ parts: [], isPromised: false }),
    rateLimits: { table: noLimits, take: async () => {} },
    limits: { optimiseBytes, uploadBytes: 1, multipartBytes: 1, jsonBytes: 1 << 20 },
    ...{ publicUrl: undefined, picturesUrl: undefined, version: 'test' },
  }
  const server = await listen({
    ...{ host: '127.0.0.1', port: 0, limits: { lingerMs: 0 } },
    listener: honoListener(create(parts).fetch),
  })
  const { url } = server
  return {
    url,
    parts,
    key: async ({ scopes = ['optimise'], quotas = {}, project = 'shop' } = {}) => {
      const { key, secret } = await accounts.create({ project, user: 'shop', scopes, quotas })
      return { id: key.id, secret }
    },
    result: async (address) => {
      const found = await bucket.get(decodeURIComponent(new URL(address).pathname.slice(1)))
      if (!found) throw new Error(`${address} names nothing`)
      return Buffer.concat(await found.body.toArray())
    },
    spooled: () =>
      readdirSync(join(dir, 'spool'), { recursive: true, withFileTypes: true }).filter((each) =>
        each.isFile(),
      ).length,
    stored: async () => (await bucket.list('')).files.length,
    stop: async () => {
      await server.close(0)
      await optimising.stop()
      await hooks.stop()
      await processing.close()
      await intake.close()
      await dispatcher.destroy()
      await bucket.close()
      await records.close()
      rmSync(dir, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}

export interface Receiver extends Site {
  readonly received: { readonly body: Record<string, unknown>; readonly authorization: string | undefined }[]
}

/** Takes webhooks, and keeps what they said. */
export async function aReceiver(): Promise<Receiver> {
  const received: Receiver['received'] = []
  const site = await aServer(async (request, response) => {
    const body = JSON.parse(Buffer.concat(await request.toArray()).toString())
    received.push({ body, authorization: request.headers.authorization })
    response.end()
  })
  return Object.assign(site, { received })
}

/** A customer's web server with pictures by path. */
export const aGallery = (pictures: Readonly<Record<string, Buffer>>, seen: string[] = []): Promise<Site> =>
  aServer((request, response) => {
    seen.push(`${request.headers.authorization ?? ''} ${request.headers['x-key'] ?? ''}`.trim())
    const body = pictures[request.url ?? '']
    if (body) response.end(body)
    else response.writeHead(404).end()
  })

/** A database for one test. */
export async function aRecords(): Promise<Records> {
  const records = await openRecords({ file: aFile() })
  onTestFinished(() => records.close())
  return records
}
