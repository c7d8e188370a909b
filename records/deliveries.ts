// The log of webhook deliveries: each attempt, what came back and how long it took. Answers "did you call us, and when?"
import type { Selectable } from 'kysely'
import { firstIdAt, newId } from './ids.ts'
import { limitOf, type Page, type Paged, toPage } from './pages.ts'
import type { DatabaseHandle, DatabaseSchema } from './tables.ts'

export type DeliveryRecord = Readonly<Selectable<DatabaseSchema['deliveries']>>
export type NewDelivery = Omit<DeliveryRecord, 'id'>

export interface DeliveryFilter {
  readonly project?: string
  readonly jobId?: string
  readonly event?: string
  /** Answered with 2xx, or not. */
  readonly isDelivered?: boolean
  readonly at?: { readonly from?: number; readonly below?: number }
  readonly page?: Page
}

export type DeliveryTable = ReturnType<typeof createDeliveries>

export function createDeliveries({ db }: DatabaseHandle) {
  return {
    add: async (delivery: NewDelivery): Promise<string> => {
      // In the order in which attempts began, which is not that in which they ended.
      const id = newId(delivery.at)
      await db
        .insertInto('deliveries')
        .values({ ...delivery, id })
        .execute()
      return id
    },

    /** Newest first. */
    find: async (filter: DeliveryFilter): Promise<Paged<DeliveryRecord>> => {
      const limit = limitOf(filter.page?.limit)
      return toPage(await selectDeliveries(db, filter, limit).execute(), limit)
    },

    /** Removes up to `limit` from before `before`; how many there were. */
    forget: async ({ before, limit }: { before: number; limit: number }): Promise<number> => {
      const old = db.selectFrom('deliveries').select('id').where('id', '<', firstIdAt(before)).limit(limit)
      const { numDeletedRows } = await db.deleteFrom('deliveries').where('id', 'in', old).executeTakeFirst()
      return Number(numDeletedRows)
    },
  }
}

function selectDeliveries(db: DatabaseHandle['db'], filter: DeliveryFilter, limit: number) {
  let query = db.selectFrom('deliveries').selectAll()
  for (const column of ['project', 'jobId', 'event'] as const) {
    const wanted = filter[column]
    if (wanted !== undefined) query = query.where(column, '=', wanted)
  }
  if (filter.isDelivered === true) query = query.where('status', '>=', 200).where('status', '<', 300)
  if (filter.isDelivered === false)
    query = query.where(({ eb, or }) =>
      or([eb('status', 'is', null), eb('status', '<', 200), eb('status', '>=', 300)]),
    )
  const { from, below } = filter.at ?? {}
  if (from !== undefined) query = query.where('id', '>=', firstIdAt(from))
  if (below !== undefined) query = query.where('id', '<', firstIdAt(below))
  if (filter.page?.after !== undefined) query = query.where('id', '<', filter.page.after)
  return query.orderBy('id', 'desc').limit(limit + 1)
}
