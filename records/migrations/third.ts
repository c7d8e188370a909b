// Which file a project got from which address, so that the same address need not be downloaded again.
import { sql, type Transaction } from 'kysely'

export async function third(db: Transaction<unknown>): Promise<void> {
  await db.schema
    .createTable('fetched')
    .addColumn('project', 'text', (column) => column.notNull())
    .addColumn('url_hash', 'text', (column) => column.notNull())
    .addColumn('file', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('fetched_once', ['project', 'url_hash'])
    .execute()
  // What is to be forgotten when its file is removed.
  await sql`create index fetched_by_file on fetched (file)`.execute(db)
}
