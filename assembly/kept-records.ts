// The records of an api process, opened before all that stands on them, and the secret that they are sealed with.
import { join } from 'node:path'
import { instanceSecret } from '../api/services/accounts/index.ts'
import { createSeal } from '../api/services/accounts/secret-sealing.ts'
import type { Records } from '../records/index.ts'
import type { Assembly } from './context.ts'
import { openConfiguredRecords } from './records.ts'
import { assembleQueueCalls } from './redis.ts'

export interface KeptRecords {
  readonly records: Records
  /** The instance's own. */
  readonly secret: string
}

export async function openKeptRecords(assembly: Assembly): Promise<KeptRecords> {
  const { config, closing, now = Date.now } = assembly
  const secret = config.secret ?? (await instanceSecret(join(config.dataDir, 'secret')))
  const records = {
    ...(await openConfiguredRecords(config, now(), createSeal(secret))),
    calls: await assembleQueueCalls(assembly),
  }
  closing.push(() => records.close())
  return { records, secret }
}
