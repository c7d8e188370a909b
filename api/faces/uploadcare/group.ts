// Groups as the Upload API has them, and in the shape that both APIs show.
import { asFailure } from '../../../errors.ts'
import type { FileRecord, GroupRecord, JsonObject, Records } from '../../../records/index.ts'
import type { ApiParts } from '../parts.ts'
import { baseOf } from '../request.ts'
import { fileInfo, isoOf } from './file-json.ts'
import { Refusal } from './upload-errors.ts'
import { keyOf, uploaderOf } from './upload-options.ts'
import type { UploadHandler, UploadRequest } from './upload-request.ts'

const mostMembers = 1000

export function group(parts: ApiParts): UploadHandler {
  return async (asked) => {
    const { project } = await uploaderOf(asked, parts)
    const members = membersOf(asked)
    if (members.length === 0) throw new Refusal('GroupFilesInvalidError')
    if (members.length > mostMembers) throw new Refusal('FilesNumberLimitExceededError')
    const made = await parts.uploads.addGroup(project, members).catch((thrown: unknown) => {
      const { kind, details } = asFailure(thrown)
      if (kind === 'bad-option' && details.received !== undefined)
        throw new Refusal('GroupFilesNotFoundError')
      throw thrown
    })
    return groupShape(made, viewFor(parts, asked))
  }
}

export function groupInfo(parts: ApiParts): UploadHandler {
  return async (asked) => {
    const { project } = await keyOf(asked, parts)
    const id = asked.field('group_id')
    if (id === undefined) throw new Refusal('GroupIdRequiredError')
    const found = await parts.uploads.getGroup(project, id)
    if (!found) throw new Refusal('GroupNotFoundError')
    return groupShape(found, viewFor(parts, asked))
  }
}

/** `files[]` any number of times, or `files[0]`, `files[1]`, ... in the order of their numbers. */
function membersOf({ fields }: UploadRequest) {
  return fields
    .flatMap(({ name, value }, i) => {
      const index = /^files\[(\d{0,4})\]$/.exec(name)?.[1]
      return index === undefined ? [] : [{ value, place: index === '' ? i : Number(index) }]
    })
    .sort((a, b) => a.place - b.place)
    .map(({ value }) => memberOf(value))
}

const memberShape =
  /^(?:https?:\/\/[^/\s]+\/)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:\/(?:(-\/[^\s?#]*)|[^/\s?#]*))?$/i

/** A UUID, or an address on the CDN with operations, which the group keeps. */
function memberOf(value: string) {
  const [, id, effects = ''] = memberShape.exec(value.trim()) ?? []
  if (id === undefined) throw new Refusal('GroupFileURLParsingFailedError', value.slice(0, 200))
  return { id: id.toLowerCase(), effects: closeEffects(effects) }
}

/** So that more may be written behind them: without a file name, and closed. */
function closeEffects(effects: string): string {
  const last = effects.slice(effects.lastIndexOf('/') + 1)
  const isFileName = /^.+\.[a-z][a-z0-9]{1,4}$/is.test(last)
  return (isFileName ? effects.slice(0, -last.length) : effects).replace(/[^/]$/, '$&/')
}

export interface GroupView {
  readonly records: Records
  /** Where groups are reached, without a slash at the end. */
  readonly base: string
  /** Of a member: each API has its own. */
  readonly shape: (file: FileRecord) => JsonObject
}

const viewFor = ({ records, publicUrl }: ApiParts, { c }: UploadRequest): GroupView => ({
  records,
  base: baseOf(c.env.incoming, publicUrl),
  shape: fileInfo,
})

export async function groupShape(
  group: GroupRecord,
  { records, base, shape }: GroupView,
): Promise<JsonObject> {
  const rows = await records.files.getMany([...new Set(group.files.map(({ id }) => id))])
  const files = new Map(rows.filter(({ state }) => state === 'ready').map((file) => [file.id, file]))
  return {
    ...groupSummary(group, base),
    datetime_stored: storedTime([...files.values()], group),
    // A member that was removed leaves its place empty, so that the others keep theirs.
    files: group.files.map(({ id, effects }) => {
      const file = files.get(id)
      return file ? { ...shape(file), default_effects: effects } : null
    }),
  }
}

export const groupSummary = ({ id, created, files }: GroupRecord, base: string): JsonObject => ({
  id,
  datetime_created: isoOf(created),
  datetime_stored: null,
  files_count: files.length,
  cdn_url: `${base}/${id}/`,
  url: `${base}/groups/${id}/`,
})

/** A group is stored when all that is left of it is. */
function storedTime(files: readonly FileRecord[], { created }: GroupRecord): string | null {
  if (files.length === 0 || files.some(({ stored }) => stored === null)) return null
  return isoOf(Math.max(created, ...files.map(({ stored }) => stored ?? 0)))
}
