// Results: one row per optimisation, kept after its files are gone, and findable by what was done to what for whom.
import type { Insertable, Selectable } from 'kysely'
import { firstIdAt, timeOf } from './ids.ts'
import { type JsonObject, readMaybe, writeMaybe } from './json.ts'
import type { Page, Paged } from './pages.ts'
import { type ResultFilter, searchResults } from './search.ts'
import type { DatabaseHandle, DatabaseSchema } from './tables.ts'

export interface ResultRecord {
  /** From `nextId`: the id carries the time, and the order of ids is the order of results. */
  readonly id: string
  readonly created: number
  readonly keyId: string
  readonly user: string
  readonly sourceFormat: string
  readonly sourceBytes: number
  readonly format: string
  readonly bytes: number
  /** lossless, lossy, quality, max-bytes */
  readonly mode: string
  readonly level: string | null
  readonly hasIcc: boolean
  readonly iccName: string | null
  /** Null where they were not counted. */
  readonly uniqueColours: number | null
  readonly score: number | null
  readonly quality: number | null
  readonly ms: number | null
  /** What else is worth keeping and nobody searches by: reason, encodes, file name. */
  readonly detail: JsonObject | null
  readonly expires: number | null
  /** Null once the files are removed; the record stays. */
  readonly storageKey: string | null
}

type OptionalResultField =
  | 'level'
  | 'iccName'
  | 'uniqueColours'
  | 'score'
  | 'quality'
  | 'ms'
  | 'detail'
  | 'expires'
  | 'storageKey'
export type NewResult = Omit<ResultRecord, OptionalResultField | 'created'> &
  Partial<Pick<ResultRecord, OptionalResultField>>

// SQLite takes 32,766 values in a statement, PostgreSQL 65,535; a row has 19.
const rowsAtOnce = 1000

export type ResultTable = ReturnType<typeof createResults>

export function createResults({ db }: DatabaseHandle) {
  return {
    add: async (...results: readonly NewResult[]): Promise<void> => {
      for (let at = 0; at < results.length; at += rowsAtOnce) {
        const rows = results.slice(at, at + rowsAtOnce).map(rowOf)
        await db.insertInto('results').values(rows).execute()
      }
    },

    get: async (id: string): Promise<ResultRecord | undefined> => {
      const row = await db.selectFrom('results').selectAll().where('id', '=', id).executeTakeFirst()
      return row && resultOf(row)
    },

    /** Newest first. */
    find: async ({ page, ...filter }: ResultFilter & { page?: Page } = {}): Promise<Paged<ResultRecord>> => {
      const { rows, next } = await searchResults(db, filter, page)
      return { rows: rows.map(resultOf), next }
    },

    /** Whose files are due to go, longest due first. */
    findExpired: async ({ before, limit }: { before: number; limit: number }) => {
      const rows = await db
        .selectFrom('results')
        .selectAll()
        .where('storageKey', 'is not', null)
        .where('expires', '<', before)
        .orderBy('expires')
        .limit(limit)
        .execute()
      return rows.map(resultOf)
    },

    /** Their files are gone; the rows stay, and are not due again. */
    markRemoved: async (ids: readonly string[]): Promise<void> => {
      for (let at = 0; at < ids.length; at += rowsAtOnce)
        await db
          .updateTable('results')
          .set({ storageKey: null })
          .where('id', 'in', ids.slice(at, at + rowsAtOnce))
          .execute()
    },

    /** The records themselves: removes up to `limit` from before `before`; how many there were. */
    forget: async ({ before, limit }: { before: number; limit: number }): Promise<number> => {
      const old = db.selectFrom('results').select('id').where('id', '<', firstIdAt(before)).limit(limit)
      const { numDeletedRows } = await db.deleteFrom('results').where('id', 'in', old).executeTakeFirst()
      return Number(numDeletedRows)
    },
  }
}

function rowOf(result: NewResult): Insertable<DatabaseSchema['results']> {
  return {
    ...result,
    created: timeOf(result.id),
    hasIcc: result.hasIcc ? 1 : 0,
    level: result.level ?? null,
    iccName: result.iccName ?? null,
    uniqueColours: result.uniqueColours ?? null,
    score: result.score ?? null,
    quality: result.quality ?? null,
    ms: result.ms ?? null,
    detail: writeMaybe(result.detail),
    expires: result.expires ?? null,
    storageKey: result.storageKey ?? null,
  }
}

const resultOf = (row: Selectable<DatabaseSchema['results']>): ResultRecord => ({
  ...row,
  hasIcc: row.hasIcc === 1,
  detail: readMaybe<JsonObject>(row.detail),
})
