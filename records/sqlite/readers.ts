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
  /** The one used last is last. */
  const idle: { readonly reader: BreakableThread; readonly closing: NodeJS.Timeout }[] = []
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
    const last = idle.pop()
    if (last) {
      clearTimeout(last.closing)
      return last.reader
    }
    return readers.size === 0 ? open() : patiently()
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
    else if (!reader.isBroken()) rest(reader)
  }

  function rest(reader: BreakableThread): void {
    const closing = setTimeout(() => {
      idle.splice(
        idle.findIndex((each) => each.reader === reader),
        1,
      )
      void close(reader)
    }, idleMs).unref()
    idle.push({ reader, closing })
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
      for (const { closing } of idle) clearTimeout(closing)
      await Promise.all([...readers].map(close))
    },
  }
}
