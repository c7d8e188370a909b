// SQLite for the query builder: reads on one thread, writes through the single writer on another.
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
import type { Rows } from './messages.ts'
import { createThread, type Thread } from './thread.ts'
import { createWriter, type Group, type Writer } from './writer.ts'

interface Threads {
  readonly reader: Thread
  readonly writing: Thread
  readonly writer: Writer
}

export function sqliteDialect(file: string): Dialect {
  return {
    createDriver: () => createDriver(file),
    createQueryCompiler: () => new SqliteQueryCompiler() as QueryCompiler,
    createAdapter: () => new SqliteAdapter(),
    createIntrospector: (database) => new SqliteIntrospector(database),
  }
}

interface Connection extends DatabaseConnection {
  /** The group of the transaction that this connection is in. */
  group: Group | undefined
}

function createDriver(file: string): Driver {
  let threads: Threads | undefined
  const opened = (): Threads => {
    if (!threads) throw new Error('the database is not open')
    return threads
  }
  const inTurn = async (
    connection: DatabaseConnection,
    end: (at: Threads, group: Group) => Promise<void>,
  ) => {
    const { group } = connection as Connection
    if (!group) throw new Error('there is no transaction on this connection')
    ;(connection as Connection).group = undefined
    await end(opened(), group)
  }
  return {
    init: async () => {
      threads = await openThreads(file)
    },
    acquireConnection: async () => createConnection(opened()),
    releaseConnection: async () => {},
    beginTransaction: async (connection) => {
      ;(connection as Connection).group = await enterMember(opened())
    },
    commitTransaction: (connection) => inTurn(connection, commitMember),
    rollbackTransaction: (connection) => inTurn(connection, rollBackMember),
    destroy: async () => {
      if (!threads) return
      await threads.writer.idle()
      await threads.reader.close()
      await threads.writing.close()
      threads = undefined
    },
  }
}

async function openThreads(file: string): Promise<Threads> {
  const writing = createThread({ file, role: 'writer' })
  // The file is in WAL mode before a reader opens it.
  await writing.ask('select 1')
  const reader = createThread({ file, role: 'reader' })
  return { writing, reader, writer: createWriter(writing) }
}

/** A member of a group is a savepoint of its transaction: it can fail alone. */
async function enterMember({ writer, writing }: Threads): Promise<Group> {
  const group = await writer.enter()
  try {
    await writing.ask('savepoint member')
    return group
  } catch (error) {
    writer.failed(group, error)
    writer.leave(group).catch(() => {})
    throw error
  }
}

async function commitMember({ writer, writing }: Threads, group: Group): Promise<void> {
  try {
    await writing.ask('release member')
  } catch (error) {
    writer.failed(group, error)
    writer.leave(group).catch(() => {})
    throw error
  }
  await writer.leave(group)
}

async function rollBackMember({ writer, writing }: Threads, group: Group): Promise<void> {
  try {
    if (!group.isLost) await writing.ask('rollback to member')
    if (!group.isLost) await writing.ask('release member')
  } catch (error) {
    writer.failed(group, error)
  }
  writer.leave(group).catch(() => {})
}

function createConnection(threads: Threads): Connection {
  const connection: Connection = {
    group: undefined,
    executeQuery: async <R>(query: CompiledQuery) => {
      if (connection.group) return resultOf<R>(await askIn(threads, connection.group, query))
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

const isRead = (query: RootOperationNode): boolean => query.kind === 'SelectQueryNode'

async function askIn({ writer, writing }: Threads, group: Group, query: CompiledQuery): Promise<Rows> {
  try {
    return await writing.ask(query.sql, query.parameters)
  } catch (error) {
    writer.failed(group, error)
    throw error
  }
}

/** A statement outside any transaction: SQLite undoes a failed one by itself, so it needs no savepoint. */
async function writeAlone(threads: Threads, query: CompiledQuery): Promise<Rows> {
  const group = await threads.writer.enter()
  const asked = await askIn(threads, group, query).catch((error: Error) => error)
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
