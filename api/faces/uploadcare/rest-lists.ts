// Lists of the REST API: what is asked of them, and the address of the next page.
import type { Json, JsonObject, TimePage, TimePaged } from '../../../records/index.ts'
import { RestError } from './rest-error.ts'
import type { RestRequest } from './rest-frame.ts'

const usualLimit = 100
const mostLimit = 1000

/** `field` is what the list is ordered by: 'datetime_uploaded' or 'datetime_created'. */
export function pageOf(
  asked: RestRequest,
  field: string,
  usualOrder: 'oldest' | 'newest',
): Required<Pick<TimePage, 'limit' | 'order'>> & TimePage {
  const ordering = asked.query('ordering')
  if (ordering !== undefined && ordering !== field && ordering !== `-${field}`)
    throw new RestError(400, `ordering should be ${field} or -${field}.`)
  const order = ordering === undefined ? usualOrder : ordering === field ? 'oldest' : 'newest'
  return { limit: limitIn(asked.query('limit')), order, ...beginOf(asked.query('from')) }
}

function limitIn(text: string | undefined): number {
  if (text === undefined) return usualLimit
  const limit = Number(text)
  if (/^\d{1,6}$/.test(text) && limit >= 1 && limit <= mostLimit) return limit
  throw new RestError(400, `limit should be an integer from 1 to ${mostLimit}.`)
}

/**
 * A moment, or a place that `next` named: a moment, '~' and an id, because several files may be of one moment. Clients
 * take single parameters out of `next`, so the place has to fit into this one.
 */
function beginOf(text: string | undefined): TimePage {
  if (text === undefined) return {}
  const [, moment = '', id] = /^([^~]*)(?:~(.*))?$/.exec(text) ?? []
  const at = Date.parse(moment)
  if (Number.isNaN(at)) throw new RestError(400, 'from should be a moment in ISO 8601.')
  return id === undefined ? { from: at } : { after: { created: at, id } }
}

export interface ListPage {
  readonly asked: RestRequest
  readonly next: TimePaged<unknown>['next']
  readonly limit: number
  readonly total: number
  readonly results: readonly Json[]
}

export function listing({ asked, next, limit, total, results }: ListPage): JsonObject {
  // Pages only go forward: a page before would have to be asked for backwards.
  return { next: next && nextUrl(asked, next), previous: null, total, per_page: limit, results }
}

function nextUrl({ c, bases }: RestRequest, { created, id }: NonNullable<ListPage['next']>): string {
  const url = new URL(c.req.path, `${bases.api}/`)
  for (const [name, value] of new URL(c.req.url).searchParams) url.searchParams.set(name, value)
  url.searchParams.set('from', `${new Date(created).toISOString()}~${id}`)
  return url.href
}
