// The log of purges that all processes share where there is no Redis.
import type { Transaction } from 'kysely'

export async function eighth(db: Transaction<unknown>): Promise<void> {
  await db.schema
    .createTable('purges')
    .addColumn('id', 'bigint', (column) => column.primaryKey())
    .addColumn('token', 'text', (column) => column.notNull())
    .addColumn('purges', 'text')
    .execute()
}
