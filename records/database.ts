// Opens the database that a setting names, embedded or PostgreSQL, and brings its tables up to date.
import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { CamelCasePlugin, type Dialect, Kysely, sql } from 'kysely'
import { migrate } from './migrations/index.ts'
import { sqliteDialect } from './sqlite/dialect.ts'
import type { DatabaseHandle, DatabaseSchema } from './tables.ts'

/** A file for the embedded database, a `postgres://` URL for a server. `turnMs`: how long a transaction may take. */
export type DatabaseLocation = ({ readonly file: string } | { readonly url: string }) & {
  readonly turnMs?: number
}

export interface Database extends DatabaseHandle {
  /** Ends what is under way, and folds the write-ahead log into the file. */
  close(): Promise<void>
}

export async function openDatabase(where: DatabaseLocation, now = Date.now()): Promise<Database> {
  const kind = 'file' in where ? 'sqlite' : 'postgres'
  const db = new Kysely<DatabaseSchema>({ dialect: await dialectOf(where), plugins: [new CamelCasePlugin()] })
  try {
    await migrate(db as unknown as Kysely<unknown>, kind, now)
  } catch (error) {
    await db.destroy()
    throw error
  }
  return { db, kind, close: () => db.destroy() }
}

/** Asks a server for nothing, in one connection; of a file it asks nothing before it is there. Changes nothing. */
export async function tryDatabase(where: DatabaseLocation): Promise<void> {
  if ('file' in where && !existsSync(where.file)) return
  const db = new Kysely<DatabaseSchema>({ dialect: await dialectOf(where) })
  try {
    await sql`select 1`.execute(db)
    // SQLite looks into a file with the first table that is asked for.
    if ('file' in where)
      await db
        .selectFrom('sqlite_master' as never)
        .selectAll()
        .execute()
  } finally {
    await db.destroy()
  }
}

async function dialectOf(where: DatabaseLocation): Promise<Dialect> {
  // It keeps others waiting, on the embedded database every other writer.
  const { turnMs = 10_000 } = where
  // Loaded only here: the embedded database needs no client.
  if ('url' in where) return (await import('./postgres.ts')).postgresDialect(where.url, turnMs)
  mkdirSync(dirname(where.file), { recursive: true })
  // Made by us and not by SQLite, which would let every user of the machine read it: webhooks' secrets are in there.
  closeSync(openSync(where.file, 'a', 0o600))
  return sqliteDialect(where.file, turnMs)
}
