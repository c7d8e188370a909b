// Files of the REST API: listed, shown, stored, removed, copied, described.
import type { FileFilter, FileRecord, Json, JsonObject } from '../../../records/index.ts'
import type { Batch } from '../../services/uploads/index.ts'
import type { ApiParts } from '../parts.ts'
import { restFile } from './file-json.ts'
import { notFound, RestError } from './rest-error.ts'
import { objectIn, type RestReply, type RestRequest, type RestResource, replyCreated } from './rest-frame.ts'
import { listing, pageOf } from './rest-lists.ts'
import { isUuid } from './upload-options.ts'

const mostAtOnce = 100

export function fileResources(parts: ApiParts): readonly Omit<RestResource, 'scope'>[] {
  const { uploads } = parts
  return [
    { path: '/files/', answers: { GET: list(parts) } },
    {
      path: '/files/storage/',
      answers: {
        PUT: async (asked) => batchShape(await uploads.store(asked.project, idsIn(asked)), asked),
        DELETE: async (asked) => batchShape(await uploads.remove(asked.project, idsIn(asked)), asked),
      },
    },
    { path: '/files/local_copy/', answers: { POST: localCopy(parts) } },
    { path: '/files/remote_copy/', answers: { POST: refuse('This server has no storage to copy to.') } },
    { path: '/files/search/', answers: { POST: refuse('Files cannot be searched on this server.') } },
    {
      path: '/files/:uuid/',
      answers: { GET: async (asked) => shape(await fileOf(asked, parts), asked) },
    },
    {
      path: '/files/:uuid/storage/',
      answers: {
        PUT: async (asked) => shape(onlyOf(await uploads.store(asked.project, [idIn(asked)])), asked),
        DELETE: async (asked) => shape(onlyOf(await uploads.remove(asked.project, [idIn(asked)])), asked),
      },
    },
  ]
}

function list({ uploads }: ApiParts) {
  return async (asked: RestRequest): Promise<RestReply> => {
    const { project } = asked
    const [isStored, isRemoved] = [yesNo(asked, 'stored'), yesNo(asked, 'removed') ?? false]
    const page = pageOf(asked, 'datetime_uploaded', 'oldest')
    const filter: FileFilter = {
      ...page,
      ...{ project, isRemoved },
      ...(isStored === undefined ? {} : { isStored }),
    }
    const [{ rows, next }, totals] = await Promise.all([uploads.find(filter), uploads.totals(project)])
    const there =
      isStored === undefined ? totals.stored + totals.unstored : totals[isStored ? 'stored' : 'unstored']
    const total = isRemoved ? totals.removed : there
    const results = rows.map((file) => shape(file, asked))
    return { ...listing({ asked, next, limit: page.limit, total, results }), totals: { ...totals } }
  }
}

function yesNo(asked: RestRequest, name: string): boolean | undefined {
  const value = asked.query(name)?.toLowerCase()
  if (value === undefined || value === '') return undefined
  if (value === 'true' || value === '1') return true
  if (value === 'false' || value === '0') return false
  throw new RestError(400, `${name} should be true or false.`)
}

function shape(file: FileRecord, asked: RestRequest): JsonObject {
  // Nothing here ever adds to a file by an add-on, so there is nothing to include.
  const appdata: JsonObject = asked.query('include') === 'appdata' ? { appdata: {} } : {}
  return { ...restFile(file, asked.bases), ...appdata }
}

/** One that is there or was removed. */
export async function fileOf(
  asked: RestRequest,
  { uploads }: Pick<ApiParts, 'uploads'>,
): Promise<FileRecord> {
  const file = await uploads.get(asked.project, idIn(asked))
  if (!file) throw notFound()
  return file
}

export function idIn(asked: RestRequest): string {
  const id = asked.param('uuid')
  if (!isUuid(id)) throw notFound()
  return id
}

function onlyOf({ files: [file] }: Batch): FileRecord {
  if (!file) throw notFound()
  return file
}

function idsIn(asked: RestRequest): string[] {
  const ids = asked.json()
  if (!Array.isArray(ids)) throw new RestError(400, 'Expected list of UUIDs')
  if (ids.length === 0) throw new RestError(400, 'List of UUIDs can not be empty')
  if (ids.length > mostAtOnce)
    throw new RestError(400, `Maximum UUIDs per request is exceeded. The limit is ${mostAtOnce}`)
  return ids.map(String)
}

const problems = { missing: 'Missing in the project', invalid: 'Invalid' } as const

function batchShape(batch: Batch, asked: RestRequest): JsonObject {
  const said = Object.entries(batch.problems).map(([id, why]) => [id, problems[why]])
  return {
    status: 'ok',
    problems: Object.fromEntries(said),
    result: batch.files.map((file) => shape(file, asked)),
  }
}

const sourceShape = /^(?:https?:\/\/[^/\s]+\/)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:\/([^\s]*))?$/

function localCopy({ uploads, accounts }: ApiParts) {
  return async (asked: RestRequest): Promise<RestReply> => {
    const { source, store, metadata } = objectIn(asked)
    const [, id, rest = ''] = sourceShape.exec(String(source ?? '')) ?? []
    if (id === undefined) throw new RestError(400, 'Bad `source` parameter. Use UUID or CDN URL.')
    if (rest.startsWith('-/'))
      throw new RestError(400, 'A copy with operations cannot be made here. Use the UUID alone.')
    const said = metadata === undefined ? {} : { metadata: texts(metadata) }
    const hold = await accounts.reserve(asked.key)
    try {
      const { project, key } = asked
      const wanted = { project, keyId: key.id, hold, store: store === true || store === 'true' }
      const copy = await uploads.copy(id, { ...wanted, ...said })
      return replyCreated({ type: 'file', result: shape(copy, asked) })
    } finally {
      await hold.release()
    }
  }
}

function texts(given: Json): Record<string, string> {
  const isFine =
    typeof given === 'object' &&
    given !== null &&
    !Array.isArray(given) &&
    Object.values(given).every((value) => typeof value === 'string')
  if (!isFine) throw new RestError(400, 'metadata should be an object of texts.')
  return given as Record<string, string>
}

const refuse = (detail: string) => async (): Promise<RestReply> => {
  throw new RestError(400, detail)
}
