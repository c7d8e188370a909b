// Usage: what each key did on each day (UTC), as counters that only grow.
import { sql } from 'kysely'
import type { DatabaseHandle } from './tables.ts'

const counters = ['calls', 'failures', 'bytesIn', 'bytesOut', 'bytesSaved'] as const
export type Counts = Readonly<Record<(typeof counters)[number], number>>

export interface UsageOfDay extends Counts {
  readonly keyId: string
  /** 2026-11-21 */
  readonly day: string
}

export interface UsageFilter {
  readonly keyIds: readonly string[]
  readonly from: number
  /** The day of this moment is included. */
  readonly to: number
}

const none: Counts = { calls: 0, failures: 0, bytesIn: 0, bytesOut: 0, bytesSaved: 0 }

export const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10)

export type UsageTable = ReturnType<typeof createUsage>

export function createUsage({ db }: DatabaseHandle) {
  return {
    /** With `held` the reservation that was made for it ends: in a transaction both at once. */
    count: async (keyId: string, counted: Partial<Counts>, now: number, held?: string): Promise<void> => {
      await db
        .insertInto('usage')
        .values({ ...none, ...counted, keyId, day: dayOf(now) })
        .onConflict((conflict) =>
          conflict.columns(['keyId', 'day']).doUpdateSet(({ ref }) => ({
            calls: sum(ref('usage.calls'), ref('excluded.calls')),
            failures: sum(ref('usage.failures'), ref('excluded.failures')),
            bytesIn: sum(ref('usage.bytesIn'), ref('excluded.bytesIn')),
            bytesOut: sum(ref('usage.bytesOut'), ref('excluded.bytesOut')),
            bytesSaved: sum(ref('usage.bytesSaved'), ref('excluded.bytesSaved')),
          })),
        )
        .execute()
      if (held !== undefined) await db.deleteFrom('reservations').where('id', '=', held).execute()
    },

    /** Oldest day first; days without use have no row. */
    find: async ({ keyIds, from, to }: UsageFilter): Promise<readonly UsageOfDay[]> => {
      if (keyIds.length === 0) return []
      return db
        .selectFrom('usage')
        .selectAll()
        .where('keyId', 'in', keyIds)
        .where('day', '>=', dayOf(from))
        .where('day', '<=', dayOf(to))
        .orderBy('day')
        .orderBy('keyId')
        .execute()
    },

    /** Over a span of days, for a quota. */
    total: async ({ keyIds, from, to }: UsageFilter): Promise<Counts> => {
      if (keyIds.length === 0) return none
      const totals = await db
        .selectFrom('usage')
        .where('keyId', 'in', keyIds)
        .where('day', '>=', dayOf(from))
        .where('day', '<=', dayOf(to))
        .select(
          counters.map((name) => sql<number>`cast(coalesce(sum(${sql.ref(name)}), 0) as bigint)`.as(name)),
        )
        .executeTakeFirstOrThrow()
      return { ...none, ...totals }
    },
  }
}

const sum = (kept: unknown, counted: unknown) => sql<number>`${kept} + ${counted}`
