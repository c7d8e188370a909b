// A whole Halftone with keys to it, for the clients that know Uploadcare's addresses.
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAccounts, type Settings } from '../../api/services/accounts/index.ts'
import type { WrittenConfig } from '../../config.ts'
import { openRecords } from '../../records/index.ts'
import { openBucket, uploadKey } from '../../storage/index.ts'
import { aClock } from '../clocks.ts'
import { aNode } from '../journeys/cdn.ts'

const secret = 'of this instance'

export interface Keys {
  readonly publicKey: string
  readonly secretKey: string
}

export async function aHalftone(written: WrittenConfig = {}) {
  const dataDir = mkdtempSync(join(tmpdir(), 'halftone-uploadcare-'))
  const clock = aClock()
  const node = await aNode({ clock, dataDir, secret, allowAddresses: ['127.0.0.1'], ...written })
  const { database } = written
  const records = await openRecords(
    typeof database === 'string' ? { url: database } : { file: join(dataDir, 'records.db') },
  )
  const accounts = createAccounts({ records, secret, isDemo: false })

  async function keys(project: string, settings: Settings = {}, scopes = ['*']): Promise<Keys> {
    const { key, secret } = await accounts.create({ project, user: 'ann', scopes, settings })
    return { publicKey: key.id, secretKey: secret }
  }

  /** SHA-256 of the bytes that lie where the id alone says; undefined when there are none. */
  async function kept(id: string): Promise<string | undefined> {
    const bucket = await openBucket({ kind: 'folder', dir: join(dataDir, 'storage') })
    try {
      const found = await bucket.get(uploadKey(id))
      if (!found) return undefined
      const hash = createHash('sha256')
      for await (const chunk of found.body) hash.update(chunk as Buffer)
      return hash.digest('hex')
    } finally {
      await bucket.close()
    }
  }

  return {
    kept,
    url: node.url,
    get: node.get,
    dataDir,
    clock,
    records,
    accounts,
    keys,
    async stop() {
      await records.close()
      await node.stop()
      rmSync(dataDir, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}

export type Halftone = Awaited<ReturnType<typeof aHalftone>>
