// The search through results: "JPEG below 800 KiB with an ICC profile, more than 10,000 colours, lossless, by this user".
import type { Kysely, Selectable, SelectQueryBuilder } from 'kysely'
import { firstIdAt } from './ids.ts'
import { limitOf, type Page, type Paged, toPage } from './pages.ts'
import type { DatabaseSchema } from './tables.ts'

export interface ResultFilter {
  readonly user?: string
  readonly keyId?: string
  readonly sourceFormat?: string
  readonly format?: string
  readonly mode?: string
  readonly level?: string
  readonly hasIcc?: boolean
  readonly sourceBytes?: FigureRange
  readonly bytes?: FigureRange
  readonly uniqueColours?: FigureRange
  readonly score?: FigureRange
  /** When it was optimised. */
  readonly created?: FigureRange
}

/** From (itself included) to below (itself not). A row without the figure is in no range. */
export interface FigureRange {
  readonly from?: number
  readonly below?: number
}

export type ResultRow = Selectable<DatabaseSchema['results']>
type ResultQuery = SelectQueryBuilder<DatabaseSchema, 'results', object>

/**
 * Newest first. Two steps in one statement: the ids from an index alone, then only the rows of the page. In one step
 * SQLite would fetch the row of every entry it looks at, which is ten times slower where few of many match.
 */
export async function searchResults(
  db: Kysely<DatabaseSchema>,
  filter: ResultFilter,
  page: Page = {},
): Promise<Paged<ResultRow>> {
  const limit = limitOf(page.limit)
  return toPage(await searchQuery(db, filter, { ...page, limit: limit + 1 }).execute(), limit)
}

export function searchQuery(db: Kysely<DatabaseSchema>, filter: ResultFilter, page: Page = {}) {
  const ids = matching(db, filter, page)
    .select('id')
    .orderBy('id', 'desc')
    .limit(page.limit ?? 1)
  return db.selectFrom('results').selectAll().where('id', 'in', ids).orderBy('id', 'desc')
}

function matching(db: Kysely<DatabaseSchema>, filter: ResultFilter, { after }: Page): ResultQuery {
  let query: ResultQuery = db.selectFrom('results')
  for (const column of ['user', 'keyId', 'sourceFormat', 'format', 'mode', 'level'] as const) {
    const wanted = filter[column]
    if (wanted !== undefined) query = query.where(column, '=', wanted)
  }
  if (filter.hasIcc !== undefined) query = query.where('hasIcc', '=', filter.hasIcc ? 1 : 0)
  for (const column of ['sourceBytes', 'bytes', 'uniqueColours', 'score'] as const)
    query = whereWithin(query, column, filter[column])
  // Ids sort by time: the window of time and the place of the page are one range of the same index.
  const { from, below } = filter.created ?? {}
  if (from !== undefined) query = query.where('id', '>=', firstIdAt(from))
  if (below !== undefined) query = query.where('id', '<', firstIdAt(below))
  if (after !== undefined) query = query.where('id', '<', after)
  return query
}

type Figure = 'sourceBytes' | 'bytes' | 'uniqueColours' | 'score'

function whereWithin(query: ResultQuery, column: Figure, { from, below }: FigureRange = {}): ResultQuery {
  const started = from === undefined ? query : query.where(column, '>=', from)
  return below === undefined ? started : started.where(column, '<', below)
}
