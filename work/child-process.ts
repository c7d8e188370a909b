// One child process as its parent sees it: orders go in, answers come out, and its end is told to all who wait.
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { ForemanOrder, OrderMessage, ReplyMessage } from './foreman.ts'

export interface ChildOptions extends ForemanOrder {
  /** Scheduling priority, from 0 (as the parent) to 19 (only when nothing else wants the core). */
  readonly niceness: number
}

export interface Child {
  /** Orders under way. */
  readonly pending: number
  /** Bytes of memory at the last answer, and the least that was seen; 0 before the first. */
  readonly memory: { readonly now: number; readonly least: number }
  readonly startedAt: number
  /** Rejects with `Ended` when the process ends meanwhile, with any other error when the worker failed. */
  run(order: unknown): Promise<unknown>
  /** Ends it when nothing is under way any more. */
  retire(): void
  /** Ends it at once. */
  kill(): void
  /** Settles when it has ended, whatever the reason. */
  readonly ended: Promise<void>
}

/** The process ended before it answered; `suspects` were under way in it at the time. */
export class ChildEnded extends Error {
  override readonly name = 'Ended'
  readonly suspects: number

  constructor(how: string, suspects: number) {
    super(`The process ended (${how}) with ${suspects} orders under way.`)
    this.suspects = suspects
  }
}

interface PendingOrder {
  readonly resolve: (answer: unknown) => void
  readonly reject: (error: Error) => void
}

const script = fileURLToPath(new URL('./child.ts', import.meta.url))

const forkChild = (options: ChildOptions): ChildProcess =>
  fork(script, [JSON.stringify(options)], {
    // Buffers cross as bytes, not as JSON.
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    // The parent's own flags are about hits. Pixels lie outside of the heap, and of its three threads' each needs little.
    execArgv: ['--max-semi-space-size=2'],
  })

export function startChild(options: ChildOptions): Child {
  const child = forkChild(options)
  const waiting = new Map<number, PendingOrder>()
  const memory = { now: 0, least: 0 }
  let orders = 0
  let isRetiring = false
  let hasEnded = false
  const { promise: ended, resolve: end } = Promise.withResolvers<void>()

  function settle(reply: ReplyMessage): void {
    memory.now = reply.rss
    memory.least = Math.min(memory.least || reply.rss, reply.rss)
    const order = waiting.get(reply.id)
    waiting.delete(reply.id)
    if ('answer' in reply) order?.resolve(reply.answer)
    else order?.reject(new Error(reply.fault))
    leaveWhenDone()
  }

  function lose(how: string): void {
    hasEnded = true
    rejectAll(waiting, how)
    end()
  }

  function leaveWhenDone(): void {
    holdTheProcess(child, waiting.size > 0)
    if (isRetiring && waiting.size === 0 && child.connected) child.disconnect()
  }

  child.on('message', (reply: ReplyMessage) => settle(reply))
  child.on('error', (error) => lose(error.message))
  child.on('exit', (code, signal) => lose(signal ?? `exit code ${code}`))
  holdTheProcess(child, false)

  return {
    get pending() {
      return waiting.size
    },
    memory,
    startedAt: performance.now(),
    run(order) {
      if (hasEnded) return Promise.reject(new ChildEnded('before it took the order', 0))
      const { promise, resolve, reject } = Promise.withResolvers<unknown>()
      const request: OrderMessage = { id: orders++, order }
      waiting.set(request.id, { resolve, reject })
      holdTheProcess(child, true)
      // A channel that is gone is told by `exit`.
      child.send(request, () => {})
      return promise
    },
    retire() {
      isRetiring = true
      leaveWhenDone()
      // Whoever closes waits for its end.
      child.ref()
    },
    kill: () => void child.kill('SIGKILL'),
    ended,
  }
}

function rejectAll(waiting: Map<number, PendingOrder>, how: string): void {
  const lost = [...waiting.values()]
  waiting.clear()
  for (const { reject } of lost) reject(new ChildEnded(how, lost.length))
}

/** An idle child must not keep a program from ending that has nothing left to do. */
function holdTheProcess(child: ChildProcess, isBusy: boolean): void {
  const held = isBusy ? 'ref' : 'unref'
  child[held]()
  child.channel?.[held]()
}
