// Results: the records of what was optimised, by what was done to what for whom, and each by its id.
import { createRoute, z } from '@hono/zod-openapi'
import type { KeyRecord, Page, Paged, ResultFilter, ResultRecord } from '../../../../records/index.ts'
import { outcomeOf } from '../../../services/optimising/result-rows.ts'
import type { ApiParts } from '../../parts.ts'
import { json, notFound, type Routing } from '../app.ts'
import { IdPlace, pageBody, pageOf, paging, placeOf } from '../pages.ts'
import { failureResponses } from '../problems.ts'
import { result } from '../schemas/reports.ts'
import { figure, integer, moment, time, timeText, yesNo } from '../schemas/scalars.ts'
import { resultView } from '../views.ts'

const Result = z
  .object({
    ...result,
    created: time(),
    key: z.string().openapi({ description: 'The id of the key that asked for it.' }),
    user: z.string(),
    level: z.string().nullable(),
    is_available: z.boolean().openapi({ description: 'Whether it can still be fetched at `url`.' }),
  })
  .openapi('Result')

const range = <T extends z.ZodType>(unit: string, made: () => T) => ({
  from: made()
    .optional()
    .openapi({ description: `${unit}, itself included.` }),
  below: made()
    .optional()
    .openapi({ description: `${unit}, itself not included.` }),
})
const sourceBytes = range("The source's bytes", () => integer(0))
const bytes = range("The result's bytes", () => integer(0))
const colours = range('Colours of the source, where they were counted', () => integer(0))
const score = range('SSIMULACRA2, where it was judged', () => figure(-1000, 100))

const ResultSearch = z.strictObject({
  ...paging,
  user: z.string().max(255).optional(),
  key: z.string().max(100).optional().openapi({ description: 'A key of this project.' }),
  source_format: z.string().max(20).optional().openapi({ example: 'jpeg' }),
  format: z.string().max(20).optional().openapi({ example: 'webp' }),
  mode: z
    .enum(['lossless', 'lossy', 'quality', 'max-bytes'])
    .optional()
    .openapi({ description: 'max-bytes: whatever had a limit of bytes.' }),
  level: z.enum(['eco', 'default', 'high', 'max']).optional(),
  has_icc: yesNo().optional().openapi({ description: 'Whether the source had a colour profile.' }),
  source_bytes_from: sourceBytes.from,
  source_bytes_below: sourceBytes.below,
  bytes_from: bytes.from,
  bytes_below: bytes.below,
  unique_colours_from: colours.from,
  unique_colours_below: colours.below,
  score_from: score.from,
  score_below: score.below,
  created_from: moment().optional(),
  created_below: moment().optional(),
})

type ResultSearch = z.output<typeof ResultSearch>

export function addResults({ app, parts, guard }: Routing): void {
  app.openapi(
    createRoute({
      ...guard({ scope: 'optimise' }),
      method: 'get',
      path: '/v1/results',
      operationId: 'findResults',
      tags: ['Results'],
      summary: 'Search what was optimised',
      description: 'Newest first, also what has expired: its record stays. All filters hold at once.',
      request: { query: ResultSearch },
      responses: { 200: json(pageOf('ResultPage', Result), 'A page of results.'), ...failureResponses() },
    }),
    async (c) => {
      const query = c.req.valid('query')
      const { project } = c.get('key')
      const { rows, next } = await search(parts, project, query)
      return c.json(pageBody(c, rows.flatMap(viewFor(project, parts.now())), next), 200)
    },
  )

  app.openapi(
    createRoute({
      ...guard({ scope: 'optimise' }),
      method: 'get',
      path: '/v1/results/{id}',
      operationId: 'getResult',
      tags: ['Results'],
      summary: 'One result',
      request: { params: z.object({ id: z.string().max(100) }) },
      responses: { 200: json(Result, 'The result.'), ...failureResponses(404) },
    }),
    async (c) => {
      const record = await parts.records.results.get(c.req.valid('param').id)
      const [view] = record ? viewFor(c.get('key').project, parts.now())(record) : []
      if (!view) throw notFound('result')
      return c.json(view, 200)
    },
  )
}

