// The reading connections: one, and another when somebody has waited for a search that takes long. Each is a thread
// with an engine of its own, so those that nobody needs any more are closed.
import type { ConnectionOptions } from './messages.ts'
import { type BreakableThread, createThread, type Thread } from './thread.ts'

const mostReaders = 3

/** Milliseconds: most questions take one; a search through many rows takes hundreds. */
const patienceMs = 20
const idleMs = 60_000

export function createReaders(file: ConnectionOptions['file']): Thread {
  const readers = new Set<BreakableThread>()
  const idle = createIdle((reader) => void close(reader))
  const waiting: ((reader: BreakableThread) => void)[] = []
  let isClosed = false

  function open(): BreakableThread {
    const reader = createThread({ file, role: 'reader' })
    readers.add(reader)
    return reader
  }

  function close(reader: BreakableThread): Promise<void> {
    readers.delete(reader)
    return reader.close()
  }

  async function free(): Promise<BreakableThread> {
    return idle.take() ?? (readers.size === 0 ? open() : patiently())
  }

  function patiently(): Promise<BreakableThread> {
    return new Promise((resolve) => {
      const take = (reader: BreakableThread): void => {
        clearTimeout(timer)
        resolve(reader)
      }
      const timer = setTimeout(() => {
        if (readers.size >= mostReaders) return
        waiting.splice(waiting.indexOf(take), 1)
        resolve(open())
      }, patienceMs)
      waiting.push(take)
    })
  }

  function release(reader: BreakableThread): void {
    if (reader.isBroken()) readers.delete(reader)
    const next = waiting.shift()
    if (next) next(reader.isBroken() ? open() : reader)
    else if (!reader.isBroken()) idle.add(reader)
  }

  return {
    ask: async (sql, parameters) => {
      if (isClosed) throw new Error('the database is closed')
      const reader = await free()
      try {
        return await reader.ask(sql, parameters)
      } finally {
        release(reader)
      }
    },
    close: async () => {
      isClosed = true
      idle.forget()
      await Promise.all([...readers].map(close))
    },
  }
}

interface Idle {
  add(reader: BreakableThread): void
  /** The one that was used last. */
  take(): BreakableThread | undefined
  /** None of them is closed from here any more. */
  forget(): void
}

/** Readers that nobody needs just now; each is closed when that has lasted for a while. */
function createIdle(close: (reader: BreakableThread) => void): Idle {
  const closing = new Map<BreakableThread, NodeJS.Timeout>()
  const remove = (reader: BreakableThread): void => {
    clearTimeout(closing.get(reader))
    closing.delete(reader)
  }
  return {
    add(reader) {
      const end = (): void => {
        remove(reader)
        close(reader)
      }
      closing.set(reader, setTimeout(end, idleMs).unref())
    },
    take() {
      const last = [...closing.keys()].at(-1)
      if (last !== undefined) remove(last)
      return last
    },
    forget() {
      for (const timer of closing.values()) clearTimeout(timer)
    },
  }
}
