// What calls under way have taken of their key's quota.
import { sql, type Transaction } from 'kysely'

export async function sixth(db: Transaction<unknown>): Promise<void> {
  await db.schema
    .createTable('reservations')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('key_id', 'text', (column) => column.notNull())
    .addColumn('calls', 'bigint', (column) => column.notNull())
    .addColumn('bytes', 'bigint', (column) => column.notNull())
    .addColumn('expires', 'bigint', (column) => column.notNull())
    .execute()
  await sql`create index reservations_of_key on reservations (key_id)`.execute(db)
}