/** None for another project's. */
const viewFor =
  (project: string, now: number) =>
  (record: ResultRecord): z.output<typeof Result>[] => {
    const outcome = outcomeOf(record, project)
    if (!outcome) return []
    const { created, keyId, user, level, storageKey, expires } = record
    return [
      {
        ...resultView(outcome),
        ...{ created: timeText(created), key: keyId, user, level },
        is_available: storageKey !== null && expires !== null && expires > now,
      },
    ]
  }

/** Rows of another project that a user of the same name has: looked over so often, then the page is a short one. */
const mostLooks = 10

async function search(parts: ApiParts, project: string, query: ResultSearch): Promise<Paged<ResultRecord>> {
  const { limit = 50, cursor } = query
  const keys = await parts.records.keys.find(project)
  const filters = filtersOf(keys, query).map((filter) => ({ ...filterOf(query), ...filter }))
  const ours: ResultRecord[] = []
  let after = placeOf(IdPlace, cursor)
  for (let looks = 0; looks < mostLooks; looks++) {
    const page = { limit: limit - ours.length, ...(after === undefined ? {} : { after }) }
    const { rows, next } = await newest(parts, filters, page)
    ours.push(...rows.filter((row) => outcomeOf(row, project) !== undefined))
    if (next === null || ours.length === limit) return { rows: ours, next }
    after = next
  }
  return { rows: ours, next: after ?? null }
}

/** A project is its users, and not its keys: the indices that hold all that is asked for begin with the user. */
function filtersOf(keys: readonly KeyRecord[], query: ResultSearch): readonly ResultFilter[] {
  const asked = keys.filter(({ id }) => query.key === undefined || id === query.key)
  if (query.key !== undefined) return asked.map(({ id }) => ({ keyId: id }))
  const users = new Set(asked.map(({ user }) => user))
  return [...users]
    .filter((user) => query.user === undefined || user === query.user)
    .map((user) => ({ user }))
}

/** A project may have thousands of users, and each of them a whole page of rows. */
const usersAtOnce = 8

async function newest(
  { records }: ApiParts,
  filters: readonly ResultFilter[],
  page: Page & { readonly limit: number },
): Promise<Paged<ResultRecord>> {
  let found: Paged<ResultRecord> = { rows: [], next: null }
  for (let at = 0; at < filters.length; at += usersAtOnce) {
    const oldest = found.rows.length === page.limit ? found.rows.at(-1) : undefined
    const pages = await Promise.all(
      filters
        .slice(at, at + usersAtOnce)
        .map((filter) => records.results.find({ ...(oldest ? since(oldest, filter) : filter), page })),
    )
    const { rows, next } = newestOf([found, ...pages], page.limit)
    // What is older than a full page was not asked for, so there may be more.
    found = { rows, next: oldest ? (rows.at(-1)?.id ?? null) : next }
  }
  return found
}

const since = ({ created }: ResultRecord, filter: ResultFilter): ResultFilter => ({
  ...filter,
  created: { ...filter.created, from: Math.max(filter.created?.from ?? 0, created) },
})

/** Pages in the order of ids, merged. */
function newestOf(pages: readonly Paged<ResultRecord>[], limit: number): Paged<ResultRecord> {
  const all = pages.flatMap(({ rows }) => rows).sort((one, other) => (one.id < other.id ? 1 : -1))
  const rows = all.slice(0, limit)
  const hasMore = all.length > limit || pages.some(({ next }) => next !== null)
  return { rows, next: hasMore ? (rows.at(-1)?.id ?? null) : null }
}

function filterOf(query: ResultSearch): ResultFilter {
  const found = {
    user: query.user,
    sourceFormat: query.source_format,
    format: query.format,
    mode: query.mode,
    level: query.level,
    hasIcc: query.has_icc,
    sourceBytes: within(query.source_bytes_from, query.source_bytes_below),
    bytes: within(query.bytes_from, query.bytes_below),
    uniqueColours: within(query.unique_colours_from, query.unique_colours_below),
    score: within(query.score_from, query.score_below),
    created: within(query.created_from, query.created_below),
  }
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined))
}

const within = (from: number | undefined, below: number | undefined) =>
  from === undefined && below === undefined
    ? undefined
    : { ...(from === undefined ? {} : { from }), ...(below === undefined ? {} : { below }) }
