// PostgreSQL for the query builder: a pool of connections, numbers as numbers, and an unreachable server as a failure.
import { type Dialect, PostgresAdapter, PostgresDialect, PostgresDriver, type PostgresPool } from 'kysely'
import pg from 'pg'
import { Failure } from '../errors.ts'

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
  override async acquireConnection(...given: Parameters<PostgresDriver['acquireConnection']>) {
    try {
      return await super.acquireConnection(...given)
    } catch (error) {
      throw new Failure('busy', 'The records cannot be reached.', { retryAfterSeconds: 5, cause: error })
    }
  }
}
