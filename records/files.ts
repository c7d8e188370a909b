// Uploads: what was uploaded, by which project, how far it is, and where its bytes lie.
import type { Insertable, Selectable } from 'kysely'
import { isNothing } from './empty-change.ts'
import { type Json, type JsonObject, readJson, readMaybe, writeJson, writeMaybe } from './json.ts'
import { byTime, limitOf, type TimePage, type TimePaged, toTimePage } from './pages.ts'
import type { DatabaseHandle, DatabaseSchema, FileState } from './tables.ts'

export interface FileRecord {
  readonly id: string
  readonly project: string
  readonly name: string
  readonly bytes: number
  readonly type: string
  readonly state: FileState
  /** What identification found; null until it has. */
  readonly facts: JsonObject | null
  readonly metadata: Readonly<Record<string, string>>
  readonly tags: readonly string[]
  /** What a resumable upload needs to go on: part size, parts, the wish to store. Null when there is none. */
  readonly upload: JsonObject | null
  /** When it was stored for good; null for a file that is removed after a day. */
  readonly stored: number | null
  readonly created: number
  readonly removed: number | null
  readonly storageKey: string | null
}

type OptionalFileField = 'facts' | 'metadata' | 'tags' | 'upload' | 'stored' | 'storageKey'
export type NewFile = Omit<FileRecord, OptionalFileField | 'removed'> &
  Partial<Pick<FileRecord, OptionalFileField>>
export type FileChange = Partial<Omit<FileRecord, 'id' | 'project' | 'created'>>

export interface FileFilter extends TimePage {
  readonly project: string
  readonly isStored?: boolean
  /** Removed ones only; without it those that are there. */
  readonly isRemoved?: boolean
}

export interface Totals {
  readonly stored: number
  readonly unstored: number
  readonly removed: number
}

export type FileTable = ReturnType<typeof createFiles>

export const createFiles = (handle: DatabaseHandle) => ({
  ...fileReads(handle),
  ...fileChanges(handle),
})

const rowAt = (db: DatabaseHandle['db'], id: string) =>
  db.selectFrom('files').selectAll().where('id', '=', id).executeTakeFirst()

function fileReads({ db, kind }: DatabaseHandle) {
  return {
    get: async (id: string): Promise<FileRecord | undefined> => {
      const row = await rowAt(db, id)
      return row && fileOf(row)
    },

    /** In a transaction: nobody else changes it until the transaction ends. On SQLite every transaction is alone. */
    hold: async (id: string): Promise<FileRecord | undefined> => {
      const row = await db
        .selectFrom('files')
        .selectAll()
        .where('id', '=', id)
        .$if(kind === 'postgres', (query) => query.forUpdate())
        .executeTakeFirst()
      return row && fileOf(row)
    },

    /** In the order of the rows, not of `ids`; those that do not exist are left out. */
    getMany: async (ids: readonly string[]): Promise<readonly FileRecord[]> => {
      if (ids.length === 0) return []
      return (await db.selectFrom('files').selectAll().where('id', 'in', ids).execute()).map(fileOf)
    },

    find: async (filter: FileFilter): Promise<TimePaged<FileRecord>> => {
      const limit = limitOf(filter.limit)
      return toTimePage((await pageOf(db, filter).execute()).map(fileOf), limit)
    },

    totals: (project: string) => totalsOf(db, project),

    /** Uploaded before `before` and never stored, oldest first: what retention removes. */
    findUnstored: (range: UnstoredRange) => findUnstored(db, range),
  }
}

async function totalsOf(db: DatabaseHandle['db'], project: string): Promise<Totals> {
  const counted = await db
    .selectFrom('files')
    .where('project', '=', project)
    .where('state', '!=', 'uploading')
    .select(({ fn, eb }) => [
      fn.count<number>(eb.case().when('state', '=', 'removed').then(1).end()).as('removed'),
      fn.countAll<number>().as('all'),
      fn
        .count<number>(
          eb
            .case()
            .when(eb.and([eb('state', '=', 'ready'), eb('stored', 'is not', null)]))
            .then(1)
            .end(),
        )
        .as('stored'),
    ])
    .executeTakeFirstOrThrow()
  const { all, stored, removed } = counted
  return { stored, removed, unstored: all - stored - removed }
}

interface UnstoredRange {
  readonly before: number
  readonly limit: number
}

async function findUnstored(
  db: DatabaseHandle['db'],
  { before, limit }: UnstoredRange,
): Promise<readonly FileRecord[]> {
  const rows = await db
    .selectFrom('files')
    .selectAll()
    .where('stored', 'is', null)
    .where('created', '<', before)
    .where('state', '!=', 'removed')
    .orderBy('created')
    .limit(limit)
    .execute()
  return rows.map(fileOf)
}

function fileChanges({ db }: DatabaseHandle) {
  return {
    add: async (file: NewFile): Promise<void> => {
      await db.insertInto('files').values(rowOf(file)).execute()
    },

    /** False when there is no such file. */
    change: async (id: string, change: FileChange): Promise<boolean> => {
      const changed = changedColumns(change)
      if (isNothing(changed)) return (await rowAt(db, id)) !== undefined
      const { numUpdatedRows } = await db
        .updateTable('files')
        .set(changed)
        .where('id', '=', id)
        .executeTakeFirst()
      return numUpdatedRows > 0n
    },

    /** For good: of an upload that never came. */
    forget: async (id: string): Promise<void> => {
      await db.deleteFrom('files').where('id', '=', id).execute()
    },

    /** Forgets up to `limit` that were removed before `before`; how many there were. */
    forgetRemoved: async ({ before, limit }: { before: number; limit: number }): Promise<number> => {
      const old = db
        .selectFrom('files')
        .select('id')
        .where('removed', '<', before)
        .orderBy('removed')
        .limit(limit)
      const { numDeletedRows } = await db.deleteFrom('files').where('id', 'in', old).executeTakeFirst()
      return Number(numDeletedRows)
    },
  }
}

const pageOf = (db: DatabaseHandle['db'], { isRemoved, isStored, ...page }: FileFilter) =>
  byTime(db, 'files', page)
    .selectAll()
    .where('state', '=', isRemoved ? 'removed' : 'ready')
    .$if(isStored !== undefined, (query) => query.where('stored', isStored ? 'is not' : 'is', null))

function rowOf(file: NewFile): Insertable<DatabaseSchema['files']> {
  const { facts, metadata, tags, upload, stored, storageKey, ...rest } = file
  return {
    ...rest,
    facts: writeMaybe(facts),
    metadata: writeJson(metadata ?? {}),
    tags: writeJson(tags ?? []),
    upload: writeMaybe(upload),
    stored: stored ?? null,
    removed: null,
    storageKey: storageKey ?? null,
  }
}

/** Only the columns that the change names; the query builder leaves out what is undefined. */
function changedColumns({ facts, metadata, tags, upload, ...rest }: FileChange) {
  const written = (value: Json | undefined) => (value === undefined ? undefined : writeMaybe(value))
  return {
    ...rest,
    facts: written(facts),
    metadata: metadata && writeJson(metadata),
    tags: tags && writeJson(tags),
    upload: written(upload),
  }
}

function fileOf(row: Selectable<DatabaseSchema['files']>): FileRecord {
  return {
    ...row,
    facts: readMaybe<JsonObject>(row.facts),
    metadata: readJson<Record<string, string>>(row.metadata),
    tags: readJson<string[]>(row.tags),
    upload: readMaybe<JsonObject>(row.upload),
  }
}
