// A connection on its thread, seen from the process: ask a statement, get its rows.
import { Worker } from 'node:worker_threads'
import { diskFull, Failure } from '../../errors.ts'
import type {
  ConnectionOptions,
  Rows,
  StatementFailure,
  StatementReply,
  StatementRequest,
} from './messages.ts'

export interface Thread {
  ask(sql: string, parameters?: readonly unknown[]): Promise<Rows>
  close(): Promise<void>
}

/** A statement that SQLite refused, with its result code. */
export class SqliteError extends Error {
  override readonly name = 'SqliteError'
  readonly code: number | undefined
  readonly isInTransaction: boolean

  constructor(failed: StatementFailure) {
    super(failed.message)
    this.code = failed.code
    this.isInTransaction = failed.isInTransaction
  }
}

type PendingReply = Pick<PromiseWithResolvers<Rows>, 'resolve' | 'reject'>

/** Broken: it could not be opened, or has ended; it answers nothing any more. */
export type BreakableThread = Thread & { isBroken(): boolean }

export function createThread(place: ConnectionOptions): BreakableThread {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: place })
  const waiting = new Map<number, PendingReply>()
  let lastId = 0
  let broken: Error | undefined

  const settle = (replied: StatementReply): void => {
    const asker = waiting.get(replied.id)
    waiting.delete(replied.id)
    if ('failed' in replied) asker?.reject(failureOf(replied.failed))
    else asker?.resolve(replied)
  }
  const breakDown = (error: Error): void => {
    broken ??= error
    for (const { reject } of waiting.values()) reject(error)
    waiting.clear()
  }
  const post = (asked: Omit<StatementRequest, 'id'>): Promise<Rows> => {
    if (broken) return Promise.reject(broken)
    const { promise, resolve, reject } = Promise.withResolvers<Rows>()
    const id = ++lastId
    waiting.set(id, { resolve, reject })
    worker.postMessage({ id, ...asked })
    return promise
  }

  worker.on('message', settle)
  worker.on('error', breakDown)
  worker.on('exit', () => breakDown(new Error('the database is closed')))
  return {
    isBroken: () => broken !== undefined,
    ask: (sql, parameters = []) => post({ sql, parameters }),
    close: async () => {
      if (broken) return
      await post({ parameters: [] })
      await worker.terminate()
    },
  }
}

// SQLITE_BUSY and LOCKED: another process held the file for longer than the busy timeout. IOERR and CANTOPEN: the disk.
const passing: ReadonlyMap<number, string> = new Map([
  [5, 'The records are busy.'],
  [6, 'The records are busy.'],
  [10, 'The records cannot be written now.'],
  [14, 'The records cannot be opened now.'],
])
const full = 13

/** What may pass says when to come back; all else is a fault of ours. */
function failureOf(failed: StatementFailure): Error {
  const error = new SqliteError(failed)
  const code = (failed.code ?? 0) & 0xff
  if (code === full) return diskFull(error)
  const message = passing.get(code)
  return message ? new Failure('records-unavailable', message, { cause: error }) : error
}

/** SQLite rolls everything back by itself after some errors; a savepoint is then gone too. */
export function hasLostTransaction(error: unknown): boolean {
  const cause = error instanceof Failure ? error.details.cause : error
  return cause instanceof SqliteError && !cause.isInTransaction
}
