// A transaction as a member of a group: a savepoint that can fail alone, and a time after which it is over.
import type { CompiledQuery } from 'kysely'
import { Failure } from '../../errors.ts'
import type { Rows } from './messages.ts'
import type { Thread } from './thread.ts'
import type { CommitGroup, Writer } from './writer.ts'

export interface ConnectionThreads {
  readonly reader: Thread
  readonly writing: Thread
  readonly writer: Writer
}

export interface WriteTransaction {
  readonly group: CommitGroup
  readonly timer: NodeJS.Timeout
  isOver: boolean
}

/**
 * Savepoints are asked for, not waited for: the thread takes statements in their order, and each wait would keep the
 * next member out for the way there and back.
 */
export async function beginTransaction(
  threads: ConnectionThreads,
  turnMs: number,
): Promise<WriteTransaction> {
  const { writer, writing } = threads
  const group = await writer.enter()
  writing.ask('savepoint member').catch(() => writer.lose(group, new Error('a savepoint was refused')))
  const timer = setTimeout(() => endLate(threads, turn), turnMs)
  const turn: WriteTransaction = { group, timer, isOver: false }
  return turn
}

export async function commitTransaction(
  { writer, writing }: ConnectionThreads,
  turn: WriteTransaction,
): Promise<void> {
  if (turn.isOver) throw late()
  clearTimeout(turn.timer)
  // Unreleased it is committed all the same.
  writing.ask('release member').catch(() => {})
  await writer.leave(turn.group)
}

export function rollBackTransaction({ writer, writing }: ConnectionThreads, turn: WriteTransaction): void {
  if (turn.isOver) return
  clearTimeout(turn.timer)
  const { group } = turn
  writing.ask('rollback to member').catch((error) => group.isLost || writer.lose(group, error))
  writing.ask('release member').catch(() => {})
  writer.leave(group).catch(() => {})
}

export async function askInTransaction(
  threads: ConnectionThreads,
  turn: WriteTransaction,
  query: CompiledQuery,
): Promise<Rows> {
  if (turn.isOver) throw late()
  return ask(threads, turn.group, query)
}

/** By whoever holds the writer. */
export async function ask(
  { writer, writing }: ConnectionThreads,
  group: CommitGroup,
  query: CompiledQuery,
): Promise<Rows> {
  try {
    return await writing.ask(query.sql, query.parameters)
  } catch (error) {
    writer.noteError(group, error)
    throw error
  }
}

function endLate(threads: ConnectionThreads, turn: WriteTransaction): void {
  rollBackTransaction(threads, turn)
  turn.isOver = true
}

const late = (): Failure => new Failure('late', 'The transaction took too long and was undone.')
