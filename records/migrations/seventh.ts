// What plan of limits a key has; keys of before have none.
import type { Transaction } from 'kysely'

export async function seventh(db: Transaction<unknown>): Promise<void> {
  await db.schema
    .alterTable('keys')
    .addColumn('plan', 'text', (column) => column.notNull().defaultTo(''))
    .execute()
}
