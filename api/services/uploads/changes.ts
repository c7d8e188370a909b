// Changes of files: store for good, remove, change metadata and tags. Each in one transaction with its webhooks.
import type { FileRecord, JsonObject, Tables } from '../../../records/index.ts'
import type { UploadsContext } from './context.ts'
import { eraseNow, erasureJob } from './erase.ts'
import type { FileEvent } from './file-event.ts'
import { checkMetadata, checkTags } from './metadata.ts'
import type { Batch, Uploads } from './uploads.ts'

/** UUIDs as RFC 9562 writes them. */
const idShape = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

export async function storeMany(
  context: UploadsContext,
  project: string,
  ids: readonly string[],
): Promise<Batch> {
  return changeMany(context, { project, ids }, async (t, file) => {
    if (file.stored !== null) return { file }
    const stored = context.now()
    await t.files.change(file.id, { stored })
    return { file: { ...file, stored }, event: 'file.stored' }
  })
}

/** First the rows and a job that erases the bytes, then the bytes: after a crash in between the job erases them. */
export async function removeMany(
  context: UploadsContext,
  project: string,
  ids: readonly string[],
): Promise<Batch> {
  const batch = await changeMany(context, { project, ids }, (t, file) => removeOne(context, t, file))
  await eraseNow(context, batch.files)
  return batch
}

/** Within a transaction. */
export async function removeOne(context: UploadsContext, t: Tables, file: FileRecord): Promise<ChangedFile> {
  const removed = context.now()
  await t.files.change(file.id, { state: 'removed', removed, storageKey: null })
  await t.fetched.forget(file.id)
  await t.jobs.promise(erasureJob(file.id), removed)
  return { file: { ...file, state: 'removed', removed, storageKey: null }, event: 'file.deleted' }
}

export interface ChangedFile {
  readonly file: FileRecord
  readonly event?: FileEvent['event']
}

interface FileSelection {
  readonly project: string
  readonly ids: readonly string[]
}

async function changeMany(
  context: UploadsContext,
  { project, ids }: FileSelection,
  change: (t: Tables, file: FileRecord) => Promise<ChangedFile>,
): Promise<Batch> {
  const problems: Record<string, 'missing' | 'invalid'> = {}
  const files = await context.records.transaction(async (t) => {
    const done: ChangedFile[] = []
    // In one order for everybody: two batches that hold files crosswise would wait for each other for ever.
    for (const id of [...new Set(ids)].sort()) {
      const file = idShape.test(id) ? await t.files.hold(id) : undefined
      if (!idShape.test(id)) problems[id] = 'invalid'
      else if (file?.project !== project || file.state !== 'ready') problems[id] = 'missing'
      else done.push(await change(t, file))
    }
    await context.announce(
      t,
      project,
      done.flatMap(({ file, event }) => (event ? [{ event, file }] : [])),
    )
    return new Map(done.map(({ file }) => [file.id, file]))
  })
  context.poke()
  return { files: [...new Set(ids)].flatMap((id) => files.get(id) ?? []), problems }
}

type WantedChange = Parameters<Uploads['change']>[2]

export async function changeOne(
  context: UploadsContext,
  { project, id }: { readonly project: string; readonly id: string },
  wanted: WantedChange,
): Promise<FileRecord | undefined> {
  const changed = await context.records.transaction(async (t) => {
    const before = await t.files.hold(id)
    if (before?.project !== project || before.state !== 'ready') return undefined
    const { metadata, tags } = typeof wanted === 'function' ? wanted(before) : wanted
    if (metadata) checkMetadata(metadata)
    if (tags) checkTags(tags)
    const change = { ...(metadata && { metadata }), ...(tags && { tags }) }
    const file = { ...before, ...change }
    if (isSame(before, file)) return before
    await t.files.change(id, change)
    await context.announce(t, project, [{ event: 'file.info_updated', file, before }])
    return file
  })
  context.poke()
  return changed
}

const isSame = (one: FileRecord, other: FileRecord): boolean =>
  descriptionText(one) === descriptionText(other)
const descriptionText = ({ metadata, tags }: FileRecord): string =>
  JSON.stringify({ metadata, tags } satisfies JsonObject)
