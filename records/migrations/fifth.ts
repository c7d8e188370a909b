// Records of removed files go as well, when nobody asks for them any more.
import { sql, type Transaction } from 'kysely'

export async function fifth(db: Transaction<unknown>): Promise<void> {
  // What retention has to forget, longest removed first; a file that is there is not in it.
  await sql`create index files_removed on files (removed) where removed is not null`.execute(db)
}
