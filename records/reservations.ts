// What calls under way hold of a quota before they are counted. A lease gives it back when the process dies. One statement
// compares what is used and held with the quota and takes more, so that two calls cannot both take the last of it.
import { sql } from 'kysely'
import type { DatabaseHandle } from './tables.ts'
import { dayOf } from './usage.ts'

export interface Reservation {
  readonly id: string
  readonly keyId: string
  readonly calls: number
  readonly bytes: number
  /** The end of the lease. */
  readonly expires: number
}

export interface Allowance {
  readonly calls?: number | undefined
  readonly bytes?: number | undefined
  /** Since when it is used. */
  readonly from: number
}

export type ReservationTable = ReturnType<typeof createReservations>

export function createReservations({ db, kind }: DatabaseHandle) {
  /** PostgreSQL alone would let two look at once and both take the last. */
  const oneByOne = <T>(keyId: string, work: (db: DatabaseHandle['db']) => Promise<T>): Promise<T> =>
    kind === 'sqlite' || db.isTransaction
      ? work(db)
      : db.transaction().execute(async (t) => {
          await sql`select id from keys where id = ${keyId} for update`.execute(t)
          return work(t)
        })

  return {
    /** Makes a reservation, or changes what it holds. False when the quota does not allow it; nothing is changed then. */
    hold: (wanted: Reservation, allowed: Allowance, now: number): Promise<boolean> =>
      oneByOne(wanted.keyId, async (t) => {
        const { rows } = await holdStatement(wanted, allowed, now).execute(t)
        return rows.length === 1
      }),

    /** What others of the key hold now. */
    total: async (keyId: string, now: number, except = ''): Promise<{ calls: number; bytes: number }> => {
      const { rows } = await sql<{ calls: number; bytes: number }>`
        select cast(coalesce(sum(calls), 0) as bigint) as calls, cast(coalesce(sum(bytes), 0) as bigint) as bytes
        from reservations where key_id = ${keyId} and expires > ${now} and id <> ${except}`.execute(db)
      return { calls: Number(rows[0]?.calls ?? 0), bytes: Number(rows[0]?.bytes ?? 0) }
    },

    extend: async (ids: readonly string[], expires: number): Promise<void> => {
      if (ids.length > 0)
        await db.updateTable('reservations').set({ expires }).where('id', 'in', ids).execute()
    },

    release: async (id: string): Promise<void> => {
      await db.deleteFrom('reservations').where('id', '=', id).execute()
    },

    /** Of processes that died. */
    forget: async ({ before, limit }: { before: number; limit: number }): Promise<number> => {
      const old = db.selectFrom('reservations').select('id').where('expires', '<', before).limit(limit)
      const { numDeletedRows } = await db.deleteFrom('reservations').where('id', 'in', old).executeTakeFirst()
      return Number(numDeletedRows)
    },
  }
}

function holdStatement({ id, keyId, calls, bytes, expires }: Reservation, allowed: Allowance, now: number) {
  const used = (column: 'calls' | 'bytes_in') =>
    sql`(select coalesce(sum(${sql.ref(column)}), 0) from usage
      where key_id = ${keyId} and day >= ${dayOf(allowed.from)})`
  const others = (column: 'calls' | 'bytes') =>
    sql`(select coalesce(sum(${sql.ref(column)}), 0) from reservations as others
      where others.key_id = ${keyId} and others.expires > ${now} and others.id <> ${id})`
  const most = (limit: number | undefined) => sql`cast(${limit ?? Number.MAX_SAFE_INTEGER} as bigint)`
  // Of bytes that are not known yet at least one has to be left.
  const least = Math.max(1, bytes)
  return sql<{ id: string }>`
    insert into reservations (id, key_id, calls, bytes, expires)
    select ${id}, ${keyId}, cast(${calls} as bigint), cast(${bytes} as bigint), cast(${expires} as bigint)
    where ${used('calls')} + ${others('calls')} + cast(${calls} as bigint) <= ${most(allowed.calls)}
      and ${used('bytes_in')} + ${others('bytes')} + cast(${least} as bigint) <= ${most(allowed.bytes)}
    on conflict (id) do update set calls = excluded.calls, bytes = excluded.bytes, expires = excluded.expires
    returning id`
}
