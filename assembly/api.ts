// The API of this process: its records, its storage, the guarded way out, and the services its faces stand on.
import { join } from 'node:path'
import {
  type ApiParts,
  createApi,
  krakenWebhook,
  nativeWebhook,
  optidashWebhook,
  translateFileEvent,
} from '../api/index.ts'
import { createIntake } from '../api/intake/index.ts'
import { type Accounts, createAccounts } from '../api/services/accounts/index.ts'
import { createSeal } from '../api/services/accounts/secret-sealing.ts'
import { createHooks } from '../api/services/hooks/index.ts'
import {
  type CustomerBucket,
  createBucketDelivery,
  createOptimising,
} from '../api/services/optimising/index.ts'
import { createApiRetention } from '../api/services/retention/index.ts'
import { createUploads, type UploadsOptions } from '../api/services/uploads/index.ts'
import { type Config, isPrivate, plainUploads, uploadsName } from '../config.ts'
import { createUploadDelivery } from '../edge/index.ts'
import { createGuard } from '../fetch/guard.ts'
import { pictureTarget } from '../purging/index.ts'
import type { Records } from '../records/index.ts'
import type { Bucket } from '../storage/index.ts'
import type { Assembly } from './context.ts'
import type { KeptRecords } from './kept-records.ts'
import { type ProcessLimits, publishPlans, rateLimitsOf } from './limits.ts'
import { openOwnBucket } from './own-bucket.ts'
import { assembleProcessing } from './processing.ts'
import type { Purging } from './purging.ts'

export interface Api {
  readonly app: ReturnType<typeof createApi>
  readonly demo: Accounts['demo']
}

export interface ApiNeeds {
  readonly kept: KeptRecords
  readonly purging: Purging
  readonly limits: ProcessLimits | undefined
}

/** Services are made after the parts they use, and everything is closed in the reverse order of its making. */
export async function assembleApi(
  assembly: Assembly,
  { kept: { records, secret }, purging, limits }: ApiNeeds,
): Promise<Api> {
  const { config, log, version, now = Date.now } = assembly
  publishPlans(assembly, records.keys)
  const bucket = await openOwnBucket(assembly)
  const services = await assembleServices({ ...assembly, purging }, { records, bucket, secret })
  const parts: ApiParts = {
    ...services,
    ...{ records, bucket, version, log, now },
    delivery: createUploadDelivery(signingOf(config), now),
    limits: {
      optimiseBytes: config.maxOptimiseBytes,
      uploadBytes: config.maxUploadBytes,
      multipartBytes: config.maxMultipartBytes,
      jsonBytes: 1 << 20,
    },
    ...publicUrls(config),
    purge: purging.order,
    rateLimits: rateLimitsOf(limits),
  }
  return { app: createApi(parts), demo: services.accounts.demo }
}

const signingOf = ({ sources }: Config) => {
  const { signature, keys = [] } = sources.get(uploadsName) ?? plainUploads
  return { scheme: signature, keys }
}

const withoutSlash = (url: string): string | undefined => url.replace(/\/$/, '') || undefined

const publicUrls = ({ publicUrl, picturesUrl }: Config) => ({
  publicUrl: withoutSlash(publicUrl),
  picturesUrl: withoutSlash(picturesUrl),
})

/** For what is told without a request: webhooks. */
function basesOf(config: Config): UploadsOptions['bases'] {
  const { publicUrl = `http://${config.host}:${config.port}`, picturesUrl = publicUrl } = publicUrls(config)
  return { api: publicUrl, pictures: picturesUrl }
}

interface Persistence {
  readonly records: Records
  readonly bucket: Bucket
  /** The instance's own. */
  readonly secret: string
}

async function assembleServices(
  assembly: Assembly & { readonly purging: Purging },
  { records, bucket, secret }: Persistence,
) {
  const { config, log, closing, now = Date.now } = assembly
  const { allowAddresses, connectMs, stallMs } = config
  const seal = createSeal(secret)
  const accounts = createAccounts({ records, secret, isDemo: config.demo && isPrivate(config), now })
  const dispatcher = createGuard({ allowAddresses, connectMs, refusePorts: true })
  closing.push(() => dispatcher.close())
  const intake = createIntake({
    ...{ dir: join(config.dataDir, 'spool'), totalBytes: config.spoolBytes, stallMs, dispatcher, connectMs },
    fetchMs: config.requestMs,
  })
  await intake.sweep()
  closing.push(() => intake.close())
  const processing = assembleProcessing(assembly)
  const hooks = createHooks({ records, seal, dispatcher, allowAddresses, log, now })
  closing.push(() => hooks.stop())
  const uploads = createUploads({
    purge: uploadsPurge(assembly.purging),
    ...{ records, bucket, intake, hooks, log, now, stallMs, unstoredMs: config.unstoredMs },
    translate: translateFileEvent,
    limits: { multipartBytes: config.maxMultipartBytes },
    bases: basesOf(config),
  })
  closing.push(() => uploads.stop())
  const optimising = createOptimising({
    ...{ records, bucket, intake, hooks, processing, seal, log, now },
    deliver: createBucketDelivery({ dispatcher, endpoints: endpointsOf(config) }),
    translators: { native: nativeWebhook, kraken: krakenWebhook, optidash: optidashWebhook },
    retentionMs: { api: config.apiRetentionMs, page: config.pageRetentionMs },
    maxBytes: config.maxOptimiseBytes,
    most: config.optimiseWorkers,
  })
  closing.push(() => optimising.stop())
  const retention = createApiRetention({ records, bucket, log, now })
  retention.start()
  closing.push(() => retention.stop())
  return { accounts, intake, hooks, uploads, optimising }
}

/** All that was made from an upload. */
const uploadsPurge =
  ({ everywhere }: Purging): NonNullable<UploadsOptions['purge']> =>
  async (ids) => {
    await everywhere(ids.map((id) => ({ target: pictureTarget(uploadsName, id), isSoft: false })))
  }

/** Written as kind=URL. */
const endpointsOf = ({ targetEndpoints }: Config): Partial<Record<CustomerBucket['kind'], string>> =>
  Object.fromEntries(
    targetEndpoints.map((written) => {
      const at = written.indexOf('=')
      return [written.slice(0, at), written.slice(at + 1)]
    }),
  )
