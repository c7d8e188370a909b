// Keys that can check a signature: their secret, sealed by a key that is not in the database, and what a project wishes.
import type { Transaction } from 'kysely'

export async function second(db: Transaction<unknown>): Promise<void> {
  // One at a time: SQLite adds no more in a statement.
  await db.schema.alterTable('keys').addColumn('sealed', 'text').execute()
  await db.schema
    .alterTable('keys')
    .addColumn('settings', 'text', (column) => column.notNull().defaultTo('{}'))
    .execute()
}
