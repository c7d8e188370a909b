// Runs orders in a child process, so that pixels and their memory stay out of the process that answers. A child that
// has grown is replaced, and its memory goes back to the system. A child that dies costs only the order that killed it.
import { Failure } from '../errors.ts'
import { type Child, ChildEnded, type ChildOptions, startChild } from './child-process.ts'
import { createCulprits } from './culprits.ts'

export interface ProcessesOptions extends ChildOptions {
  /**
   * Bytes of memory above which a child is replaced: it finishes its orders, and the next order goes to a new child.
   */
  readonly maxMemory?: number | undefined
  /** Milliseconds without an order, after which a child that has grown is replaced. */
  readonly idleMs?: number
  readonly maxAgeMs?: number
  readonly now?: () => number
  /** An end that nobody asked for. */
  readonly ended?: ((cause: Error) => void) | undefined
}

export interface Processes {
  /**
   * The answer of the child's foreman. Fails with 'source-broken' for an order that ends its process, with 'late' for
   * one that had to be ended, with any other error when the worker failed.
   */
  run(order: unknown, options: RunOptions): Promise<unknown>
  /** Lets what runs finish. */
  close(): Promise<void>
}

export interface RunOptions {
  /** Identifies the order. An order that ended a process twice is refused for ten minutes. */
  readonly key?: string | undefined
  /** Milliseconds after which a silent process is killed. Far above the worker's own deadline. */
  readonly mostMs: number
}

const hourMs = 3_600_000

/** A child stands at 100 MB with its libraries; it may stand at this much only while it works. */
const usualMemory = 400 * 2 ** 20

/** By how much a child that is idle may have grown: a new one costs 0.3 s of a core. */
const idleGrowth = 64 * 2 ** 20

export function createProcesses(options: ProcessesOptions): Processes {
  const { now = Date.now, ended = () => {} } = options
  const culprits = createCulprits(now)
  const children = createChildren(options)
  let alone: Promise<unknown> = Promise.resolve()

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
      if (!isHanging && thrown.suspects !== 1) throw thrown
      culprits.add(key)
      ended(thrown)
      throw isHanging ? hangingFailure(thrown) : endedFailure(thrown)
    } finally {
      clearTimeout(timer)
      children.afterOrder(child)
    }
  }

  /** In a process of its own, so that the guilty order is known. One at a time: they are rare, and may be large. */
  function runAlone(order: unknown, options: RunOptions): Promise<unknown> {
    const turn = alone.then(() => {
      const child = children.start()
      return runIn(child, order, options).finally(child.retire)
    })
    alone = turn.catch(() => {})
    return turn
  }

  return {
    async run(order, options) {
      if (culprits.has(options.key)) throw culpritFailure()
      try {
        return await runIn(children.current(), order, options)
      } catch (thrown) {
        // Another order may have ended the process.
        if (thrown instanceof ChildEnded) return runAlone(order, options)
        throw thrown
      }
    },
    close: children.close,
  }
}

const hangingFailure = (cause: ChildEnded): Failure =>
  new Failure('late', 'The picture took too long to make.', { cause })

const endedFailure = (cause: ChildEnded): Failure =>
  new Failure('source-broken', 'The source ended the process that worked on it.', { cause })

const culpritFailure = (): Failure =>
  new Failure(
    'source-broken',
    'The source has ended processes that worked on it, and is refused for a while.',
  )

interface Children {
  /** The child that takes new orders; started where there is none. */
  current(): Child
  /** Another child beside it. */
  start(): Child
  /** Lets the child go where it is too large or too old: at once, or when it has been idle for long enough. */
  afterOrder(child: Child): void
  close(): Promise<void>
}

function createChildren(options: ProcessesOptions): Children {
  const { maxMemory = usualMemory, idleMs = 20_000, maxAgeMs = hourMs } = options
  const leaving = new Set<Promise<void>>()
  let current: Child | undefined
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

  function retireWhenIdle(child: Child): void {
    idle = setTimeout(() => {
      const { now, least } = child.memory
      if (child === current && child.pending === 0 && now > least + idleGrowth) retire(child)
    }, idleMs).unref()
  }

  return {
    current: () => {
      current ??= start()
      return current
    },
    start,
    afterOrder(child) {
      if (child !== current) return
      clearTimeout(idle)
      if (isWorn(child)) retire(child)
      else if (child.pending === 0) retireWhenIdle(child)
    },
    async close() {
      clearTimeout(idle)
      if (current) retire(current)
      await Promise.all(leaving)
    },
  }
}
