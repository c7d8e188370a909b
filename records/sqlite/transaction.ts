// A transaction as a member of a group: a savepoint that can fail alone, and a time after which it is over.
import type { CompiledQuery } from 'kysely'
import { Failure } from '../../errors.ts'
import type { Rows } from './messages.ts'
import type { Thread } from './thread.ts'
import type { Group, Writer } from './writer.ts'

export interface Threads {
  readonly reader: Thread
  readonly writing: Thread
  readonly writer: Writer
}

export interface Turn {
  readonly group: Group
  readonly timer: NodeJS.Timeout
  isOver: boolean
}

/**
 * Savepoints are asked for, not waited for: the thread takes statements in their order, and each wait would keep the
 * next member out for the way there and back.
 */
export async function beginTurn(threads: Threads, turnMs: number): Promise<Turn> {
  const { writer, writing } = threads
  const group = await writer.enter()
  writing.ask('savepoint member').catch(() => writer.lose(group, new Error('a savepoint was refused')))
  const timer = setTimeout(() => endLate(threads, turn), turnMs)
  const turn: Turn = { group, timer, isOver: false }
  return turn
}

export async function commitTurn({ writer, writing }: Threads, turn: Turn): Promise<void> {
  if (turn.isOver) throw late()
  clearTimeout(turn.timer)
  // Unreleased it is committed all the same.
  writing.ask('release member').catch(() => {})
  await writer.leave(turn.group)
}

export function rollBackTurn({ writer, writing }: Threads, turn: Turn): void {
  if (turn.isOver) return
  clearTimeout(turn.timer)
  const { group } = turn
  writing.ask('rollback to member').catch((error) => group.isLost || writer.lose(group, error))
  writing.ask('release member').catch(() => {})
  writer.leave(group).catch(() => {})
}

export async function askInTurn(threads: Threads, turn: Turn, query: CompiledQuery): Promise<Rows> {
  if (turn.isOver) throw late()
  return ask(threads, turn.group, query)
}

/** By whoever holds the writer. */
export async function ask({ writer, writing }: Threads, group: Group, query: CompiledQuery): Promise<Rows> {
  try {
    return await writing.ask(query.sql, query.parameters)
  } catch (error) {
    writer.failed(group, error)
    throw error
  }
}

function endLate(threads: Threads, turn: Turn): void {
  rollBackTurn(threads, turn)
  turn.isOver = true
}

const late = (): Failure => new Failure('late', 'The transaction took too long and was undone.')
