// The first tables. Beside each index stands the question it answers.
import type { CreateTableBuilder, Transaction } from 'kysely'
import { sql } from 'kysely'
import type { DatabaseKind } from '../tables.ts'

export async function first(db: Transaction<unknown>, kind: DatabaseKind): Promise<void> {
  await createFiles(db, kind)
  await createResults(db, kind)
  await createKeys(db)
  await createJobs(db, kind)
  await createHooks(db, kind)
  if (kind === 'sqlite') await fixPlans(db)
}

// Ids are compared byte by byte everywhere; PostgreSQL would otherwise ask the locale, which is slower.
const idType = (kind: DatabaseKind) => (kind === 'postgres' ? sql`text collate "C"` : ('text' as const))

/** On SQLite a table with a text key is stored as its own index: no second copy of every id. */
const byKey =
  (kind: DatabaseKind) =>
  <T extends string>(table: CreateTableBuilder<T>): CreateTableBuilder<T> =>
    kind === 'sqlite' ? table.modifyEnd(sql`without rowid`) : table

async function createFiles(db: Transaction<unknown>, kind: DatabaseKind): Promise<void> {
  await db.schema
    .createTable('files')
    .addColumn('id', idType(kind), (column) => column.primaryKey())
    .addColumn('project', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('bytes', 'bigint', (column) => column.notNull())
    .addColumn('type', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('facts', 'text')
    .addColumn('metadata', 'text', (column) => column.notNull())
    .addColumn('tags', 'text', (column) => column.notNull())
    .addColumn('upload', 'text')
    .addColumn('stored', 'bigint')
    .addColumn('created', 'bigint', (column) => column.notNull())
    .addColumn('removed', 'bigint')
    .addColumn('storage_key', 'text')
    .$call(byKey(kind))
    .execute()
  // The list of a project by upload time; its totals by state without reading the rows.
  await sql`create index files_by_project on files (project, created, id, state, stored)`.execute(db)
  // What was never stored and is to be removed after a day.
  await sql`create index files_unstored on files (created) where stored is null`.execute(db)

  await db.schema
    .createTable('groups')
    .addColumn('id', idType(kind), (column) => column.primaryKey())
    .addColumn('project', 'text', (column) => column.notNull())
    .addColumn('files', 'text', (column) => column.notNull())
    .addColumn('created', 'bigint', (column) => column.notNull())
    .$call(byKey(kind))
    .execute()
  await sql`create index groups_by_project on groups (project, created, id)`.execute(db)
}

async function createResults(db: Transaction<unknown>, kind: DatabaseKind): Promise<void> {
  await db.schema
    .createTable('results')
    .addColumn('id', idType(kind), (column) => column.primaryKey())
    .addColumn('created', 'bigint', (column) => column.notNull())
    .addColumn('key_id', 'text', (column) => column.notNull())
    .addColumn('user', 'text', (column) => column.notNull())
    .addColumn('source_format', 'text', (column) => column.notNull())
    .addColumn('source_bytes', 'bigint', (column) => column.notNull())
    .addColumn('format', 'text', (column) => column.notNull())
    .addColumn('bytes', 'bigint', (column) => column.notNull())
    .addColumn('mode', 'text', (column) => column.notNull())
    .addColumn('level', 'text')
    .addColumn('has_icc', 'integer', (column) => column.notNull())
    .addColumn('icc_name', 'text')
    .addColumn('unique_colours', 'bigint')
    .addColumn('score', 'double precision')
    .addColumn('quality', 'double precision')
    .addColumn('ms', 'double precision')
    .addColumn('detail', 'text')
    .addColumn('expires', 'bigint')
    .addColumn('storage_key', 'text')
    .$call(byKey(kind))
    .execute()
  // Both end in what the filters ask, so that rows which do not match are never read from the table.
  await sql`create index results_by_user on results
    ("user", id, source_format, mode, has_icc, source_bytes, unique_colours)`.execute(db)
  await sql`create index results_by_kind on results
    (source_format, mode, has_icc, id, "user", source_bytes, unique_colours)`.execute(db)
  await sql`create index results_by_key on results (key_id, id)`.execute(db)
  // What retention has to remove, oldest first; a row without files is not in it.
  await sql`create index results_expiring on results (expires) where storage_key is not null`.execute(db)
}

async function createKeys(db: Transaction<unknown>): Promise<void> {
  await db.schema
    .createTable('keys')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('project', 'text', (column) => column.notNull())
    .addColumn('user', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('secret_hash', 'text', (column) => column.notNull())
    .addColumn('scopes', 'text', (column) => column.notNull())
    .addColumn('quotas', 'text', (column) => column.notNull())
    .addColumn('created', 'bigint', (column) => column.notNull())
    .addColumn('revoked', 'bigint')
    .execute()
  await sql`create index keys_by_project on keys (project, created)`.execute(db)

  const counter = 'bigint' as const
  await db.schema
    .createTable('usage')
    .addColumn('key_id', 'text', (column) => column.notNull())
    .addColumn('day', 'text', (column) => column.notNull())
    .addColumn('calls', counter, (column) => column.notNull())
    .addColumn('failures', counter, (column) => column.notNull())
    .addColumn('bytes_in', counter, (column) => column.notNull())
    .addColumn('bytes_out', counter, (column) => column.notNull())
    .addColumn('bytes_saved', counter, (column) => column.notNull())
    .addPrimaryKeyConstraint('usage_key_day', ['key_id', 'day'])
    .execute()
}

async function createJobs(db: Transaction<unknown>, kind: DatabaseKind): Promise<void> {
  await db.schema
    .createTable('jobs')
    .addColumn('id', idType(kind), (column) => column.primaryKey())
    .addColumn('queue', 'text', (column) => column.notNull())
    .addColumn('project', 'text', (column) => column.notNull())
    .addColumn('payload', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('due', 'bigint')
    .addColumn('attempt', 'integer', (column) => column.notNull())
    .addColumn('max_attempts', 'integer', (column) => column.notNull())
    .addColumn('claims', 'integer', (column) => column.notNull())
    .addColumn('error', 'text')
    .addColumn('created', 'bigint', (column) => column.notNull())
    .addColumn('finished', 'bigint')
    .execute()
  // The claim: what is due, longest due first. Finished jobs are not in it.
  await sql`create index jobs_due on jobs (queue, due, id) where due is not null`.execute(db)
  await sql`create index jobs_by_project on jobs (queue, project, id)`.execute(db)
  await sql`create index jobs_finished on jobs (finished) where finished is not null`.execute(db)
}

async function createHooks(db: Transaction<unknown>, kind: DatabaseKind): Promise<void> {
  await db.schema
    .createTable('deliveries')
    .addColumn('id', idType(kind), (column) => column.primaryKey())
    .addColumn('job_id', 'text', (column) => column.notNull())
    .addColumn('project', 'text', (column) => column.notNull())
    .addColumn('event', 'text', (column) => column.notNull())
    .addColumn('url', 'text', (column) => column.notNull())
    .addColumn('attempt', 'integer', (column) => column.notNull())
    .addColumn('status', 'integer')
    .addColumn('ms', 'double precision', (column) => column.notNull())
    .addColumn('error', 'text')
    .addColumn('at', 'bigint', (column) => column.notNull())
    .$call(byKey(kind))
    .execute()
  await sql`create index deliveries_by_project on deliveries (project, id)`.execute(db)
  await sql`create index deliveries_by_job on deliveries (job_id, id)`.execute(db)

  await db.schema
    .createTable('hooks')
    .addColumn('id', 'integer', (column) =>
      kind === 'postgres'
        ? column.primaryKey().generatedAlwaysAsIdentity()
        : column.primaryKey().autoIncrement(),
    )
    .addColumn('project', 'text', (column) => column.notNull())
    .addColumn('event', 'text', (column) => column.notNull())
    .addColumn('target_url', 'text', (column) => column.notNull())
    .addColumn('is_active', 'integer', (column) => column.notNull())
    .addColumn('signing_secret', 'text')
    .addColumn('version', 'text', (column) => column.notNull())
    .addColumn('created', 'bigint', (column) => column.notNull())
    .addColumn('updated', 'bigint', (column) => column.notNull())
    .addUniqueConstraint('hooks_once', ['project', 'event', 'target_url'])
    .execute()
}

/**
 * SQLite chooses an index by statistics that only ANALYZE writes, and reads them when a connection opens. These say
 * once and for all what is true of every installation: a user is rarer than a kind of picture.
 */
async function fixPlans(db: Transaction<unknown>): Promise<void> {
  await sql`analyze results`.execute(db)
  await sql`delete from sqlite_stat1 where tbl = 'results'`.execute(db)
  await sql`insert into sqlite_stat1 (tbl, idx, stat) values
    ('results', 'results', '10000000 1'),
    ('results', 'results_by_user', '10000000 10000 1 1 1 1 1 1'),
    ('results', 'results_by_key', '10000000 10000 1'),
    ('results', 'results_by_kind', '10000000 3000000 1000000 500000 1 1 1 1'),
    ('results', 'results_expiring', '1000000 1')`.execute(db)
}
