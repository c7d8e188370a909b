// Files that are kept, as they are sent and answered.
import { z } from '@hono/zod-openapi'
import type { FileRecord, GroupRecord, JsonObject } from '../../../../records/index.ts'
import type { Identification as Identified } from '../../../../transforms/optimise/identification.ts'
import type { PublicBases } from '../../../services/uploads/file-event.ts'
import type { Batch, DownloadProgress } from '../../../services/uploads/uploads.ts'
import { identificationView } from '../views.ts'
import { failureView, ShortProblem } from './failures.ts'
import { Identification } from './reports.ts'
import {
  asText,
  commas,
  fromText,
  httpUrl,
  listOf,
  maybeTime,
  metadata,
  orNull,
  tags,
  time,
  timeText,
  yesNo,
} from './scalars.ts'

export const FileId = z.uuid().toLowerCase().openapi({ example: '5f6b0b5e-3c39-4e4c-8c6f-0f3d4a2b1c9d' })

const Picture = z
  .object({
    ...Identification.shape,
    taken: z
      .string()
      .nullable()
      .openapi({ description: 'When, by its camera, without a zone.', example: '2026-11-21T12:00:00' }),
    dpi: z.array(z.number()).length(2).nullable().openapi({ description: 'Across and down.' }),
  })
  .openapi('Picture')

export const File = z
  .object({
    id: FileId,
    name: z.string().openapi({ example: 'cat.jpg' }),
    type: z.string().openapi({ description: 'By its bytes.', example: 'image/jpeg' }),
    bytes: z.int(),
    state: z.enum(['uploading', 'ready', 'removed']),
    picture: orNull(Picture).openapi({ description: 'Null for what is no picture.' }),
    metadata: z.record(z.string(), z.string()),
    tags: z.array(z.string()),
    created: time(),
    stored: time()
      .nullable()
      .openapi({ description: 'When it was stored for good; else it goes after a day.' }),
    removed: time().nullable(),
    url: z.string().openapi({ description: 'As a picture address: operations may follow.' }),
    content_url: z.string().openapi({ description: 'Its bytes, for whoever has a key.' }),
  })
  // Not 'File': generated Python has a class of its own by that name.
  .openapi('StoredFile')

export function fileView(file: FileRecord, bases: PublicBases): z.output<typeof File> {
  const { id, name, type, bytes, state, facts } = file
  return {
    ...{ id, name, type, bytes, state, picture: facts && pictureView(facts) },
    metadata: { ...file.metadata },
    tags: [...file.tags],
    created: timeText(file.created),
    stored: maybeTime(file.stored),
    removed: maybeTime(file.removed),
    url: `${bases.pictures}/${id}/`,
    content_url: `${bases.api}/v1/files/${id}/content`,
  }
}

/** The body of a webhook. */
export const FileWebhook = z
  .object({
    event: z.enum(['file.uploaded', 'file.stored', 'file.deleted', 'file.info_updated']),
    file: File,
    before: z
      .object({ metadata: z.record(z.string(), z.string()), tags: z.array(z.string()) })
      .optional()
      .openapi({ description: 'Of file.info_updated: what it was before.' }),
  })
  .openapi('FileWebhook')

/** As the uploads keep it: identification, and when and how densely it was taken. */
function pictureView(facts: JsonObject): z.output<typeof Picture> {
  const found = facts as unknown as Identified & { taken?: string | null; dpi?: number[] | null }
  return { ...identificationView(found), taken: found.taken ?? null, dpi: found.dpi ?? null }
}

const store = yesNo().optional().openapi({
  description: 'Keep it for good; else it is removed after a day. By default true.',
  example: true,
})

/** In a query or a form, where everything is text. */
const wanted = {
  store,
  metadata: fromText(metadata()).optional().openapi({ description: 'JSON text in a query or a form.' }),
  tags: listOf(z.string().min(1).max(64), 50)
    .optional()
    .openapi({ description: 'Comma-separated in a query or a form.', example: ['holiday'], ...commas }),
}
const name = z.string().min(1).max(255).optional().openapi({ example: 'cat.jpg' })

