// The log of purges that all processes share where there is no Redis. Bounded: the oldest orders are forgotten.
import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import type { DatabaseHandle } from './tables.ts'

export interface PurgeRow {
  readonly id: number
  /** Tells this order from one that another database has under the same number. */
  readonly token: string
  /** Undefined in the row that the log begins with. */
  readonly purges: string | undefined
}

export type PurgeTable = ReturnType<typeof createPurges>

export const createPurges = ({ db, kind }: DatabaseHandle) => {
  const newest = async (): Promise<PurgeRow | undefined> => {
    const row = await db.selectFrom('purges').selectAll().orderBy('id', 'desc').limit(1).executeTakeFirst()
    return row && rowOf(row)
  }

  async function add(id: number, purges: string | null): Promise<PurgeRow> {
    const row = { id, token: randomUUID(), purges }
    await db.insertInto('purges').values(row).execute()
    return rowOf(row)
  }

  return {
    newest,

    /**
     * Within a transaction: the new order, and the one before it. Orders get their numbers one after the other, and no
     * number is seen before all smaller ones are.
     */
    async append(purges: string, most: number): Promise<{ added: PurgeRow; before: PurgeRow }> {
      // On SQLite a transaction already is the lock.
      if (kind === 'postgres') await sql`lock table purges in exclusive mode`.execute(db)
      const before = (await newest()) ?? (await add(1, null))
      const added = await add(before.id + 1, purges)
      await db
        .deleteFrom('purges')
        .where('id', '<=', added.id - most)
        .execute()
      return { added, before }
    },

    /** Whether the log still has this order. */
    async has({ id, token }: Pick<PurgeRow, 'id' | 'token'>): Promise<boolean> {
      const row = await db.selectFrom('purges').select('token').where('id', '=', id).executeTakeFirst()
      return row?.token === token
    },

    /** In order. */
    async behind(id: number): Promise<readonly PurgeRow[]> {
      return (await db.selectFrom('purges').selectAll().where('id', '>', id).orderBy('id').execute()).map(
        rowOf,
      )
    },
  }
}

const rowOf = ({ id, token, purges }: { id: number; token: string; purges: string | null }): PurgeRow => ({
  id: Number(id),
  token,
  purges: purges ?? undefined,
})
