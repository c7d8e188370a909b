// How a file arrives: first its row in state 'uploading', then its bytes, then one transaction with the row in state
// 'ready', the webhooks and the usage. After a crash in between, retention finds the first row and removes the bytes.
import { randomUUID } from 'node:crypto'
import { Failure } from '../../../errors.ts'
import type { FileRecord, JsonObject, Tables } from '../../../records/index.ts'
import { uploadKey } from '../../../storage/index.ts'
import type { Hold } from '../accounts/accounts.ts'
import { resumeHold } from '../accounts/quota-holds.ts'
import type { UploadsContext } from './context.ts'
import { eraseNow, erasureJob } from './erase.ts'
import { checkMetadata, checkTags } from './metadata.ts'
import type { UploadOptions } from './uploads.ts'

export interface PendingFile {
  readonly wanted: UploadOptions
  readonly name: string
  readonly type: string
  readonly bytes: number
  /** What must be known to continue the upload. */
  readonly upload?: JsonObject
}

/** Adds the row of a file whose bytes have not arrived; returns its id. `t`: the transaction, where there is one. */
export async function begin(
  context: UploadsContext,
  coming: PendingFile,
  t: Tables = context.records,
): Promise<string> {
  const { wanted, name, type, bytes, upload = {} } = coming
  const { project, keyId, hold, store, metadata = {}, tags = [] } = wanted
  checkMetadata(metadata)
  checkTags(tags)
  const id = randomUUID()
  const said = {
    project,
    name,
    type,
    bytes,
    metadata,
    tags,
    upload: { ...upload, ...quotaHeld(hold?.id), keyId, store },
  }
  await t.files.add({ ...said, id, state: 'uploading', created: context.now() })
  return id
}

const quotaHeld = (held: string | undefined) => (held === undefined ? {} : { held })

/** What the row of a file remembers until its bytes have arrived. */
type PendingUpload = { readonly keyId: string; readonly store: boolean; readonly held?: string }

export type FileArrival = Partial<Pick<FileRecord, 'name' | 'type' | 'bytes' | 'facts'>>

/** Makes the file 'ready', in the transaction `t`, after its bytes are on the disk. A ready file is returned unchanged. */
export async function arrive(
  context: UploadsContext,
  t: Tables,
  arrived: FileArrival & { readonly id: string },
) {
  const { id, ...known } = arrived
  const coming = await t.files.hold(id)
  if (coming?.state === 'ready') return coming
  // Retention, or whoever gave it up, came first.
  if (coming?.state !== 'uploading') throw new Failure('not-found', 'The upload has been given up.')
  const { keyId, store, held } = coming.upload as PendingUpload
  const now = context.now()
  const change = { ...known, state: 'ready', upload: null, stored: store ? now : null } as const
  await t.files.change(id, { ...change, storageKey: uploadKey(id) })
  const file: FileRecord = { ...coming, ...change, storageKey: uploadKey(id) }
  await t.usage.count(keyId, { calls: 1, bytesIn: file.bytes }, now, held)
  const stored = store ? [{ event: 'file.stored', file } as const] : []
  await context.announce(t, file.project, [{ event: 'file.uploaded', file }, ...stored])
  return file
}

/** As `arrive`, in a transaction of its own. */
export async function settle(
  context: UploadsContext,
  arrived: FileArrival & { readonly id: string },
): Promise<FileRecord> {
  try {
    return await context.records.transaction((t) => arrive(context, t, arrived))
  } catch (thrown) {
    // Given up while the bytes were on their way: nobody else knows that they have come.
    if (thrown instanceof Failure && thrown.kind === 'not-found') await giveUp(context, arrived.id)
    throw thrown
  } finally {
    context.poke()
  }
}

/**
 * Leaves nothing behind of a file that does not come. False when it has come meanwhile, and stays: that was
 * acknowledged; or when the records do not answer, and retention will do it.
 */
export async function giveUp(context: UploadsContext, id: string): Promise<boolean> {
  try {
    const isHere = await context.records.transaction(async (t) => {
      const file = await t.files.hold(id)
      if (file?.state === 'uploading') {
        const { held } = file.upload as PendingUpload
        if (held !== undefined) await t.reservations.release(held)
        await t.files.forget(id)
        await t.jobs.promise(erasureJob(id), context.now())
      }
      return file?.state === 'ready'
    })
    if (!isHere) await eraseNow(context, [{ id }])
    return !isHere
  } catch (error) {
    context.log.warn({ file: id, error: String(error) }, 'an upload that failed is left for retention')
    return false
  }
}

/** The quota that a pending file holds: the size of a download is known only when it arrives. */
export async function resumeQuota(
  { records, comingMs: forMs, now }: UploadsContext,
  id: string,
): Promise<Pick<Hold, 'left' | 'take'>> {
  const { held, keyId } = ((await records.files.get(id))?.upload ?? {}) as Partial<PendingUpload>
  const key = keyId === undefined ? undefined : await records.keys.get(keyId)
  return resumeHold(records, key, { id: held, forMs, now })
}
