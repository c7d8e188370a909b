// The uploads with all that is real around them: records, a folder as bucket, the intake, webhooks; on a clock to turn.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'
import { translateFileEvent } from '../../api/index.ts'
import { createIntake } from '../../api/intake/index.ts'
import { createSeal } from '../../api/services/accounts/secret-sealing.ts'
import { createHooks } from '../../api/services/hooks/index.ts'
import { createUploads, type UploadOptions, type UploadsOptions } from '../../api/services/uploads/index.ts'
import { createGuard } from '../../fetch/guard.ts'
import { type DatabaseLocation, type FileRecord, openRecords } from '../../records/index.ts'
import { openBucket } from '../../storage/index.ts'

export const quiet = { debug() {}, info() {}, warn() {}, error() {} }
export const dayMs = 86_400_000

export interface DeskOptions extends Partial<UploadsOptions> {
  /** To share what another desk has. */
  readonly dir?: string
  /** A file in the folder, by default. */
  readonly where?: DatabaseLocation
}

export async function aDesk({ dir = aFolder(), where, ...options }: DeskOptions = {}) {
  const clock = { now: Date.now() }
  const now = () => clock.now
  const records = await openRecords(where ?? { file: join(dir, 'records.db') })
  const bucket = await openBucket({ kind: 'folder', dir: join(dir, 'files') })
  const allowAddresses = ['127.0.0.1']
  const dispatcher = createGuard({ allowAddresses })
  const intake = createIntake({
    dir: join(dir, 'spool'),
    totalBytes: 1e9,
    stallMs: 10_000,
    connectMs: 5000,
    fetchMs: 60_000,
    dispatcher,
  })
  const seal = createSeal('the secret of this instance')
  const hooks = createHooks({ records, seal, dispatcher, allowAddresses, log: quiet, now, lookEveryMs: 50 })
  const uploads = createUploads({
    records,
    bucket,
    intake,
    hooks,
    translate: translateFileEvent,
    limits: { multipartBytes: 100e6 },
    unstoredMs: dayMs,
    bases: { api: 'https://cdn.example', pictures: 'https://cdn.example' },
    log: quiet,
    now,
    ...options,
    fetching: { most: 4, leaseMs: 5000, graceMs: 50, lookEveryMs: 50, ...options.fetching },
  })
  const stop = once(async () => {
    await uploads.stop()
    await hooks.stop()
    await intake.close()
    await dispatcher.destroy()
    await bucket.close()
    await records.close()
  })
  onTestFinished(stop)

  const received = (bytes: Uint8Array, name?: string, type?: string) =>
    intake.receive(Readable.from([bytes]), { name, type, maxBytes: 100e6 })
  const add = async (bytes: Uint8Array, named: Partial<UploadOptions> & { name?: string } = {}) =>
    uploads.add(await received(bytes, named.name), { ...wanted, ...named })
  const contentOf = async (file: FileRecord): Promise<Buffer | undefined> => {
    const found = await uploads.open(file)
    return found && buffer(found.body)
  }
  const promised = async () =>
    (await records.jobs.find({ queue: 'webhook', page: { limit: 1000 } })).rows.map(({ payload }) => payload)
  return {
    dir,
    clock,
    records,
    bucket,
    intake,
    seal,
    hooks,
    uploads,
    received,
    add,
    contentOf,
    promised,
    stop,
  }
}

export const wanted: UploadOptions = { project: 'demo', keyId: 'key', store: true }

export function aFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'halftone-uploads-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true, maxRetries: 3 }))
  return dir
}

function once(work: () => Promise<void>) {
  let done: Promise<void> | undefined
  return () => {
    done ??= work()
    return done
  }
}
