// SQLite for the query builder: reads on threads of their own, writes through the single writer on another.
import type {
  CompiledQuery,
  DatabaseConnection,
  Dialect,
  Driver,
  QueryCompiler,
  QueryResult,
  RootOperationNode,
} from 'kysely'
import { SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely'
import { countOpenConnections } from './closing.ts'
import type { Rows } from './messages.ts'
import { createReaders } from './readers.ts'
import { createThread } from './thread.ts'
import {
  ask,
  askInTransaction,
  beginTransaction,
  type ConnectionThreads,
  commitTransaction,
  rollBackTransaction,
  type WriteTransaction,
} from './transaction.ts'
import { createWriter } from './writer.ts'

export function sqliteDialect(file: string, turnMs: number): Dialect {
  return {
    createDriver: () => createDriver(file, turnMs),
    createQueryCompiler: () => new SqliteQueryCompiler() as QueryCompiler,
    createAdapter: () => new ManyAdapter(),
    createIntrospector: (database) => new SqliteIntrospector(database),
  }
}

/** Without this the query builder itself would let one query in at a time, and no two could share a commit. */
class ManyAdapter extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true
  }
}

interface SqliteConnection extends DatabaseConnection {
  transaction: WriteTransaction | undefined
}

function createDriver(file: string, turnMs: number): Driver {
  let threads: ConnectionThreads | undefined
  const users = countOpenConnections()
  const openedThreads = (): ConnectionThreads => {
    if (!threads) throw new Error('the database is not open')
    return threads
  }
  return {
    init: async () => {
      threads = await openThreads(file)
    },
    acquireConnection: async () => {
      const connection = createConnection(openedThreads())
      users.come()
      return connection
    },
    releaseConnection: async () => users.go(),
    beginTransaction: async (connection) => {
      ;(connection as SqliteConnection).transaction = await beginTransaction(openedThreads(), turnMs)
    },
    commitTransaction: async (connection) => {
      const turn = takeTransaction(connection)
      if (!turn) throw new Error('there is no transaction on this connection')
      await commitTransaction(openedThreads(), turn)
    },
    // Also called after a commit that failed: then there is nothing left to undo.
    rollbackTransaction: async (connection) => {
      const turn = takeTransaction(connection)
      if (turn) rollBackTransaction(openedThreads(), turn)
    },
    destroy: async () => {
      if (!threads) return
      await users.gone(turnMs)
      await threads.writer.idle()
      await threads.reader.close()
      await threads.writing.close()
      threads = undefined
    },
  }
}

async function openThreads(file: string): Promise<ConnectionThreads> {
  const writing = createThread({ file, role: 'writer' })
  // The file is in WAL mode before a reader opens it.
  await writing.ask('select 1')
  return { writing, reader: createReaders(file), writer: createWriter(writing) }
}

function createConnection(threads: ConnectionThreads): SqliteConnection {
  const connection: SqliteConnection = {
    transaction: undefined,
    executeQuery: async <R>(query: CompiledQuery) => {
      if (connection.transaction)
        return resultOf<R>(await askInTransaction(threads, connection.transaction, query))
      if (isRead(query.query)) return resultOf<R>(await threads.reader.ask(query.sql, query.parameters))
      return resultOf<R>(await writeAlone(threads, query))
    },
    // biome-ignore lint/correctness/useYield: a refusal in the shape the query builder asks for
    streamQuery: async function* () {
      throw new Error('rows are paged here, not streamed')
    },
  }
  return connection
}

function takeTransaction(connection: DatabaseConnection): WriteTransaction | undefined {
  const { transaction: turn } = connection as SqliteConnection
  ;(connection as SqliteConnection).transaction = undefined
  return turn
}

const isRead = (query: RootOperationNode): boolean => query.kind === 'SelectQueryNode'

/** A statement outside any transaction: SQLite undoes a failed one by itself, so it needs no savepoint. */
async function writeAlone(threads: ConnectionThreads, query: CompiledQuery): Promise<Rows> {
  const group = await threads.writer.enter()
  const asked = await ask(threads, group, query).catch((error: Error) => error)
  const onDisk = threads.writer.leave(group)
  if (!(asked instanceof Error)) {
    await onDisk
    return asked
  }
  onDisk.catch(() => {})
  throw asked
}

function resultOf<R>({ rows, changes }: Rows): QueryResult<R> {
  return { rows: rows as R[], numAffectedRows: BigInt(changes ?? rows.length) }
}
