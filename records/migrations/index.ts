// The steps that bring a database to today's tables: in order, each in one transaction, each once.
import { type Kysely, sql, type Transaction } from 'kysely'
import type { DatabaseKind } from '../tables.ts'
import { eighth } from './eighth.ts'
import { fifth } from './fifth.ts'
import { first } from './first.ts'
import { fourth } from './fourth.ts'
import { second } from './second.ts'
import { seventh } from './seventh.ts'
import { sixth } from './sixth.ts'
import { third } from './third.ts'

export interface MigrationStep {
  readonly name: string
  /** Steps see no typed tables: those are of today, a step is of its day. */
  run(db: Transaction<unknown>, kind: DatabaseKind): Promise<void>
}

/** Only ever appended to: what once ran somewhere is never changed. */
const steps: readonly MigrationStep[] = [
  { name: '001-first', run: first },
  { name: '002-sealed-keys', run: second },
  { name: '003-fetched', run: third },
  { name: '004-lanes', run: fourth },
  { name: '005-removed-files', run: fifth },
  { name: '006-reservations', run: sixth },
  { name: '007-plans', run: seventh },
  { name: '008-purges', run: eighth },
]

interface MigrationTables {
  readonly migrations: { name: string; at: number }
}

export async function migrate(db: Kysely<unknown>, kind: DatabaseKind, now: number): Promise<void> {
  for (const step of steps)
    await db.transaction().execute(async (transaction) => {
      await lock(transaction, kind)
      await transaction.schema
        .createTable('migrations')
        .ifNotExists()
        .addColumn('name', 'text', (column) => column.primaryKey())
        .addColumn('at', 'bigint', (column) => column.notNull())
        .execute()
      const typed = transaction as unknown as Transaction<MigrationTables>
      const ran = await typed
        .selectFrom('migrations')
        .where('name', '=', step.name)
        .select('name')
        .executeTakeFirst()
      if (ran) return
      await step.run(transaction, kind)
      await typed.insertInto('migrations').values({ name: step.name, at: now }).execute()
    })
}

/** Two processes that start at once: the second waits, then finds the work done. On SQLite a transaction already is the lock. */
async function lock(transaction: Transaction<unknown>, kind: DatabaseKind): Promise<void> {
  const halftone = 0x48_54_4e_45
  if (kind === 'postgres') await sql`select pg_advisory_xact_lock(${sql.lit(halftone)})`.execute(transaction)
}
