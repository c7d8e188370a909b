// The reading connections: one, and another when somebody has waited for a search that takes long. Each is a thread
// with an engine of its own, so those that nobody needs any more are closed.
import type { Place } from './messages.ts'
import { type Breakable, createThread, type Thread } from './thread.ts'

const mostReaders = 3

/** Milliseconds: most questions take one; a search through many rows takes hundreds. */
const patienceMs = 20
const idleMs = 60_000

export function createReaders(file: Place['file']): Thread {
  const readers = new Set<Breakable>()
  /** The one used last is last. */
  const idle: { readonly reader: Breakable; readonly closing: NodeJS.Timeout }[] = []
  const waiting: ((reader: Breakable) => void)[] = []
  let isClosed = false

  function open(): Breakable {
    const reader = createThread({ file, role: 'reader' })
    readers.add(reader)
    return reader
  }

  function close(reader: Breakable): Promise<void> {
    readers.delete(reader)
    return reader.close()
  }

  async function free(): Promise<Breakable> {
    const last = idle.pop()
    if (last) {
      clearTimeout(last.closing)
      return last.reader
    }
    return readers.size === 0 ? open() : patiently()
  }

  function patiently(): Promise<Breakable> {
    return new Promise((resolve) => {
      const take = (reader: Breakable): void => {
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

  function release(reader: Breakable): void {
    if (reader.isBroken()) readers.delete(reader)
    const next = waiting.shift()
    if (next) next(reader.isBroken() ? open() : reader)
    else if (!reader.isBroken()) rest(reader)
  }

  function rest(reader: Breakable): void {
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
