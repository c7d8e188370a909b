// Work in child processes: pixels and their memory stay out of the process that answers. A child that has grown is
// replaced, so that its memory goes back to the system; a child that dies costs only the order that killed it.
import { Failure } from '../errors.ts'
import { type Child, ChildEnded, type ChildOptions, startChild } from './child-process.ts'

export interface ProcessesOptions extends ChildOptions {
  /** Bytes of memory at which a child is replaced: it finishes what it has, the next order goes to a new one. */
  readonly maxMemory: number
  /** Milliseconds without an order after which a child that has grown gives its memory back. */
  readonly idleMs?: number
  readonly maxAgeMs?: number
  readonly now?: () => number
  /** An end that nobody asked for. */
  readonly ended?: (cause: Error) => void
}

export interface Processes {
  /**
   * The answer of the child's foreman. Fails with 'source-broken' for an order that ends its process, with 'late' for
   * one that had to be ended, with any other error when the worker failed.
   */
  run(order: unknown, how: RunOptions): Promise<unknown>
  /** Lets what runs finish. */
  close(): Promise<void>
}

export interface RunOptions {
  /** Tells what the order is about: when that has ended a process twice, it is refused for ten minutes. */
  readonly key?: string | undefined
  /** Milliseconds after which a process that does not answer is ended. Far above what the worker allows itself. */
  readonly mostMs: number
}

const minute = 60_000

/** By how much a child that is idle may have grown: a new one costs 0.3 s of a core. */
const idleGrowth = 64 * 2 ** 20

export function createProcesses(options: ProcessesOptions): Processes {
  const { maxMemory, idleMs = 20_000, maxAgeMs = 60 * minute, now = Date.now, ended = () => {} } = options
  const culprits = createCulprits(now)
  const leaving = new Set<Promise<void>>()
  let current: Child | undefined
  let alone: Promise<unknown> = Promise.resolve()
  let idle: NodeJS.Timeout | undefined

  function start(): Child {
    const child = startChild(options)
    leaving.add(child.ended)
    child.ended.then(() => {
      leaving.delete(child.ended)
      if (child === current) current = undefined
    })
    return child
  }

  function retire(child: Child): void {
    if (child === current) current = undefined
    child.retire()
  }

  const isWorn = (child: Child): boolean =>
    child.memory.now > maxMemory || performance.now() - child.startedAt > maxAgeMs

  function afterOrder(child: Child): void {
    if (child !== current) return
    clearTimeout(idle)
    if (isWorn(child)) retire(child)
    else if (child.pending === 0) watch(child)
  }

  function watch(child: Child): void {
    idle = setTimeout(() => {
      const { now, least } = child.memory
      if (child === current && child.pending === 0 && now > least + idleGrowth) retire(child)
    }, idleMs).unref()
  }

  async function runIn(child: Child, order: unknown, { key, mostMs }: RunOptions): Promise<unknown> {
    let isHanging = false
    const timer = setTimeout(() => {
      isHanging = true
      child.kill()
    }, mostMs)
    try {
      return await child.run(order)
    } catch (thrown) {
      if (!(thrown instanceof ChildEnded)) throw thrown
      if (isHanging) throw failHung(thrown, key)
      if (thrown.suspects === 1) throw failGuilty(thrown, key)
      throw thrown
    } finally {
      clearTimeout(timer)
      afterOrder(child)
    }
  }

  /** In a process of its own, so that the guilty order is known. One at a time: they are rare, and may be large. */
  function runAlone(order: unknown, how: RunOptions): Promise<unknown> {
    const turn = alone.then(() => {
      const child = start()
      return runIn(child, order, how).finally(child.retire)
    })
    alone = turn.catch(() => {})
    return turn
  }

  function failHung(end: ChildEnded, key: string | undefined): Failure {
    culprits.add(key)
    ended(end)
    return new Failure('late', 'The picture took too long to make.', { cause: end })
  }

  function failGuilty(end: ChildEnded, key: string | undefined): Failure {
    culprits.add(key)
    ended(end)
    return new Failure('source-broken', 'The source ended the process that worked on it.', { cause: end })
  }

  return {
    async run(order, how) {
      if (culprits.has(how.key)) throw culpritFailure()
      current ??= start()
      try {
        return await runIn(current, order, how)
      } catch (thrown) {
        // Another order may have ended the process.
        if (thrown instanceof ChildEnded) return runAlone(order, how)
        throw thrown
      }
    },
    async close() {
      clearTimeout(idle)
      if (current) retire(current)
      await Promise.all(leaving)
    },
  }
}

const culpritFailure = (): Failure =>
  new Failure(
    'source-broken',
    'The source has ended processes that worked on it, and is refused for a while.',
  )

/** Twice may be chance, as when the system ran out of memory; a third time is not tried for ten minutes. */
function createCulprits(now: () => number) {
  const ends = new Map<string, { times: number; until: number }>()
  return {
    add(key: string | undefined): void {
      if (key === undefined) return
      // Few are ever in here; the oldest go first.
      if (ends.size >= 1000) ends.delete(ends.keys().next().value ?? '')
      ends.set(key, { times: (ends.get(key)?.times ?? 0) + 1, until: now() + 10 * minute })
    },
    has(key: string | undefined): boolean {
      const known = key === undefined ? undefined : ends.get(key)
      if (known === undefined || key === undefined) return false
      if (now() >= known.until) ends.delete(key)
      return known.times >= 2 && now() < known.until
    },
  }
}