/** In JSON, where a list is a list and an object an object. */
export const uploadOptionsInJson = {
  store: z
    .boolean()
    .optional()
    .openapi({ description: store.description ?? '', example: true }),
  metadata: metadata().optional(),
  tags: tags().optional(),
}

/** In a query. */
export const FileOptions = z.strictObject({
  ...wanted,
  metadata: asText(metadata(), 'Names and values, as JSON.', { order: '1234' }),
  name,
})
export const FileForm = z.strictObject({ ...wanted, name })
export type FileOptions = z.output<typeof FileOptions>

export const NewFromUrl = z
  .strictObject({
    url: httpUrl().openapi({ example: 'https://shop.example/cat.jpg' }),
    ...uploadOptionsInJson,
    name,
    check_duplicates: z
      .boolean()
      .optional()
      .openapi({ description: 'Give the file that came from the same URL before, if it is still there.' }),
    save_duplicates: z
      .boolean()
      .optional()
      .openapi({ description: 'Remember this one for `check_duplicates`. By default as that.' }),
  })
  .openapi('NewFromUrl', { example: { url: 'https://shop.example/cat.jpg', store: true } })

export const Download = z
  .object({
    token: z.string(),
    status_url: z.string(),
  })
  .openapi('Download')

export const DownloadStatus = z
  .object({
    state: z.enum(['waiting', 'progress', 'success', 'error']),
    done: z.int().optional().openapi({ description: 'Bytes so far.' }),
    total: z.int().optional().openapi({ description: 'Bytes, where the server said so.' }),
    file: File.optional(),
    problem: ShortProblem.optional(),
  })
  .openapi('DownloadStatus')

export function downloadView(
  progress: DownloadProgress,
  bases: PublicBases,
): z.output<typeof DownloadStatus> {
  if (progress.state === 'success') return { state: 'success', file: fileView(progress.file, bases) }
  if (progress.state === 'error') return { state: 'error', problem: failureView(progress.failure) }
  return progress
}

export const FileChange = z
  .strictObject({ metadata: metadata().optional(), tags: tags().optional() })
  .openapi('FileChange', {
    description: 'Each replaces what was there; what is not named stays.',
    example: { tags: ['cat'], metadata: { order: '1234' } },
  })

export const FileIds = z
  .strictObject({ ids: z.array(z.string().min(1).max(100)).min(1).max(100) })
  .openapi('FileIds', { example: { ids: ['5f6b0b5e-3c39-4e4c-8c6f-0f3d4a2b1c9d'] } })

export const FileBatch = z
  .object({
    files: z.array(File),
    problems: z
      .record(z.string(), z.enum(['missing', 'invalid']))
      .openapi({ description: 'By id: why nothing was done to it.' }),
  })
  .openapi('FileBatch')

export const batchView = ({ files, problems }: Batch, bases: PublicBases): z.output<typeof FileBatch> => ({
  files: files.map((file) => fileView(file, bases)),
  problems: { ...problems },
})

export const CopyOptions = z.strictObject({ store: z.boolean().optional() }).openapi('CopyOptions', {
  example: { store: true },
})

const Member = z.object({
  id: FileId,
  effects: z.string().openapi({ description: 'Operations it was named with; empty for none.' }),
})

export const NewGroup = z
  .strictObject({
    files: z
      .array(
        z.union([
          z.string().min(1).max(100),
          z.strictObject({ id: z.string().max(100), effects: z.string().max(2000).optional() }),
        ]),
      )
      .min(1)
      .max(1000)
      .openapi({ description: 'Ids, or ids with the operations they are named with.' }),
  })
  .openapi('NewGroup', { example: { files: ['5f6b0b5e-3c39-4e4c-8c6f-0f3d4a2b1c9d'] } })

export const Group = z
  .object({
    id: z.string().openapi({ example: '5f6b0b5e-3c39-4e4c-8c6f-0f3d4a2b1c9d~2' }),
    created: time(),
    files: z.array(Member),
  })
  .openapi('Group')

export const groupView = ({ id, created, files }: GroupRecord): z.output<typeof Group> => ({
  id,
  created: timeText(created),
  files: files.map((member) => ({ id: member.id, effects: member.effects })),
})
