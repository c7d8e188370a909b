// Pages by key: the next page begins after the last row of this one, however many rows came or went meanwhile.
import type { Kysely, SelectQueryBuilder } from 'kysely'
import type { DatabaseSchema } from './tables.ts'

export interface Page {
  /** At most 1000; 50 when not said. */
  readonly limit?: number
  /** `next` of the page before. */
  readonly after?: string
}

export interface Paged<Row> {
  readonly rows: readonly Row[]
  /** What to ask the next page with; null on the last. */
  readonly next: string | null
}

const mostRows = 1000

export const limitOf = (limit = 50): number => Math.min(Math.max(1, Math.trunc(limit)), mostRows)

/** `rows` were asked with one more than the limit: that one says whether there is a next page. */
export function toPage<Row extends { id: string }>(rows: readonly Row[], limit: number): Paged<Row> {
  const shown = rows.slice(0, limit)
  return { rows: shown, next: rows.length > limit ? (shown.at(-1)?.id ?? null) : null }
}

/** The place of a row in a list by time whose ids do not carry the time. */
export interface PagePlace {
  readonly created: number
  readonly id: string
}

export interface TimePage {
  readonly order?: 'oldest' | 'newest'
  readonly limit?: number
  /** Begins at this time, itself included: where a list that is ordered by time is to start. */
  readonly from?: number
  /** Begins after this row: the `next` of the page before. */
  readonly after?: PagePlace
}

export interface TimePaged<Row> {
  readonly rows: readonly Row[]
  readonly next: PagePlace | null
}

/** As `paged`, for a list by time. */
export function toTimePage<Row extends PagePlace>(rows: readonly Row[], limit: number): TimePaged<Row> {
  const last = rows[limit - 1]
  const next = rows.length > limit && last ? { created: last.created, id: last.id } : null
  return { rows: rows.slice(0, limit), next }
}

type TableByTime = 'files' | 'groups'

/** The rows of a project's page by time, and one more: the same question for both tables that are listed so. */
export function byTime<T extends TableByTime>(
  db: Kysely<DatabaseSchema>,
  table: T,
  { project, order, from, after, limit }: TimePage & { readonly project: string },
) {
  const beyond = order === 'oldest' ? '>' : '<'
  const direction = order === 'oldest' ? 'asc' : 'desc'
  // The builder cannot see that both tables have these columns; the type below says which one it is.
  const rows = db.selectFrom(table as 'files') as SelectQueryBuilder<DatabaseSchema, 'files', object>
  return rows
    .where('project', '=', project)
    .$if(from !== undefined, (query) => query.where('created', `${beyond}=`, from ?? 0))
    .$if(after !== undefined, (query) =>
      query.where(({ eb, refTuple, tuple }) =>
        eb(refTuple('created', 'id'), beyond, tuple(after?.created ?? 0, after?.id ?? '')),
      ),
    )
    .orderBy('created', direction)
    .orderBy('id', direction)
    .limit(limitOf(limit) + 1) as unknown as SelectQueryBuilder<DatabaseSchema, T, object>
}
