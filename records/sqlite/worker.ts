// One connection to the SQLite file, on a thread of its own: an fsync or a long search never holds up a picture.
import { closeSync, existsSync, fsyncSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import type { ConnectionOptions, StatementReply, StatementRequest } from './messages.ts'

const keptStatements = 200
const busyMs = 10_000

/** All else is part of a group: after SQLite gave one up, what was still on its way must not be kept alone. */
const alone: ReadonlySet<string> = new Set(['begin immediate', 'select 1'])

const { file, role } = workerData as ConnectionOptions
const database = open()
const statements = new Map<string, StatementSync>()

parentPort?.on('message', ({ id, sql, parameters }: StatementRequest) => {
  if (sql !== undefined) return parentPort?.postMessage(answer(id, { sql, parameters }))
  close()
  parentPort?.postMessage({ id, rows: [] } satisfies StatementReply)
})

function open(): DatabaseSync {
  const isNew = !existsSync(file)
  const opened = new DatabaseSync(file, { timeout: busyMs })
  if (role === 'reader') opened.exec('pragma query_only = 1')
  else prepare(opened)
  // 32 MB of pages: the inner nodes of the indexes of ten million rows stay in memory.
  opened.exec('pragma cache_size = -32000; pragma temp_store = memory; pragma mmap_size = 268435456')
  // SQLite syncs its files; that a new file is in its folder must outlive a power loss too.
  if (isNew) syncFolder(dirname(file))
  return opened
}

function prepare(opened: DatabaseSync): void {
  opened.exec('pragma page_size = 8192')
  toWal(opened, Date.now() + busyMs)
  // FULL: each commit is on the disk before it is acknowledged. With NORMAL a power loss takes the last ones.
  opened.exec('pragma synchronous = full; pragma foreign_keys = on; pragma journal_size_limit = 67108864')
}

/** The change to WAL needs the file alone and does not always wait for it: of two first starts, one tries again. */
function toWal(opened: DatabaseSync, until: number): void {
  for (;;) {
    try {
      opened.exec('pragma journal_mode = wal')
      return
    } catch (error) {
      if (!isHeld(error) || Date.now() > until) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)
    }
  }
}

/** SQLITE_BUSY and LOCKED: another process has the file. All else stays as it is, however long one waits. */
function isHeld(error: unknown): boolean {
  return [5, 6].includes((error as { errcode?: number }).errcode ?? 0)
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r')
  fsyncSync(handle)
  closeSync(handle)
}

function answer(
  id: number,
  { sql, parameters }: { sql: string; parameters: readonly unknown[] },
): StatementReply {
  try {
    if (role === 'writer' && !database.isTransaction && !alone.has(sql))
      throw new Error('no transaction is open')
    const statement = statementOf(sql)
    const values = parameters as SQLInputValue[]
    if (statement.columns().length > 0) return { id, rows: statement.all(...values) }
    return { id, rows: [], changes: Number(statement.run(...values).changes) }
  } catch (error) {
    const { message, errcode } = error as Error & { errcode?: number }
    return { id, failed: { message, code: errcode, isInTransaction: database.isTransaction } }
  }
}

/** Prepared once; what was not used for longest goes. */
function statementOf(sql: string): StatementSync {
  const statement = statements.get(sql) ?? database.prepare(sql)
  statements.delete(sql)
  statements.set(sql, statement)
  const [oldest] = statements.keys()
  if (statements.size > keptStatements && oldest !== undefined) statements.delete(oldest)
  return statement
}

function close(): void {
  // Nobody was promised what is still open here.
  if (database.isTransaction) database.exec('rollback')
  if (role === 'writer') database.exec('pragma wal_checkpoint(truncate)')
  database.close()
}
