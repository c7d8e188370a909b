// PostgreSQL for the query builder: a pool of connections, numbers as numbers, and an unreachable server as a failure.
import {
  type DatabaseConnection,
  type Dialect,
  PostgresAdapter,
  PostgresDialect,
  PostgresDriver,
  type PostgresPool,
} from 'kysely'
import pg from 'pg'
import { diskFull, Failure } from '../errors.ts'

const bigint = 20

export function postgresDialect(url: string, turnMs: number): Dialect {
  const pool = createPool(url, turnMs)
  const dialect = new PostgresDialect({ pool })
  return {
    createDriver: () => new FailingDriver({ pool }),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createAdapter: () => new PostgresAdapter(),
    createIntrospector: (database) => dialect.createIntrospector(database),
  }
}

function createPool(url: string, turnMs: number): PostgresPool {
  const pool = new pg.Pool({
    connectionString: url,
    max: 10,
    connectionTimeoutMillis: 5000,
    // A question that takes longer than this has no index; it must not hold a connection.
    statement_timeout: 30_000,
    idle_in_transaction_session_timeout: turnMs,
    application_name: 'halftone',
    types: { getTypeParser: parserOf },
  })
  // A connection that breaks, idle or in use, is replaced by the pool and fails the query it was at; unheard, its event
  // would end the process.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  return pool as unknown as PostgresPool
}

/** Times, bytes and counts stay far below 2^53; as text they would not compare. */
const parserOf = (type: number, format?: 'text' | 'binary') =>
  type === bigint ? Number : pg.types.getTypeParser(type, format as 'text')

class FailingDriver extends PostgresDriver {
  readonly #known = new WeakSet<DatabaseConnection>()

  override async acquireConnection(...given: Parameters<PostgresDriver['acquireConnection']>) {
    const connection = await super.acquireConnection(...given).catch(unreachable)
    if (!this.#known.has(connection)) {
      this.#known.add(connection)
      const execute = connection.executeQuery.bind(connection)
      connection.executeQuery = async <R>(...query: Parameters<typeof execute>) => {
        try {
          return await execute<R>(...query)
        } catch (error) {
          throw translate(error as Error)
        }
      }
    }
    return connection
  }
}

// Classes of PostgreSQL: connection lost, out of resources, shutting down or starting; and what the socket says.
const passing = /^(08|53|57P|25P03|ECONN|EPIPE|ENOENT)/

/** What may pass, as against what is wrong with the query. */
const isPassing = ({ code = '', message = '' }: { code?: string; message?: string }): boolean =>
  passing.test(code) || message.startsWith('Connection terminated') || message.includes('not queryable')

// A text that PostgreSQL cannot hold can only be a client's: SQLite takes null characters, and no id of ours has any.
const untranslatable: ReadonlySet<string> = new Set(['22021', '22P05'])

function translate(error: Error & { readonly code?: string }): Error {
  if (isPassing(error)) return failureOf(error)
  if (!untranslatable.has(error.code ?? '')) return error
  return new Failure('bad-option', 'A text has null characters, which cannot be kept.', { cause: error })
}

const diskIsFull = '53100'

const failureOf = (cause: unknown): Failure =>
  (cause as { code?: string } | undefined)?.code === diskIsFull
    ? diskFull(cause)
    : new Failure('records-unavailable', 'The records cannot be reached.', { cause })

function unreachable(error: unknown): never {
  throw failureOf(error)
}
