// An index for retention, which deletes the records of files that were removed long ago.
import { sql, type Transaction } from 'kysely'

export async function fifth(db: Transaction<unknown>): Promise<void> {
  // What retention has to forget, longest removed first; a file that is there is not in it.
  await sql`create index files_removed on files (removed) where removed is not null`.execute(db)
}
