// The optimise service on real records, storage, spool and worker threads, with a receiver of its webhooks.
import { createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { createIntake } from '../../api/intake/index.ts'
import { createSeal } from '../../api/services/accounts/secret-sealing.ts'
import { createHooks } from '../../api/services/hooks/index.ts'
import {
  createBucketDelivery,
  createOptimising,
  type PromiseReport,
} from '../../api/services/optimising/index.ts'
import { createGuard } from '../../fetch/guard.ts'
import { createLocalProcessing } from '../../processing/local.ts'
import { type JsonObject, openRecords } from '../../records/index.ts'
import { openBucket } from '../../storage/index.ts'

const loopback = ['127.0.0.1/32']
const log = pino({ level: 'silent' })

export interface Receiver {
  readonly url: string
  readonly bodies: JsonObject[]
  stop(): void
}

/** Takes webhooks, and gives out pictures by path. */
export async function aReceiver(pictures: Readonly<Record<string, Buffer>> = {}): Promise<Receiver> {
  const bodies: JsonObject[] = []
  const server = createServer(async (request, response) => {
    const picture = pictures[request.url ?? '']
    if (request.method === 'GET') return void response.writeHead(picture ? 200 : 404).end(picture)
    let body = ''
    for await (const chunk of request) body += chunk
    bodies.push(JSON.parse(body))
    response.end()
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bodies,
    stop: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

const teller = ({ id, context, outcomes, failure }: PromiseReport): JsonObject => ({
  id,
  ...context,
  ...(failure ? { failure } : { sizes: (outcomes ?? []).map(({ figures }) => figures.report.bytes) }),
})

export type Service = Awaited<ReturnType<typeof aService>>

/** `dir` of an earlier one: its successor after a restart. */
export async function aService({
  dir = mkdtempSync(join(tmpdir(), 'halftone-optimising-')),
  workers = 2,
} = {}) {
  const records = await openRecords({ file: join(dir, 'records.db') })
  const bucket = await openBucket({ kind: 'folder', dir: join(dir, 'storage') })
  const dispatcher = createGuard({ allowAddresses: loopback })
  const intake = createIntake({
    ...{
      dir: join(dir, 'spool'),
      totalBytes: 1e9,
      stallMs: 30_000,
      dispatcher,
      connectMs: 10_000,
      fetchMs: 60_000,
    },
  })
  const processing = createLocalProcessing({
    ...{ workers, maxWaiting: 100, maxWaitingPerOwner: 100, deadlineMs: 100_000, budgetMs: 10_000 },
  })
  const seal = createSeal('the secret of this instance')
  const hooks = createHooks({ records, seal, dispatcher, allowAddresses: loopback, log })
  const optimising = createOptimising({
    ...{ records, bucket, intake, hooks, processing, log },
    seal,
    deliver: createBucketDelivery({ dispatcher, endpoints: {} }),
    translators: { native: teller, kraken: teller, optidash: teller },
    retentionMs: { api: 3_600_000, page: 12 * 3_600_000 },
    maxBytes: 32e6,
    most: 2,
  })
  return {
    dir,
    ...{ records, bucket, intake, optimising },
    /** As if a client had sent it. */
    async received(bytes: Uint8Array, name = 'picture.jpg') {
      const file = join(dir, 'sent')
      writeFileSync(file, bytes)
      return { received: await intake.receive(createReadStream(file), { name, maxBytes: 32e6 }) }
    },
    async stop({ keep = false } = {}) {
      await optimising.stop()
      await hooks.stop()
      await processing.close()
      await intake.close()
      await dispatcher.close()
      await bucket.close()
      await records.close()
      if (!keep) rmSync(dir, { recursive: true, force: true })
    },
  }
}
